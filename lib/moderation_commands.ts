/** The rows of the table of commands that keep order. A leaf. */

import { cid, type CommandRow, limit, name, role, room, stored, uid } from "./command_row.ts";
import {
  anyText,
  type Field,
  flag,
  integer,
  list,
  note,
  opaque,
  optional,
  record,
  type Shape,
} from "./fields.ts";
import { limits } from "./limits.ts";

const user = anyText(1000);
const reason = optional(note(limits.noteCharsMax));
const seconds = optional(integer(1, limits.sanctionSecondsMax));
const key = note(limits.keyCharsMax);

/** What moderators do, as the trail of it says; those of the whole server are in no log. */
const deeds = [
  "kicked",
  "banned",
  "unbanned",
  "muted",
  "unmuted",
  "appointed",
  "locked",
  "slowed",
  "made_readonly",
  "deleted",
  "removed",
] as const;
const did: Field<typeof deeds[number], "needed"> = {
  must: deeds.join(", "),
  presence: "needed",
  check: (value) => deeds.find((known) => known === value),
};

/** The fields of an entry of the trail: who did what to whom, where, when and why. */
export const auditFields = {
  at: integer(0),
  did,
  by: name,
  by_uid: uid,
  /** Missing where it was done on the whole server. */
  room: optional(name),
  user: optional(name),
  uid: optional(uid),
  address: optional(name),
  reason,
  seconds: optional(integer(0)),
  role: optional(role),
  on: optional(flag),
  /** The message that was taken away, by its seq. */
  target: optional(integer(1)),
  /** What the file was called that was taken away. */
  file: optional(note(limits.fileNameBytesMax)),
} as const;
/** One entry of the trail. */
export type AuditEntry = Shape<typeof auditFields>;

/** Every command that keeps order; roles in a room and of the server are given by the same one. */
export const moderationCommands = {
  kick: {
    help: "Put somebody out of a room",
    who: "guest",
    cost: 1,
    fields: { room, user, reason, cid },
    ok: stored,
  },
  mute: {
    help: "Keep somebody from writing in a room",
    who: "guest",
    cost: 1,
    fields: { room, user, seconds, reason, cid },
    ok: stored,
  },
  unmute: {
    help: "Let somebody write again who was muted",
    who: "guest",
    cost: 1,
    fields: { room, user, cid },
    ok: stored,
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
    ok: {},
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
    ok: {},
  },
  lock: {
    help: "Let only those into a room who know a key; without one let everybody in again",
    who: "guest",
    cost: 1,
    fields: { room, key: optional(key), cid },
    ok: stored,
  },
  slow: {
    help: "Let each say only one thing in so many seconds; 0 seconds: as much as they like",
    who: "guest",
    cost: 1,
    fields: { room, seconds: integer(0, limits.slowSecondsMax), cid },
    ok: stored,
  },
  readonly: {
    help: "Let only moderators write in a room, or everybody again",
    who: "guest",
    cost: 1,
    fields: { room, on: flag, cid },
    ok: stored,
  },
  audit: {
    help: "Read what moderators did, the newest first",
    who: "owner",
    cost: 1,
    fields: { before: optional(opaque()), limit },
    ok: {
      entries: list(record(auditFields), limits.pageMax),
      more: flag,
      cursor: optional(opaque()),
    },
  },
} as const satisfies Record<string, CommandRow>;
