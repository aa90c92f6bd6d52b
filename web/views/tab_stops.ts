/**
 * Lists, toolbars and grids that are one stop of Tab each: from there the arrows go on. Which ones
 * they are stands in the markup: `role="toolbar"`, or `data-stop` with the way that its keys go.
 */

import type { Stop } from "../../lib/clock.ts";
import { allIn, doesScroll, isOwnWorld } from "./focusing.ts";

/** How the keys go: down, across, in lines, or from message to message. */
export type StopKind = "list" | "toolbar" | "grid" | "rows";

const boxes = "[data-stop], [role=toolbar]";

/** The stops of the page. */
export class TabStops {
  /** What Tab leads to in a box: an item, or a row's name, since rows come and go. */
  readonly #chosen = new WeakMap<Element, HTMLElement | string>();

  /** Begins; goes on with all that comes to the page. */
  start(): Stop {
    const stop = new AbortController();
    const { signal } = stop;
    let isAsked = false;
    const look = () => {
      isAsked = false;
      if (!signal.aborted) this.#look();
    };
    const ask = () => {
      if (!isAsked) requestAnimationFrame(look);
      isAsked = true;
    };
    const watch = new MutationObserver(ask);
    watch.observe(document.body, { childList: true, subtree: true });
    // What fits a wide window may scroll in a narrow one.
    addEventListener("resize", ask, { signal });
    // Of messages it is one in sight.
    addEventListener("scrollend", ask, { signal, capture: true });
    document.addEventListener("focusin", (event) => this.#follow(event), { signal });
    document.addEventListener("keydown", (event) => {
      if (this.#move(event)) event.preventDefault();
    }, { signal });
    look();
    return () => {
      stop.abort();
      watch.disconnect();
    };
  }

  #look(): void {
    for (const box of document.querySelectorAll<HTMLElement>(boxes)) this.#set(box);
  }

  /** One item is a stop, and nothing else in the box, but what scrolls in itself. */
  #set(box: HTMLElement): void {
    const kind = kindOf(box);
    // What is in a message is reached from the message.
    if (kind === "toolbar" && box.closest("[data-stop=rows]") !== null) return;
    const items = itemsOf(box, kind);
    const chosen = this.#itemOf(box, items, kind) ?? usual(box, items, kind);
    for (const item of kind === "rows" ? allIn(box) : items) {
      const tabIndex = item === chosen || doesScroll(item) ? 0 : -1;
      // Asked for by its attribute: fields of films have an index of their own making.
      if (item.getAttribute("tabindex") !== `${tabIndex}`) item.tabIndex = tabIndex;
    }
    // Without rows there is the box itself to scroll.
    if (kind === "rows") box.tabIndex = items.length === 0 ? 0 : -1;
  }

  #itemOf(
    box: HTMLElement,
    items: readonly HTMLElement[],
    kind: StopKind,
  ): HTMLElement | undefined {
    const chosen = this.#chosen.get(box);
    const item = items.find((item) => item === chosen || item.dataset.row === chosen);
    // Rows are drawn beyond what is in sight, and from there Tab would lead back.
    return item && kind === "rows" && !isInSight(box, item) ? undefined : item;
  }

  #follow({ target }: FocusEvent): void {
    if (!(target instanceof Element)) return;
    for (
      let box = target.closest<HTMLElement>(boxes);
      box;
      box = box.parentElement?.closest(boxes) ?? null
    ) {
      const item = itemsOf(box, kindOf(box)).find((each) => each.contains(target));
      if (!item) continue;
      this.#chosen.set(box, item.dataset.row ?? item);
      this.#set(box);
    }
  }

  #move(event: KeyboardEvent): boolean {
    const { target, key, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (event.defaultPrevented || ctrlKey || altKey || metaKey || shiftKey) return false;
    if (!(target instanceof Element) || isOwnWorld(target)) return false;
    const box = target.closest<HTMLElement>(boxes);
    // Messages have more keys than these.
    if (!box || box.closest("[data-stop=rows]") !== null) return false;
    const kind = kindOf(box);
    const items = itemsOf(box, kind);
    const at = items.findIndex((item) => item.contains(target));
    const next = at < 0 ? undefined : after(items, at, { key, kind });
    next?.focus();
    return next !== undefined;
  }
}

function kindOf(box: HTMLElement): StopKind {
  const kind = box.dataset.stop;
  return kind === "list" || kind === "grid" || kind === "rows" ? kind : "toolbar";
}

function itemsOf(box: HTMLElement, kind: StopKind): HTMLElement[] {
  if (kind === "rows") return [...box.querySelectorAll<HTMLElement>("[data-row]")];
  return allIn(box).filter((item) => !item.matches(":disabled"));
}

/** What Tab leads to before one has been there. */
function usual(
  box: HTMLElement,
  items: readonly HTMLElement[],
  kind: StopKind,
): HTMLElement | undefined {
  if (kind === "rows") return lastInSight(box, items);
  return items.find((item) => item.matches("[aria-current], [aria-pressed=true]")) ?? items[0];
}

/** Whether some of a row can be seen, or it has the focus, which it keeps. */
function isInSight(box: HTMLElement, row: HTMLElement): boolean {
  const { top, bottom } = box.getBoundingClientRect();
  const at = row.getBoundingClientRect();
  return (at.bottom > top && at.top < bottom) || row.contains(document.activeElement);
}

/** The newest row that is wholly in sight: whoever comes from below goes up from there. */
export function lastInSight(
  box: HTMLElement,
  rows: readonly HTMLElement[],
): HTMLElement | undefined {
  const { top, bottom } = box.getBoundingClientRect();
  const isIn = (row: HTMLElement) => row.getBoundingClientRect().bottom <= bottom + 1;
  const last = rows.findLast(isIn);
  return last && last.getBoundingClientRect().bottom > top ? last : rows.at(-1);
}

/** Where a key leads from the item at `at`. */
function after(
  items: readonly HTMLElement[],
  at: number,
  { key, kind }: { readonly key: string; readonly kind: StopKind },
): HTMLElement | undefined {
  const isDown = key === "ArrowDown";
  const isRight = key === "ArrowRight";
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (kind === "grid" && (isDown || key === "ArrowUp")) return besides(items, at, isDown);
  const isAlong = kind === "list" ? isDown || key === "ArrowUp" : isRight || key === "ArrowLeft";
  if (!isAlong) return undefined;
  const count = items.length;
  return items[(at + (isDown || isRight ? 1 : count - 1)) % count];
}

/** In a grid: the item above or below that is nearest. */
function besides(
  items: readonly HTMLElement[],
  at: number,
  isDown: boolean,
): HTMLElement | undefined {
  const from = items[at].getBoundingClientRect();
  const others = isDown ? items.slice(at + 1) : items.slice(0, at).toReversed();
  const isOther = (box: DOMRect) =>
    isDown ? box.top >= from.bottom - 1 : box.bottom <= from.top + 1;
  const first = others.find((item) => isOther(item.getBoundingClientRect()));
  if (!first) return undefined;
  const line = first.getBoundingClientRect().top;
  const inLine = others.filter((item) => Math.abs(item.getBoundingClientRect().top - line) < 2);
  const far = (item: HTMLElement) => Math.abs(item.getBoundingClientRect().left - from.left);
  return inLine.toSorted((one, other) => far(one) - far(other))[0];
}
