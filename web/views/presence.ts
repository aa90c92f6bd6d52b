/** How people are, by their names. */

import { nameKey } from "../../lib/names.ts";
import type { Presence } from "./avatar.tsx";
import type { Ui } from "./ui.ts";

/** Whether somebody is here, as far as is known. */
export function presenceOf(ui: Ui, name: string): Presence {
  const known = ui.known.value.get(nameKey(name));
  if (known === undefined || !known.online) return "offline";
  return known.away === undefined ? "online" : "away";
}
