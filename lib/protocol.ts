/**
 * The vocabulary: the table of commands, from which their types, checks, costs, help and docs
 * follow. A leaf. docs/protocol.md is the same for people who write other clients.
 */

import { ChatError, isRefusalCode, type RefusalCode } from "./errors.ts";
import {
  changeFields,
  type ChatEvent,
  isChangeKind,
  isPassingKind,
  passingFields,
  storedFields,
} from "./events.ts";
import {
  anyText,
  checkFields,
  emoji,
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
  prose,
  record,
  recordOf,
  requireFields,
  type Shape,
} from "./fields.ts";
import { limits } from "./limits.ts";
import type { Uid } from "./names.ts";

/** The wire's version. */
export const protocolVersion = 1;

/** The roles, from the least to the most. */
export const roles = ["guest", "member", "moderator", "owner"] as const;
/** What somebody may do. */
export type Role = typeof roles[number];

const name = note(limits.idCharsMax * 4);
const room = anyText(1000);
const cid = optional(opaque());
const uid = opaque<Uid>();
const withUid = optional(uid);
const limit = optional(integer(1));
const after = optional(name);
const role: Field<Role, "needed"> = {
  must: roles.join(", "),
  presence: "needed",
  check: (value) => roles.find((known) => known === value),
};
/** Checked event by event where it is used: one that isn't known must not spoil the list. */
const anything: Field<JsonObject, "needed"> = {
  must: "an object",
  presence: "needed",
  check: (value) => isObject(value) ? value : undefined,
};
const pageOf = limits.pageMax;
const stored = { seq: integer(1), at: integer(0) } as const;
const user = { user: name, uid, online: flag, role } as const;
const conversation = {
  room: name,
  with: withUid,
  topic: noteOrNothing(limits.topicCharsMax),
  seq: integer(0),
  count: integer(0),
} as const;

/** One row of the table. */
export interface CommandRow {
  /** One line for `/help` and the docs. */
  readonly help: string;
  /** Who may: the least role, or `anybody` who has a connection. */
  readonly who: Role | "anybody";
  /** What it takes from the flood bucket. */
  readonly cost: number;
  /** Whether its answer may come after those of later commands. */
  readonly unordered?: true;
  /** Whether the server's log leaves it out: what a client does by itself. */
  readonly unlogged?: true;
  readonly fields: Fields;
  /** What `ok` carries. */
  readonly ok: Fields;
}

/** Every command. A new one is a row here and a handler in commands.ts. */
export const commands = {
  hello: {
    help: "Say who you are and which version you speak; first of all commands",
    who: "anybody",
    cost: 0,
    fields: {
      v: integer(0),
      user: optional(anyText(1000)),
      token: optional(note(200)),
      password: optional(note(1000)),
      invite: optional(note(200)),
      features: optional(list(note(limits.idCharsMax), 50)),
      quiet: optional(flag),
      agent: optional(noteOrNothing(limits.noteCharsMax)),
    },
    ok: {
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
        record({ ...conversation, read: integer(0), unread: integer(0) }),
        100_000,
      ),
      more: optional(flag),
    },
  },
  ping: {
    help: "Show that the connection lives",
    who: "anybody",
    cost: 0,
    unlogged: true,
    fields: {},
    ok: {},
  },
  quit: { help: "End the connection", who: "anybody", cost: 0, fields: {}, ok: {} },
  users: {
    help: "List who is here",
    who: "guest",
    cost: 1,
    fields: { after, limit },
    ok: {
      users: list(record({ ...user, away: optional(name) }), pageOf),
      more: flag,
    },
  },
  rooms: {
    help: "List the rooms, or your private conversations",
    who: "guest",
    cost: 1,
    fields: { after, limit, private: optional(flag) },
    ok: {
      rooms: list(
        record({ ...conversation, joined: flag, locked: flag }),
        pageOf,
      ),
      more: flag,
    },
  },
  join: {
    help: "Enter a room, made if there is none of that name",
    who: "guest",
    cost: 3,
    fields: { room, cid },
    ok: {
      room: name,
      topic: noteOrNothing(limits.topicCharsMax),
      members: integer(0),
      seq: integer(0),
      created: optional(flag),
    },
  },
  leave: {
    help: "Leave a room",
    who: "guest",
    cost: 1,
    fields: { room, cid },
    ok: stored,
  },
  members: {
    help: "List who is in a room",
    who: "guest",
    cost: 1,
    fields: { room, with: withUid, after, limit },
    ok: { members: list(record(user), pageOf), more: flag },
  },
  topic: {
    help: "Say what a room is about",
    who: "guest",
    cost: 1,
    fields: { room, topic: noteOrNothing(limits.topicCharsMax), cid },
    ok: stored,
  },
  say: {
    help: "Say something in a room or to one person",
    who: "guest",
    cost: 1,
    fields: { room, text: prose, with: withUid, cid, quote: optional(integer(1)) },
    ok: stored,
  },
  edit: {
    help: "Change what you said",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), text: prose, with: withUid, cid },
    ok: stored,
  },
  delete: {
    help: "Take back what you said",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), with: withUid, cid },
    ok: stored,
  },
  react: {
    help: "Answer a message with an emoji, or take that back",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), emoji, on: optional(flag), with: withUid, cid },
    ok: stored,
  },
  history: {
    help: "Read what was said",
    who: "guest",
    cost: 0,
    fields: {
      room,
      with: withUid,
      before: optional(integer(1)),
      after: optional(integer(0)),
      limit,
    },
    ok: { events: list(anything, 100_000), more: flag, seq: integer(0), first: integer(0) },
  },
  search: {
    help: "Find what was said",
    who: "guest",
    cost: 3,
    unordered: true,
    fields: {
      text: note(limits.noteCharsMax),
      room: optional(room),
      with: withUid,
      before: optional(opaque()),
      limit,
    },
    ok: {
      hits: list(record({ room: name, with: withUid, event: anything }), pageOf),
      more: flag,
      cursor: optional(opaque()),
    },
  },
  typing: {
    help: "Show that you are writing",
    unlogged: true,
    who: "guest",
    cost: 1,
    fields: { room, with: withUid },
    ok: {},
  },
  away: {
    help: "Say that you are away, or back",
    who: "guest",
    cost: 1,
    fields: { text: optional(note(limits.noteCharsMax)) },
    ok: {},
  },
  read: {
    help: "Say up to where you have read",
    unlogged: true,
    who: "guest",
    cost: 0,
    fields: { room, with: withUid, seq: integer(0) },
    ok: {},
  },
} as const satisfies Record<string, CommandRow>;

/** The name of a command. */
export type CommandName = keyof typeof commands;
/** What a command carries beside its name and id. */
export type Command<K extends CommandName> = Shape<typeof commands[K]["fields"]>;
/** What `ok` to a command carries. */
export type Ok<K extends CommandName> = Shape<typeof commands[K]["ok"]>;
/** What a peer calls a command, to find its answer by. */
export type CommandId = number | string;

/** A command as it was sent: its name, its id, and its fields, not checked yet. */
export interface Request {
  readonly t: CommandName;
  readonly id?: CommandId;
  readonly fields: JsonObject;
}

/** An answer to a command. */
export type Answer =
  | { readonly t: "ok"; readonly re?: CommandId; readonly fields: JsonObject }
  | {
    readonly t: "refused";
    readonly re?: CommandId;
    readonly code: RefusalCode;
    readonly message: string;
    readonly retry_ms?: number;
  };

/** The id of a frame, or `undefined` where it has none that is one. */
export function idOf(frame: JsonObject): CommandId | undefined {
  const { id } = frame;
  if (Number.isSafeInteger(id)) return Number(id);
  return typeof id === "string" && id.length <= limits.idCharsMax ? id : undefined;
}

/**
 * Which command a frame is.
 *
 * @throws {ChatError} `unknown_command`, `bad_message`
 */
export function decodeRequest(frame: JsonObject): Request {
  const { t } = frame;
  const id = idOf(frame);
  if (frame.id !== undefined && frame.id !== null && id === undefined) {
    throw new ChatError(
      "bad_message",
      `Cannot take that: "id" must be an integer or a text of at most ${limits.idCharsMax} characters`,
    );
  }
  if (typeof t !== "string") {
    throw new ChatError("bad_message", 'Cannot take that: "t" must name a command');
  }
  if (!isCommandName(t)) {
    throw new ChatError("unknown_command", `There is no command "${t.slice(0, 40)}"`);
  }
  return id === undefined ? { t, fields: frame } : { t, id, fields: frame };
}

/** Whether `t` names a command of this version. */
export function isCommandName(t: string): t is CommandName {
  return Object.hasOwn(commands, t);
}

/**
 * The checked fields of a command.
 *
 * @throws {ChatError} `bad_message`, naming the field that isn't what it must be.
 */
export function commandOf<K extends CommandName>(name: K, fields: JsonObject): Command<K> {
  const row: { readonly fields: typeof commands[K]["fields"] } = commands[name];
  return requireFields(name, row.fields, fields);
}

/** The checked fields of `ok` to a command, or `undefined` where they aren't what they must be. */
export function okOf<K extends CommandName>(name: K, fields: JsonObject): Ok<K> | undefined {
  const row: { readonly ok: typeof commands[K]["ok"] } = commands[name];
  return checkFields(row.ok, fields);
}

/** A frame as an answer, or `undefined` where it isn't one. */
export function decodeAnswer(frame: JsonObject): Answer | undefined {
  const re = idOf({ id: frame.re });
  if (frame.t === "ok") return { t: "ok", re, fields: frame };
  if (frame.t !== "refused") return undefined;
  const code = typeof frame.code === "string" && isRefusalCode(frame.code)
    ? frame.code
    : "internal";
  const message = typeof frame.message === "string" ? frame.message : "";
  const retry = Number.isSafeInteger(frame.retry_ms) ? Number(frame.retry_ms) : undefined;
  return { t: "refused", re, code, message, retry_ms: retry };
}

/**
 * A frame as an event, or `undefined` where this version doesn't know it. The seq of an unknown
 * stored event counts all the same: {@linkcode seqOf}.
 */
export function decodeEvent(frame: JsonObject): ChatEvent | undefined {
  const { t } = frame;
  if (isChangeKind(t)) {
    const common = checkFields(storedFields, frame);
    const own: object | undefined = checkFields<Fields>(changeFields[t], frame);
    return common && own && { t, ...common, ...own } as ChatEvent;
  }
  if (!isPassingKind(t)) return undefined;
  const own: object | undefined = checkFields<Fields>(passingFields[t], frame);
  return own && { t, ...own } as ChatEvent;
}

/** The seq of a frame, also of an event that this version doesn't know. */
export function seqOf(frame: JsonObject): number | undefined {
  return Number.isSafeInteger(frame.seq) ? Number(frame.seq) : undefined;
}

/** A line as a JSON object, or `undefined` where it isn't one. */
export function parseLine(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
