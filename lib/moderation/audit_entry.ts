/** An entry of the trail of what moderators did. A leaf. */

import { name, role, uid } from "../wire/command_row.ts";
import { type Field, flag, integer, note, optional, type Shape } from "../wire/fields.ts";
import { wireLimits } from "../wire/wire_limits.ts";

const reason = optional(note(wireLimits.noteCharsMax));

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
  // What only whoever runs the server does, to a user.
  "reset_password",
  "ended_logins",
  "removed_user",
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
  file: optional(note(wireLimits.fileNameBytesMax)),
} as const;
/** One entry of the trail. */
export type AuditEntry = Shape<typeof auditFields>;
