/** A list of rows of one height, however many: only those in sight are drawn. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { inSight, isShort, rowAfterKey, scrollToRow, type Sight, toDraw } from "../list/window.ts";
import type { Range } from "../list/heights.ts";

/** What a list is made of. */
export interface WideRowsProps<T> {
  readonly items: readonly T[];
  /** What an item is known by: it stays when the list moves around it. */
  keyOf(item: T): string;
  /** The row of an item; `tabIndex` is for everything in it that takes the focus. */
  row(item: T, tabIndex: number): ComponentChildren;
  /** What a screen reader calls the list. */
  readonly label: string;
  readonly class?: string;
}

/** Until a row is measured: how high one may be, in pixels. */
const rowHeightUsual = 40;
const sightUsual = 800;

/** What a list keeps from one drawing to the next. */
interface Kept {
  sight: Sight;
  drawn: Range;
  /** The row that Tab leads to, and whether it has the focus. */
  index: number;
  hasFocus: boolean;
  /** The item that has the focus. */
  focused: string | undefined;
  /** Whether the focus is to go to the row at `index` when it is drawn. */
  goes: boolean;
}

/**
 * A list that lies in a box marked `data-scrolls`. Tab leads to one row of it; the arrows, Page Up
 * and Down, Home and End go on from there. A row with the focus stays drawn, and where it goes away
 * the focus is its neighbour's.
 */
export function WideRows<T>({ items, keyOf, row, label, class: name }: WideRowsProps<T>) {
  const list = useRef<HTMLUListElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const { current: kept } = useRef<Kept>({
    sight: { above: 0, sight: sightUsual, rowHeight: rowHeightUsual },
    drawn: { from: 0, to: 0 },
    index: 0,
    hasFocus: false,
    focused: undefined,
    goes: false,
  });
  follow(kept, items, keyOf);
  const count = items.length;
  const drawn = kept.drawn = toDraw(kept.sight, count);
  const look = useRef(() => {});
  look.current = () => {
    const sight = sightOf(list.current, kept.sight);
    const isOther = sight.rowHeight !== kept.sight.rowHeight;
    kept.sight = sight;
    if (isOther || isShort(kept.drawn, sight, items.length)) redraw(0);
  };
  useLayoutEffect(() => {
    const box = boxOf(list.current);
    if (box === undefined) return;
    const onScroll = () => look.current();
    box.addEventListener("scroll", onScroll, { passive: true });
    const watch = new ResizeObserver(onScroll);
    watch.observe(box);
    return () => {
      box.removeEventListener("scroll", onScroll);
      watch.disconnect();
    };
  }, []);
  useLayoutEffect(() => {
    look.current();
    if (kept.goes) focusRow(list.current, kept);
  });
  const rows = Array.from({ length: drawn.to - drawn.from }, (_, at) => drawn.from + at);
  // It isn't among them when it was scrolled away.
  if (kept.index < drawn.from && count > 0) rows.unshift(kept.index);
  if (kept.index >= drawn.to && kept.index < count) rows.push(kept.index);
  const { rowHeight } = kept.sight;
  return (
    <ul
      ref={list}
      class={name === undefined ? "wide-rows" : `wide-rows ${name}`}
      aria-label={label}
      style={{ height: `${count * rowHeight}px` }}
      onKeyDown={(event) => {
        const { sight: { sight } } = kept;
        const page = Math.max(1, Math.floor(sight / rowHeight) - 1);
        const next = rowAfterKey(event.key, { index: kept.index, count, page });
        if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        Object.assign(kept, { index: next, goes: true, focused: keyOf(items[next]) });
        redraw(0);
      }}
      onFocusIn={({ target }) => {
        const at = rowIndexOf(target);
        if (at === undefined || at >= count) return;
        const isOther = at !== kept.index;
        Object.assign(kept, { index: at, hasFocus: true, focused: keyOf(items[at]) });
        if (isOther) redraw(0);
      }}
      onFocusOut={({ target, relatedTarget }) => {
        if (relatedTarget instanceof Node && list.current?.contains(relatedTarget)) return;
        queueMicrotask(() => {
          // A row that was taken away, or whose window was left, keeps its claim.
          const isLeft = target instanceof Node && target.isConnected && document.hasFocus();
          if (isLeft && !list.current?.contains(document.activeElement)) {
            Object.assign(kept, { hasFocus: false, focused: undefined });
          }
        });
      }}
    >
      {rows.map((index) => (
        <li
          key={keyOf(items[index])}
          aria-setsize={count}
          aria-posinset={index + 1}
          tabIndex={-1}
          style={{ transform: `translateY(${index * rowHeight}px)` }}
        >
          {row(items[index], index === kept.index ? 0 : -1)}
        </li>
      ))}
    </ul>
  );
}

/** The list has moved: the focus stays with its item, or else with its place. */
function follow<T>(kept: Kept, items: readonly T[], keyOf: (item: T) => string): void {
  const last = Math.max(0, items.length - 1);
  if (kept.focused === undefined) {
    // Tab leads to what is in sight.
    const { from, to } = inSight(kept.sight, items.length);
    kept.index = Math.min(last, Math.max(from, Math.min(kept.index, Math.max(from, to - 1))));
    return;
  }
  const isThere = kept.index < items.length && keyOf(items[kept.index]) === kept.focused;
  if (isThere) return;
  const at = items.findIndex((item) => keyOf(item) === kept.focused);
  kept.index = at >= 0 ? at : Math.min(kept.index, last);
  if (at >= 0) return;
  kept.focused = items.length === 0 ? undefined : keyOf(items[kept.index]);
  kept.goes = kept.hasFocus && items.length > 0;
}

function focusRow(list: HTMLUListElement | null, kept: Kept): void {
  kept.goes = false;
  const line = list?.querySelector<HTMLElement>(`:scope > [aria-posinset="${kept.index + 1}"]`);
  const box = boxOf(list);
  if (!list || !line || !box) return;
  const by = scrollToRow(kept.sight, kept.index);
  if (by !== 0) box.scrollTop += by;
  // Whoever has gone elsewhere meanwhile stays there.
  const { activeElement } = document;
  if (activeElement !== document.body && !list.contains(activeElement)) return;
  (line.querySelector<HTMLElement>("button, a") ?? line).focus({ preventScroll: true });
}

function rowIndexOf(target: EventTarget | null): number | undefined {
  const line = target instanceof Element ? target.closest("[aria-posinset]") : null;
  const place = Number(line?.getAttribute("aria-posinset") ?? 0);
  return place > 0 ? place - 1 : undefined;
}

function boxOf(list: HTMLElement | null): HTMLElement | undefined {
  return list?.closest<HTMLElement>("[data-scrolls]") ?? undefined;
}

/** How the list lies in its box now. */
function sightOf(list: HTMLElement | null, before: Sight): Sight {
  const box = boxOf(list);
  if (!list || !box) return before;
  const first = list.firstElementChild;
  const rowHeight = first?.getBoundingClientRect().height || before.rowHeight;
  const above = box.getBoundingClientRect().top - list.getBoundingClientRect().top;
  return { above, sight: box.clientHeight || sightUsual, rowHeight };
}
