/** Keys that do something wherever one is on the page; help lists the same table. */

import { focusOn, headOfView, isField, writingField } from "./focusing.ts";
import { focusRow, rowKeys, takeRowKey } from "./row_keys.ts";
import type { PageProps } from "./ui.ts";

/** A key, what it is called, what it does. */
export interface PageKey {
  readonly keys: string;
  readonly what: string;
  is(event: KeyboardEvent): boolean;
  /** Whether there was something to do. */
  run(page: PageProps, event: KeyboardEvent): boolean;
}

/** As help shows them. */
const pageKeys: readonly PageKey[] = [
  {
    keys: "Ctrl+K",
    what: "Go to a room, a person or a view",
    is: withCtrl("k"),
    run({ ui }) {
      ui.isPaletteOpen.value = !ui.isPaletteOpen.peek();
      return true;
    },
  },
  {
    keys: "Ctrl+/ or ?",
    what: "This page of keys and commands",
    is: (event) => withCtrl("/")(event) || (isPlain(event) && event.key === "?"),
    run({ model, ui }, event) {
      // Where one writes it is a letter.
      if (event.key === "?" && !event.ctrlKey && isField(document.activeElement)) return false;
      ui.isPaletteOpen.value = false;
      model.go({ is: "help" });
      return true;
    },
  },
  {
    keys: "Ctrl+Shift+F",
    what: "Search in the conversation in front",
    is: (event) => event.shiftKey && isCtrl(event) && event.key.toLowerCase() === "f",
    run({ model }) {
      model.find("", model.here.peek()?.key);
      model.go({ is: "search" });
      return true;
    },
  },
  {
    keys: "Ctrl+U",
    what: "Send files to the conversation in front",
    is: withCtrl("u"),
    run({ model }) {
      model.pick();
      return true;
    },
  },
  {
    keys: "Alt+↑ / Alt+↓",
    what: "The conversation above or below",
    is: (event) => isArrow(event) && event.altKey && !event.shiftKey && !isCtrl(event),
    run: ({ model }, event) => turn(model, event, () => true),
  },
  {
    keys: "Alt+Shift+↑ / Alt+Shift+↓",
    what: "The next conversation above or below with something new",
    is: (event) => isArrow(event) && event.altKey && event.shiftKey && !isCtrl(event),
    run: ({ model }, event) => turn(model, event, ({ unread }) => unread > 0),
  },
  {
    keys: "F6 / Shift+F6",
    what: "The next part of the page, or the one before: " +
      "conversations, head, messages, where one writes, who is here",
    is: (event) => event.key === "F6" && !event.altKey && !isCtrl(event),
    run: (_, { shiftKey }) => nextPart(shiftKey ? -1 : 1),
  },
  {
    keys: "Page Up / Page Down",
    what: "Read back and on, also while one writes",
    is: (event) => isPlain(event) && ["PageUp", "PageDown"].includes(event.key),
    run: (_, { key }) => readOn(key === "PageUp" ? -1 : 1),
  },
  {
    keys: "Shift+Esc",
    what: "Back to the newest message",
    is: ({ key, shiftKey }) => key === "Escape" && shiftKey,
    run({ ui }) {
      ui.toNewest.value++;
      return true;
    },
  },
  {
    keys: "Esc",
    what: "Close what is open; back to the conversation, and to where one writes",
    is: (event) => event.key === "Escape" && isPlain(event),
    run: (page) => leave(page),
  },
];

/** Keys of parts of the page that take them by themselves. */
const writingKeys = [
  { keys: "Enter", what: "Send" },
  { keys: "Shift+Enter", what: "Begin a new line" },
  { keys: "↑", what: "In an empty field: edit what you said last" },
  { keys: "Tab", what: "Take the suggestion: people, rooms, emoji, commands" },
  { keys: "Esc", what: "Stop answering or editing" },
];

const listKeys = [
  { keys: "Tab / Shift+Tab", what: "To the next list, toolbar or field, or the one before" },
  { keys: "Arrows", what: "Within a list, a toolbar or the emoji" },
  { keys: "Home / End", what: "To its beginning or end" },
];

/** All keys that there are, in groups: what help shows. */
export const keyGroups = [
  { title: "Keys anywhere", keys: pageKeys },
  { title: "Keys where you write", keys: writingKeys },
  { title: "Keys among the messages", keys: rowKeys },
  { title: "Keys in lists", keys: listKeys },
] as const;

/** Takes a key; whether it was one of the page's. What writes goes to where one writes. */
export function takePageKey(event: KeyboardEvent, page: PageProps): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  if (takeRowKey(event)) return true;
  // What lies over the page has its own keys, and closes by itself.
  const isCovered = document.querySelector("dialog[open]") !== null;
  const key = pageKeys.find((each) => each.is(event));
  if (key) return (!isCovered || isCtrl(event)) && key.run(page, event);
  if (!isCovered && writes(event)) writingField()?.focus({ preventScroll: true });
  return false;
}

function isCtrl({ ctrlKey, metaKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey;
}

function isPlain(event: KeyboardEvent): boolean {
  const isShifted = event.shiftKey && event.key.length > 1;
  return !isCtrl(event) && !event.altKey && !isShifted;
}

function isArrow({ key }: KeyboardEvent): boolean {
  return key === "ArrowUp" || key === "ArrowDown";
}

function withCtrl(key: string): (event: KeyboardEvent) => boolean {
  return (event) =>
    isCtrl(event) && !event.altKey && (key === "/" || !event.shiftKey) &&
    event.key.toLowerCase() === key;
}

/** Whether a key writes something where nothing takes it: then it is meant for the field. */
function writes(event: KeyboardEvent): boolean {
  const { activeElement } = document;
  if (isField(activeElement)) return false;
  if (isCtrl(event)) return event.key.toLowerCase() === "v" && !event.shiftKey && !event.altKey;
  if (event.altKey && !event.getModifierState("AltGraph")) return false;
  // On a button space presses it.
  if (event.key === " ") return activeElement === document.body;
  return event.key.length === 1 || event.key === "Dead" || event.key === "Process";
}

function turn(
  model: PageProps["model"],
  { key }: KeyboardEvent,
  isMeant: (row: { readonly unread: number }) => boolean,
): boolean {
  const rows = model.rows.peek();
  const at = rows.findIndex(({ isHere }) => isHere);
  const behind = [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))];
  const next = (key === "ArrowDown" ? behind : behind.toReversed()).find(isMeant);
  if (next) model.go({ is: "chat", key: next.key });
  return true;
}

/** The parts of the page, in the order in which one goes through them. */
const parts = [".sidebar", ".main .head", ".list-box, .place-body", ".composer", ".people"];

function nextPart(step: 1 | -1): boolean {
  const all = parts.flatMap((selector) => {
    const part = document.querySelector<HTMLElement>(selector);
    const isThere = part?.checkVisibility({ visibilityProperty: true }) && !part.closest("[inert]");
    return part && isThere ? [part] : [];
  });
  const at = all.findIndex((part) => part.contains(document.activeElement));
  for (let tried = 1; tried <= all.length; tried++) {
    const from = at < 0 && step < 0 ? 0 : at;
    const part = all[(from + step * tried + all.length * tried) % all.length];
    if (enter(part)) return true;
  }
  return true;
}

/** Gives the focus to what Tab leads to in a part. */
function enter(part: HTMLElement): boolean {
  if (part.matches(".composer")) {
    const field = writingField();
    field?.focus();
    return field !== undefined;
  }
  const row = part.querySelector<HTMLElement>('[data-row][tabindex="0"]');
  if (row) return focusRow(row);
  const current = part.querySelector<HTMLElement>('[aria-current="page"]');
  if (current) current.focus();
  else if (part.matches(".head")) focusOn(headOfView() ?? part);
  else focusOn(part);
  return part.contains(document.activeElement);
}

/** Scrolls what is read, where no message has the focus; not a long text that one writes. */
function readOn(way: 1 | -1): boolean {
  const { activeElement } = document;
  const isLong = activeElement !== null && activeElement.matches("textarea") &&
    activeElement.scrollHeight > activeElement.clientHeight + 1;
  const box = document.querySelector<HTMLElement>(".list-box");
  const isInside = activeElement?.closest(".main") !== null || activeElement === document.body;
  if (!box || isLong || !isInside) return false;
  box.scrollBy({ top: way * box.clientHeight * 0.85, behavior: "instant" });
  return true;
}

/** Closes what is open, the nearest first; else goes back to where one writes. */
function leave({ model, ui }: PageProps): boolean {
  if (document.querySelector("dialog[open]")) return false;
  if (ui.reactingTo.peek() !== undefined) {
    ui.reactingTo.value = undefined;
    return true;
  }
  if (ui.isMenuOpen.peek()) {
    ui.isMenuOpen.value = false;
    return true;
  }
  const isChat = model.route.peek().is === "chat";
  if (isChat && ui.isPeopleOpen.peek() && !ui.isWide.peek()) {
    ui.isPeopleOpen.value = false;
    return true;
  }
  const { activeElement } = document;
  if (activeElement instanceof HTMLInputElement && activeElement.value !== "") return false;
  const key = model.here.peek()?.key;
  if (!isChat && key !== undefined) {
    model.go({ is: "chat", key });
    return true;
  }
  const field = writingField();
  if (!field || isField(activeElement)) return false;
  field.focus();
  return true;
}
