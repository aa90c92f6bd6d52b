/** The keys of the messages: from one to the next, and into one. */

import { allIn, isOwnWorld, isUsable, writingField } from "./focusing.ts";
import { lastInSight } from "./tab_stops.ts";

/** A key among the messages: what it is called, what it does. */
export interface RowKey {
  readonly keys: string;
  readonly what: string;
  is(event: KeyboardEvent): boolean;
  /** Whether there was something to do; `row`: where the focus is, if it is in one. */
  run(at: RowPlace, event: KeyboardEvent): boolean;
}

/** Where among the messages the focus is. */
export interface RowPlace {
  readonly box: HTMLElement;
  readonly row: HTMLElement | undefined;
  /** What has it: the row itself, or something in it. */
  readonly target: HTMLElement;
}

const named = (...names: readonly string[]) => ({ key }: KeyboardEvent) => names.includes(key);

/** All of them, as help shows them. */
export const rowKeys: readonly RowKey[] = [
  {
    keys: "↑ / ↓",
    what: "The message above or below",
    is: named("ArrowUp", "ArrowDown"),
    run: ({ box, row }, { key }) => focusRow(row ? besides(row, key === "ArrowUp") : lastOf(box)),
  },
  {
    keys: "Page Up / Page Down",
    what: "A screenful of messages back or on",
    is: named("PageUp", "PageDown"),
    run: ({ box }, { key }) => turnPage(box, key === "PageUp" ? -1 : 1),
  },
  {
    keys: "Enter",
    what: "To the buttons of the message",
    is: named("Enter"),
    run: ({ row, target }) => target === row && focusFirst(row, "[role=toolbar], .file-card"),
  },
  {
    keys: "← / →",
    what: "From one button, link or name of the message to the next",
    is: named("ArrowLeft", "ArrowRight"),
    run: ({ row, target }, { key }) => row !== undefined && moveIn(row, target, key),
  },
  {
    keys: "End",
    what: "To the newest message",
    is: named("End"),
    run: ({ box }) => {
      box.scrollTop = box.scrollHeight;
      onceDrawn(box, () => lastOf(box));
      return true;
    },
  },
  {
    keys: "Esc",
    what: "From a button to its message, from a message to where one writes",
    is: named("Escape"),
    run: ({ row, target }) => {
      if (row && target !== row) return focusRow(row);
      const field = writingField();
      field?.focus();
      return field !== undefined;
    },
  },
];

/** Takes a key that was pressed among the messages; whether it was one of theirs. */
export function takeRowKey(event: KeyboardEvent): boolean {
  const { target, ctrlKey, altKey, metaKey, shiftKey } = event;
  if (event.defaultPrevented || ctrlKey || altKey || metaKey || shiftKey) return false;
  if (!(target instanceof HTMLElement)) return false;
  const box = target.closest<HTMLElement>("[data-stop=rows]");
  if (!box || (isOwnWorld(target) && event.key !== "Escape")) return false;
  const row = target.closest<HTMLElement>("[data-row]") ?? undefined;
  const key = rowKeys.find((each) => each.is(event));
  return key?.run({ box, row, target }, event) ?? false;
}

/** Gives the focus to a row; whether there is one. */
export function focusRow(row: HTMLElement | undefined): boolean {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return row !== undefined;
}

function besides(row: HTMLElement, isUp: boolean): HTMLElement {
  const next = isUp ? row.previousElementSibling : row.nextElementSibling;
  return next instanceof HTMLElement ? next : row;
}

function lastOf(box: HTMLElement): HTMLElement | undefined {
  return lastInSight(box, [...box.querySelectorAll<HTMLElement>("[data-row]")]);
}

/** Scrolls by what is in sight, and takes the focus along once that is drawn. */
function turnPage(box: HTMLElement, way: 1 | -1): boolean {
  box.scrollBy({ top: way * box.clientHeight * 0.85, behavior: "instant" });
  onceDrawn(box, () => {
    const rows = [...box.querySelectorAll<HTMLElement>("[data-row]")];
    const { top } = box.getBoundingClientRect();
    const first = rows.find((row) => row.getBoundingClientRect().top >= top - 1);
    return way < 0 ? first : lastInSight(box, rows);
  });
  return true;
}

/** Gives a row the focus when what was scrolled to is drawn, unless it has gone elsewhere. */
function onceDrawn(box: HTMLElement, find: () => HTMLElement | undefined): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      const { activeElement } = document;
      if (activeElement === document.body || box.contains(activeElement)) focusRow(find());
    })
  );
}

function moveIn(row: HTMLElement, target: HTMLElement, key: string): boolean {
  const all = allIn(row).filter(isUsable);
  if (all.length === 0) return false;
  const step = key === "ArrowRight" ? 1 : -1;
  const at = all.indexOf(target);
  const from = at < 0 && step < 0 ? 0 : at;
  all[(from + step + all.length) % all.length].focus();
  return true;
}

function focusFirst(row: HTMLElement, boxes: string): boolean {
  const inBoxes = [...row.querySelectorAll(boxes)].flatMap(allIn).filter(isUsable);
  const first = inBoxes[0] ?? allIn(row).filter(isUsable)[0];
  first?.focus();
  return first !== undefined;
}
