/** What has happened: the events, as conversations' logs hold them and as peers see them. A leaf. */

import { role } from "./wire/command_row.ts";
import {
  base64,
  called,
  exactly,
  type Field,
  type Fields,
  flag,
  integer,
  list,
  mediaType,
  note,
  noteOrNothing,
  opaque,
  optional,
  prose,
  record,
  recordOf,
  sha256,
  type Shape,
} from "./wire/fields.ts";
import { wireLimits } from "./wire/wire_limits.ts";
import { type FileId, nameKey, type TransferId, type Uid } from "./names.ts";

const names = list(note(wireLimits.idCharsMax * 4), 100_000);
const name = note(wireLimits.idCharsMax * 4);
const reactions: Field<Readonly<Record<string, readonly string[]>>, "needed"> = recordOf(names);

const file = opaque<FileId>();
const transfer = opaque<TransferId>();

/** The fields that say where something belongs: see {@linkcode Place}. */
export const placeFields = { room: name, with: optional(opaque<Uid>()) } as const satisfies Fields;
const side = integer(1);

/** Of a picture, or of a film's first one: its sides in pixels, and how large its thumbnail is. */
export const pictureFields = {
  width: side,
  height: side,
  /** Bytes; missing where it has none. */
  thumb: optional(integer(1)),
} as const satisfies Fields;

/** The same as it is offered. */
export const offeredPictureFields = {
  width: side,
  height: side,
  /** The thumbnail itself. */
  thumb: optional(base64(wireLimits.thumbBytesMax)),
} as const satisfies Fields;

/** The fields of a file, as a conversation's log holds it. */
export const fileFields = {
  file,
  name,
  /** Folders above it as they were sent, like `a/b`. */
  folder: optional(note(wireLimits.folderCharsMax)),
  /** Bytes. */
  size: integer(0),
  sha256,
  mime: mediaType,
  /** Of a picture or film: its size, and whether it has a thumbnail. */
  picture: optional(record(pictureFields)),
  /** Who shared it, as they were called then. */
  user: name,
  uid: opaque<Uid>(),
  /** When it was whole. */
  at: integer(0),
} as const satisfies Fields;

/** The fields of bytes that go along with a `part`. */
export const partFields = {
  offset: integer(0),
  /** Raw bytes that follow the line at once. */
  bytes: optional(integer(1)),
  /** Or the bytes themselves. */
  data: optional(base64(wireLimits.dataBytesMax)),
  encoding: optional(exactly("gzip")),
  /** How many bytes a compressed part comes to. */
  raw: optional(integer(1)),
} as const satisfies Fields;

/** Who moderated whom the event is about; see {@linkcode doerOf}. */
const moderated = {
  by: name,
  by_uid: opaque<Uid>(),
  reason: optional(note(wireLimits.noteCharsMax)),
} as const satisfies Fields;
/** How long it is to last; missing: until it is taken back. */
const seconds = optional(integer(1));

/** The fields that make each stored event more than somebody, something and a time. */
export const changeFields = {
  joined: {},
  left: { reason: optional(note(wireLimits.noteCharsMax)) },
  said: {
    /** Missing where the message was deleted. */
    text: optional(prose),
    quote: optional(integer(1)),
    /** When it was last edited or deleted, in what `history` and `search` answer. */
    edited: optional(integer(0)),
    deleted: optional(integer(0)),
    /** Who reacted how, in what `history` and `search` answer. */
    reactions: optional(reactions),
  },
  /** `text` is missing where the message was deleted since. */
  edited: { target: integer(1), text: optional(prose) },
  deleted: { target: integer(1) },
  reacted: { target: integer(1), emoji: note(wireLimits.emojiBytesMax), on: flag },
  retitled: { topic: noteOrNothing(wireLimits.topicCharsMax) },
  shared: { file: record(fileFields) },
  removed: { file },
  declined: { file },
  taken: { file },
  /** `user` was put out, and with `banned` may not come back for `seconds`. */
  kicked: { ...moderated, banned: optional(flag), seconds },
  unbanned: moderated,
  muted: { ...moderated, seconds },
  unmuted: moderated,
  /** What `user` may do here from now on; anything under a moderator is nothing special. */
  appointed: { ...moderated, role },
  /** `key`: what a key is compared with; no peer is told it. */
  locked: { on: flag, key: optional(note(wireLimits.keyCharsMax)) },
  /** Each may speak once in so many seconds; 0: as often as they like. */
  slowed: { seconds: integer(0) },
  /** Whether only moderators write. */
  made_readonly: { on: flag },
} as const satisfies Record<string, Fields>;

/** The fields of the events without a seq. */
export const passingFields = {
  came: { users: names },
  went: { users: names },
  renamed: { from: name, user: name, uid: opaque<Uid>() },
  typed: { ...placeFields, user: name },
  gone_away: { user: name, text: optional(note(wireLimits.noteCharsMax)) },
  /** What `user` may do on the whole server; `by` is missing where nobody gave it to them. */
  role_given: {
    ...{ user: name, uid: opaque<Uid>(), role },
    ...{ by: optional(name), by_uid: optional(opaque<Uid>()) },
  },
  seen: { ...placeFields, user: name, seq: integer(0) },
  queued: { transfer, place: integer(0) },
  granted: { transfer, offset: integer(0) },
  stored: { transfer, offset: integer(0) },
  part: { re: called, file, ...partFields },
  fetched: { re: called, file, sha256 },
  closing: { reason: note(wireLimits.noteCharsMax), addresses: optional(names) },
  /** Nothing can be kept for now (`on`; told again while that is so), or again. */
  stalled: { on: flag },
} as const satisfies Record<string, Fields>;

/** The fields that every stored event has beside its own. */
export const storedFields = {
  seq: integer(1),
  at: integer(0),
  ...placeFields,
  user: name,
  uid: opaque<Uid>(),
  cid: optional(opaque()),
} as const satisfies Fields;

/** The kinds of stored events. */
export type ChangeKind = keyof typeof changeFields;
/** What a decision comes to: an event without who, when and which seq. */
export type Change = {
  [K in ChangeKind]: { readonly t: K } & Shape<typeof changeFields[K]>;
}[ChangeKind];

/** What a file says of its picture. */
export type SharedPicture = Shape<typeof pictureFields>;
/** What an offer says of it. */
export type OfferedPicture = Shape<typeof offeredPictureFields>;
/** A file as a conversation's log holds it. */
export type LogFile = Shape<typeof fileFields>;

/** Who does something. */
export interface Person {
  readonly user: string;
  readonly uid: Uid;
}

/** An event as a conversation's log holds it. */
export type LogEvent = Change & Person & {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What its sender called it; shown to nobody else. */
  readonly cid?: string;
};

/** Who did what an event tells: not whom it is about, where somebody was moderated. */
export function doerOf(event: LogEvent): Person {
  return "by_uid" in event ? { user: event.by, uid: event.by_uid } : event;
}

/** The same events under the seqs from `first` on. */
export function numberedFrom(events: readonly LogEvent[], first: number): readonly LogEvent[] {
  return events.map((event, index) => ({ ...event, seq: first + index }));
}

/** Which conversation an event belongs to, as one viewer names it. */
export interface Place {
  /** What to send as `room`, and what to call it: `dev`, `@bob`. */
  readonly room: string;
  /** In a private conversation, the other's uid. */
  readonly with?: Uid;
}

/** A stored event as a peer sees it. */
export type StoredEvent = LogEvent & Place;
/** A file as a peer sees it. */
export type SharedFile = LogFile & Place;
/** An event without a seq. */
export type PassingEvent = {
  [K in keyof typeof passingFields]: { readonly t: K } & Shape<typeof passingFields[K]>;
}[keyof typeof passingFields];
/** Any event that a peer sees. */
export type ChatEvent = StoredEvent | PassingEvent;

/** Which conversation something belongs to, and nothing else of it. */
export function placeOf({ room, with: other }: Place): Place {
  return other === undefined ? { room } : { room, with: other };
}

/** Whether two places, as one viewer names them, are the same conversation. */
export function isSamePlace(one: Place | undefined, other: Place | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.with !== undefined || other.with !== undefined) return one.with === other.with;
  return nameKey(one.room) === nameKey(other.room);
}

/** A file with the place where it was shared. */
export function sharedFile(event: Extract<StoredEvent, { t: "shared" }>): SharedFile {
  return { ...event.file, ...placeOf(event) };
}

/** Whether `t` names a stored event that this version knows. */
export function isChangeKind(t: unknown): t is ChangeKind {
  return typeof t === "string" && Object.hasOwn(changeFields, t);
}

/** Whether `t` names an event without a seq that this version knows. */
export function isPassingKind(t: unknown): t is PassingEvent["t"] {
  return typeof t === "string" && Object.hasOwn(passingFields, t);
}

/** Whether scrolling back shows an event; the others show in the message that they change. */
export function isShown(kind: ChangeKind): boolean {
  return kind !== "edited" && kind !== "deleted" && kind !== "reacted";
}
