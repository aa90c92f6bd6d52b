/**
 * What `ok` to each command carries: the part of the table of commands that clients need, too, and
 * so a table by itself. A leaf.
 */

import { auditFields } from "../moderation/audit_entry.ts";
import { name, role, stored, uid, withUid } from "./command_row.ts";
import { fileFields, placeFields } from "../events.ts";
import {
  exactly,
  type Field,
  type Fields,
  flag,
  integer,
  isObject,
  type JsonObject,
  list,
  note,
  noteOrNothing,
  opaque,
  optional,
  record,
  recordOf,
} from "./fields.ts";
import { wireLimits } from "./wire_limits.ts";
import type { TransferId } from "../names.ts";

const pageOf = wireLimits.pageMax;
/** Checked event by event where it is used: one that isn't known must not spoil the list. */
const anything: Field<JsonObject, "needed"> = {
  must: "an object",
  presence: "needed",
  check: (value) => isObject(value) ? value : undefined,
};
const user = { user: name, uid, online: flag, role } as const;
/** What a room's rules mean for whoever asks; what is missing isn't so. */
const rules = {
  locked: optional(flag),
  /** Seconds between two messages of theirs. */
  slow: optional(integer(1)),
  /** Whether only moderators write. */
  readonly: optional(flag),
  /** Until when they may not write, in milliseconds since 1970; 0: for good. */
  muted: optional(integer(0)),
  /** What they may do there, where that is more than on the whole server. */
  role: optional(role),
} as const;
const conversation = {
  room: name,
  with: withUid,
  topic: noteOrNothing(wireLimits.topicCharsMax),
  seq: integer(0),
  count: integer(0),
} as const;

const transfer = opaque<TransferId>();
const sharedFile = record({ ...fileFields, ...placeFields });
const offset = integer(0);
const place = integer(0);
/** What a login is called: nobody comes in with it. */
const login = opaque();
/** What an invitation is called where its code isn't to be seen. */
const invite = opaque();
const nothing = {} as const;

/** By the command's name. */
export const answerFields = {
  hello: {
    user: name,
    uid,
    role,
    token: note(200),
    server: record({
      id: opaque(),
      name: noteOrNothing(1000),
      version: name,
      at: integer(0),
      features: list(name, 50),
      addresses: list(name, 50),
    }),
    limits: recordOf(integer(0)),
    rooms: list(
      record({ ...conversation, ...rules, read: integer(0), unread: integer(0) }),
      100_000,
    ),
    more: optional(flag),
    /** This node can't reach the others: somebody may have seen more than there is here. */
    behind: optional(flag),
    /** Nothing can be kept for now: see the event of that name. */
    stalled: optional(flag),
    /** The room that the invitation is to. */
    invited: optional(name),
  },
  ping: nothing,
  quit: nothing,
  users: {
    users: list(record({ ...user, away: optional(name) }), pageOf),
    more: flag,
  },
  rooms: {
    rooms: list(
      record({ ...conversation, ...rules, joined: flag, locked: flag }),
      pageOf,
    ),
    more: flag,
  },
  join: {
    room: name,
    topic: noteOrNothing(wireLimits.topicCharsMax),
    members: integer(0),
    seq: integer(0),
    created: optional(flag),
    ...rules,
  },
  leave: stored,
  members: { members: list(record(user), pageOf), more: flag },
  topic: stored,
  say: stored,
  edit: stored,
  delete: stored,
  react: stored,
  history: { events: list(anything, 100_000), more: flag, seq: integer(0), first: integer(0) },
  search: {
    hits: list(record({ room: name, with: withUid, event: anything }), pageOf),
    more: flag,
    cursor: optional(opaque()),
  },
  typing: nothing,
  away: nothing,
  read: nothing,
  files: { files: list(sharedFile, wireLimits.pageMax), more: flag },
  offer: { transfer, offset, place },
  part: nothing,
  resume: {
    transfer: optional(transfer),
    name: optional(name),
    size: optional(integer(0)),
    offset: optional(offset),
    place: optional(place),
    /** In the place of the others, where it is finished. */
    file: optional(sharedFile),
  },
  finish: { file: sharedFile, ...stored },
  fetch: { file: sharedFile, offset, length: integer(0) },
  cancel: nothing,
  decline: stored,
  remove: stored,
  register: { role },
  password: nothing,
  logout: nothing,
  logins: {
    logins: list(
      record({
        login,
        /** What the device called itself. */
        agent: noteOrNothing(wireLimits.noteCharsMax),
        /** When it was used last. */
        at: integer(0),
        /** Of the login that asks. */
        here: optional(exactly(true)),
      }),
      wireLimits.loginsMax,
    ),
  },
  revoke: nothing,
  role: nothing,
  invite: {
    code: note(wireLimits.idCharsMax),
    /** The page's link; empty where the server has no page. */
    url: noteOrNothing(1000),
    /** What a terminal client is given. */
    address: note(1000),
    invite,
  },
  invites: {
    invites: list(
      record({
        invite,
        /** Who made it; missing where the server did. */
        user: optional(name),
        uid: optional(uid),
        at: integer(0),
        role,
        room: optional(name),
        /** How many may come by it; missing where any number may. */
        uses: optional(integer(1)),
        used: integer(0),
        /** Until when it is good; missing where it is good until it is withdrawn. */
        until: optional(integer(0)),
      }),
      wireLimits.pageMax,
    ),
    more: flag,
  },
  uninvite: nothing,
  kick: stored,
  mute: stored,
  unmute: stored,
  ban: nothing,
  unban: nothing,
  bans: {
    bans: list(
      record({
        ...{ user: optional(name), uid: optional(uid), address: optional(name) },
        /** Missing where it doesn't end by itself. */
        until: optional(integer(0)),
        reason: optional(note(wireLimits.noteCharsMax)),
      }),
      wireLimits.pageMax,
    ),
    more: flag,
  },
  lock: stored,
  slow: stored,
  readonly: stored,
  audit: {
    entries: list(record(auditFields), wireLimits.pageMax),
    more: flag,
    cursor: optional(opaque()),
  },
} as const satisfies Record<string, Fields>;

/** Those whose answers may come behind the answers to later commands. */
export const unorderedAnswers: ReadonlySet<string> = new Set(
  ["search", "finish", "fetch", "register", "password"],
);
