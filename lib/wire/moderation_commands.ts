/** The rows of the table of commands that keep order. A leaf. */

import { answerFields } from "./answer_fields.ts";
import { after, cid, type CommandRow, limit, room } from "./command_row.ts";
import { anyText, flag, integer, note, opaque, optional } from "./fields.ts";
import { limits } from "../limits.ts";

const user = anyText(1000);
const reason = optional(note(limits.noteCharsMax));
const seconds = optional(integer(1, limits.sanctionSecondsMax));
const key = note(limits.keyCharsMax);

/** Every command that keeps order; roles in a room and of the server are given by the same one. */
export const moderationCommands = {
  kick: {
    help: "Put somebody out of a room",
    who: "guest",
    cost: 1,
    fields: { room, user, reason, cid },
    ok: answerFields.kick,
  },
  mute: {
    help: "Keep somebody from writing in a room",
    who: "guest",
    cost: 1,
    fields: { room, user, seconds, reason, cid },
    ok: answerFields.mute,
  },
  unmute: {
    help: "Let somebody write again who was muted",
    who: "guest",
    cost: 1,
    fields: { room, user, cid },
    ok: answerFields.unmute,
  },
  ban: {
    help: "Keep somebody out of a room, or a user or an address out of the server",
    who: "guest",
    cost: 1,
    fields: {
      user: optional(user),
      address: optional(note(limits.noteCharsMax)),
      room: optional(room),
      seconds,
      reason,
      cid,
    },
    ok: answerFields.ban,
  },
  unban: {
    help: "Take a ban back",
    who: "guest",
    cost: 1,
    fields: {
      user: optional(user),
      address: optional(note(limits.noteCharsMax)),
      room: optional(room),
      cid,
    },
    ok: answerFields.unban,
  },
  bans: {
    help: "List who is banned from a room, or from the server",
    who: "guest",
    cost: 1,
    fields: { room: optional(room), after, limit },
    ok: answerFields.bans,
  },
  lock: {
    help: "Let only those into a room who know a key; without one let everybody in again",
    who: "guest",
    cost: 1,
    fields: { room, key: optional(key), cid },
    ok: answerFields.lock,
  },
  slow: {
    help: "Let each say only one thing in so many seconds; 0 seconds: as much as they like",
    who: "guest",
    cost: 1,
    fields: { room, seconds: integer(0, limits.slowSecondsMax), cid },
    ok: answerFields.slow,
  },
  readonly: {
    help: "Let only moderators write in a room, or everybody again",
    who: "guest",
    cost: 1,
    fields: { room, on: flag, cid },
    ok: answerFields.readonly,
  },
  audit: {
    help: "Read what moderators did, the newest first",
    who: "owner",
    cost: 1,
    fields: { before: optional(opaque()), limit },
    ok: answerFields.audit,
  },
} as const satisfies Record<string, CommandRow>;
