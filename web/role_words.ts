/** What roles are called where people see them. */

import type { Role } from "../lib/wire/command_row.ts";

/** Each role: as a mark beside a name where it is worth one, of others, and of oneself. */
export const roleWords: Readonly<
  Record<Role, { readonly mark?: string; readonly theirs: string; readonly own: string }>
> = {
  guest: {
    theirs: "a guest: the name is theirs only while they are here",
    own: "a guest: the name is yours only while you are here",
  },
  member: {
    theirs: "a member: the name is theirs for good",
    own: "a member: the name is yours for good",
  },
  moderator: {
    mark: "Moderator",
    theirs: "a moderator of this server",
    own: "a moderator of this server",
  },
  owner: { mark: "Owner", theirs: "the owner of this server", own: "the owner of this server" },
};
