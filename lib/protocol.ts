/**
 * The vocabulary: the table of commands, from which their types, checks, costs, help and docs
 * follow. A leaf. docs/protocol.md is the same for people who write other clients.
 */

import { accountCommands, password } from "./wire/account_commands.ts";
import { answerFields } from "./wire/answer_fields.ts";
import { after, cid, type CommandRow, limit, room, withUid } from "./wire/command_row.ts";
import {
  anyText,
  emoji,
  flag,
  integer,
  list,
  note,
  noteOrNothing,
  opaque,
  optional,
  prose,
  type Shape,
} from "./wire/fields.ts";
import { fileCommands } from "./wire/file_commands.ts";
import { inviteCommands } from "./wire/invite_commands.ts";
import { limits } from "./limits.ts";
import { moderationCommands } from "./wire/moderation_commands.ts";

/** The wire's version. */
export const protocolVersion = 1;

/**
 * What a peer may say in `features` that it takes: `base64`, the bytes of parts in `data` and none
 * raw; `gzip`, parts that are compressed.
 */
export const features = ["base64", "gzip"] as const;
/** One of {@linkcode features}. */
export type Feature = typeof features[number];

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
    ok: answerFields.hello,
  },
  ping: {
    help: "Show that the connection lives",
    who: "anybody",
    cost: 0,
    unlogged: true,
    fields: {},
    ok: answerFields.ping,
  },
  quit: { help: "End the connection", who: "anybody", cost: 0, fields: {}, ok: answerFields.quit },
  users: {
    help: "List who is here",
    who: "guest",
    cost: 1,
    fields: { after, limit },
    ok: answerFields.users,
  },
  rooms: {
    help: "List the rooms, or your private conversations",
    who: "guest",
    cost: 1,
    fields: { after, limit, private: optional(flag) },
    ok: answerFields.rooms,
  },
  join: {
    help: "Enter a room, made if there is none of that name",
    who: "guest",
    cost: 3,
    fields: { room, key: optional(note(limits.keyCharsMax)), cid },
    ok: answerFields.join,
  },
  leave: {
    help: "Leave a room",
    who: "guest",
    cost: 1,
    fields: { room, cid },
    ok: answerFields.leave,
  },
  members: {
    help: "List who is in a room",
    who: "guest",
    cost: 1,
    fields: { room, with: withUid, after, limit },
    ok: answerFields.members,
  },
  topic: {
    help: "Say what a room is about",
    who: "guest",
    cost: 1,
    fields: { room, topic: noteOrNothing(limits.topicCharsMax), cid },
    ok: answerFields.topic,
  },
  say: {
    help: "Say something in a room or to one person",
    who: "guest",
    cost: 1,
    fields: { room, text: prose, with: withUid, cid, quote: optional(integer(1)) },
    ok: answerFields.say,
  },
  edit: {
    help: "Change what you said",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), text: prose, with: withUid, cid },
    ok: answerFields.edit,
  },
  delete: {
    help: "Take back what you said",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), with: withUid, cid },
    ok: answerFields.delete,
  },
  react: {
    help: "Answer a message with an emoji, or take that back",
    who: "guest",
    cost: 1,
    fields: { room, seq: integer(1), emoji, on: optional(flag), with: withUid, cid },
    ok: answerFields.react,
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
    ok: answerFields.history,
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
    ok: answerFields.search,
  },
  typing: {
    help: "Show that you are writing",
    unlogged: true,
    who: "guest",
    cost: 1,
    fields: { room, with: withUid },
    ok: answerFields.typing,
  },
  away: {
    help: "Say that you are away, or back",
    who: "guest",
    cost: 1,
    fields: { text: optional(note(limits.noteCharsMax)) },
    ok: answerFields.away,
  },
  read: {
    help: "Say up to where you have read",
    unlogged: true,
    who: "guest",
    cost: 0,
    fields: { room, with: withUid, seq: integer(0) },
    ok: answerFields.read,
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
