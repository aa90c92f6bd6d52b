/** What somebody is on the whole server, as it changes. */

import type { Role } from "./wire/command_row.ts";
import type { Core } from "./core.ts";
import type { Person } from "./events.ts";
import type { Known } from "./known.ts";

/**
 * From now on they may do what this role may; they are told, and whoever hears of them. Nothing
 * where they have it already.
 *
 * @throws what keeping it throws: then nothing has changed.
 */
export async function giveRole(
  core: Pick<Core, "people" | "presence" | "others">,
  known: Known,
  { role, by }: { readonly role: Role; readonly by?: Person },
): Promise<void> {
  if (known.role === role) return;
  if (by) core.others?.giving(known, role, by.uid);
  await core.people.setRole(known, role);
  tellRole(core, known, by);
}

/** Tells what they are now. */
export function tellRole({ presence }: Pick<Core, "presence">, known: Known, by?: Person): void {
  const { person, role } = known;
  presence.tell(known, {
    t: "role_given",
    ...person,
    role,
    ...by && { by: by.user, by_uid: by.uid },
  });
}
