/** What somebody has become on the whole server, as words behind "is" and "are". Pure. */

import type { Role } from "../wire/command_row.ts";

/** `a moderator of this server now`. */
export function roleText(role: Role): string {
  return `${role === "owner" ? "an" : "a"} ${role} of this server now`;
}
