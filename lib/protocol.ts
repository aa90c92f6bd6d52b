/**
 * The vocabulary: the table of commands, from which their types, checks, costs, help and docs
 * follow. A leaf. docs/protocol.md is the same for people who write other clients.
 */

import { accountCommands, password } from "./account_commands.ts";
import {
  after,
  cid,
  type CommandRow,
  limit,
  name,
  role,
  room,
  stored,
  uid,
  withUid,
} from "./command_row.ts";
import {
  anyText,
  emoji,
  type Field,
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
  type Shape,
} from "./fields.ts";
import { fileCommands } from "./file_commands.ts";
import { inviteCommands } from "./invite_commands.ts";
import { limits } from "./limits.ts";
import { moderationCommands } from "./moderation_commands.ts";

/** The wire's version. */
export const protocolVersion = 1;

/**
 * What a peer may say in `features` that it takes: `base64`, the bytes of parts in `data` and none
 * raw; `gzip`, parts that are compressed.
 */
export const features = ["base64", "gzip"] as const;
/** One of {@linkcode features}. */
export type Feature = typeof features[number];

const pageOf = limits.pageMax;
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
  topic: noteOrNothing(limits.topicCharsMax),
  seq: integer(0),
  count: integer(0),
} as const;

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
      password: optional(password),
      // What no code can be is answered like one that isn't good.
      invite: optional(anyText(1000)),
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
        record({ ...conversation, ...rules, read: integer(0), unread: integer(0) }),
        100_000,
      ),
      more: optional(flag),
      /** The room that the invitation is to. */
      invited: optional(name),
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
        record({ ...conversation, ...rules, joined: flag, locked: flag }),
        pageOf,
      ),
      more: flag,
    },
  },
  join: {
    help: "Enter a room, made if there is none of that name",
    who: "guest",
    cost: 3,
    fields: { room, key: optional(note(limits.keyCharsMax)), cid },
    ok: {
      room: name,
      topic: noteOrNothing(limits.topicCharsMax),
      members: integer(0),
      seq: integer(0),
      created: optional(flag),
      ...rules,
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
    unordered: limits.searchesAtOnceMax,
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
  ...fileCommands,
  ...moderationCommands,
  ...accountCommands,
  ...inviteCommands,
} as const satisfies Record<string, CommandRow>;

/** The name of a command. */
export type CommandName = keyof typeof commands;
/** What a command carries beside its name and id. */
export type Command<K extends CommandName> = Shape<typeof commands[K]["fields"]>;
/** What `ok` to a command carries. */
export type Ok<K extends CommandName> = Shape<typeof commands[K]["ok"]>;
