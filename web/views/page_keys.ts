/** Keys that do something wherever one is on the page. */

import type { PageProps } from "./ui.ts";

/** Takes a key; whether it was one of these. */
export function takePageKey(event: KeyboardEvent, { model, ui }: PageProps): boolean {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && !event.altKey && event.key.toLowerCase() === "k") {
    ui.isPaletteOpen.value = !ui.isPaletteOpen.peek();
    return true;
  }
  if (event.altKey && !isCommand && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    const rows = model.rows.peek();
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = rows.findIndex(({ isHere }) => isHere);
    const next = rows[(at + step + rows.length) % rows.length];
    if (next !== undefined) model.go({ is: "chat", key: next.key });
    return true;
  }
  if (event.key === "Escape" && event.shiftKey) {
    ui.toNewest.value++;
    return true;
  }
  if (event.key === "Escape" && ui.isMenuOpen.peek()) {
    ui.isMenuOpen.value = false;
    return true;
  }
  return false;
}
