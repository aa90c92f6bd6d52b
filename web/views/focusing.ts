/** What can have the focus, and what of it can have it now. */

const kinds = [
  ...["button", "a[href]", "input", "select", "textarea", "summary", "iframe"],
  ...["audio[controls]", "video[controls]", "[tabindex]"],
].join();

/** Whether an element is there, in sight of whoever scrolls to it, and takes the focus. */
export function isUsable(element: Element): element is HTMLElement {
  return element instanceof HTMLElement && element.isConnected &&
    !element.matches(":disabled, [inert] *") &&
    element.checkVisibility({ visibilityProperty: true });
}

/** Everything in `box` that can have the focus, whether Tab leads there or not. */
export function allIn(box: Element): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>(kinds)];
}

/** Whether the keys that write go into it. */
export function isField(element: Element | null): boolean {
  return element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches(
        "textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=range])",
      ));
}

/** Whether it has keys of its own: the arrows there don't lead out of it. */
export function isOwnWorld(element: Element | null): boolean {
  return isField(element) || doesScroll(element) ||
    (element?.matches("video, audio, iframe, [type=radio], [type=range]") ?? false);
}

/** Whether it is a part of a text that scrolls in itself, such as wide code. */
export function doesScroll(element: Element | null): boolean {
  if (!element?.matches("pre, .table-box")) return false;
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
  return scrollWidth > clientWidth || scrollHeight > clientHeight;
}

/** Gives the focus to something that isn't reached with Tab, such as a heading. */
export function focusOn(element: HTMLElement): void {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
}

/** Where one writes; in a view without that, its own field, if it has one. */
export function writingField(): HTMLElement | undefined {
  const found = document.querySelector<HTMLElement>(".composer-field, .place-bar .field");
  return found && isUsable(found) ? found : undefined;
}

/** What a view is called: where one who comes to it begins to read. */
export function headOfView(): HTMLElement | undefined {
  return document.querySelector<HTMLElement>(".main .head-name") ?? undefined;
}
