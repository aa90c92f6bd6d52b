/** Which row of the list is pointed at or focused. */

import type { Ui } from "./ui.ts";

/** The row that an event is about shows its buttons. */
export function pointAt({ target }: Event, ui: Ui): void {
  // While an emoji is chosen its message stays.
  if (ui.reactingTo.peek() !== undefined) return;
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  if (row) ui.activeRow.value = row.dataset.row;
}
