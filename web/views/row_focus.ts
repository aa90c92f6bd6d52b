/** Which row of the list is pointed at or focused. */

import type { Ui } from "./ui.ts";

/** The row that an event is about shows its buttons. */
export function pointAt({ target }: Event, ui: Ui): void {
  // While an emoji is chosen its message stays.
  if (ui.reactingTo.peek() !== undefined) return;
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
  if (row) ui.activeRow.value = row.dataset.row;
}

/** Up and down go from row to row, and into the list from its box. */
export function moveBetweenRows(event: KeyboardEvent & { readonly currentTarget: Element }): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const { target, currentTarget } = event;
  if (!(target instanceof HTMLElement)) return;
  // Within a row's own buttons and fields the keys are theirs.
  const row = target === currentTarget
    ? [...currentTarget.querySelectorAll<HTMLElement>("[data-row]")].at(-1)
    : besides(target, event.key);
  if (!row) return;
  event.preventDefault();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function besides(target: HTMLElement, key: "ArrowUp" | "ArrowDown"): HTMLElement | undefined {
  if (target.dataset.row === undefined) return undefined;
  const next = key === "ArrowUp" ? target.previousElementSibling : target.nextElementSibling;
  return next instanceof HTMLElement ? next : undefined;
}
