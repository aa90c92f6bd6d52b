/** What roles are called where people see them. */

import type { Role } from "../lib/command_row.ts";

/** Each role: as a mark beside a name, where it is worth one, and in a sentence. */
export const roleWords: Readonly<
  Record<Role, { readonly mark?: string; readonly whole: string }>
> = {
  guest: { whole: "a guest: the name is theirs only while they are here" },
  member: { whole: "a member: the name is theirs for good" },
  moderator: { mark: "Moderator", whole: "a moderator: may keep order here" },
  owner: { mark: "Owner", whole: "the owner of this server" },
};
