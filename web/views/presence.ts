/** How people are, by their names. */

import type { KnownUser } from "../../lib/client/state.ts";
import { nameKey } from "../../lib/names.ts";
import type { Presence } from "./avatar.tsx";
import type { Ui } from "./ui.ts";

/** Whether somebody is here, as far as is known. */
export function presenceOf(ui: Ui, name: string): Presence {
  return presenceIn(ui.known.value.get(nameKey(name)));
}

/** The same of what is known of them. */
export function presenceIn(known: Pick<KnownUser, "online" | "away"> | undefined): Presence {
  if (known === undefined || !known.online) return "offline";
  return known.away === undefined ? "online" : "away";
}
