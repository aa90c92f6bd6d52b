/** The focus never falls to nowhere: when what had it goes away, something near it has it next. */

import type { Stop } from "../../lib/clock.ts";
import { allIn, headOfView, isUsable, writingField } from "./focusing.ts";
import { focusRow } from "./row_keys.ts";

/** What lies over others, and gives the focus back to where it came from. */
const layers = "dialog, [role=dialog], .people, .sidebar, .composer";
/** Beyond these there is nothing near any more. */
const ends = ".main, .page, #app, body";

/** Where the focus was. */
interface Trail {
  readonly element: HTMLElement;
  /** What it was in, from the inside out, and at which place among what can have the focus there. */
  readonly around: readonly { readonly box: Element; readonly at: number }[];
  readonly row: string | undefined;
  readonly seq: number;
  /** The layer that it was in, and where the focus was before it came there. */
  readonly layer: Element | undefined;
  readonly opener: Trail | undefined;
}

/** Follows the focus on the page. */
export class FocusKeeper {
  #last: Trail | undefined;

  /** Begins. */
  start(): Stop {
    const stop = new AbortController();
    const { signal } = stop;
    let isAsked = false;
    const ask = () => {
      if (isAsked) return;
      isAsked = true;
      // When what follows is drawn, and has had its chance to take the focus.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          isAsked = false;
          if (!signal.aborted) this.#look();
        })
      );
    };
    document.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLElement) this.#last = trailOf(target, this.#last);
    }, { signal });
    document.addEventListener("focusout", ask, { signal });
    const watch = new MutationObserver(ask);
    watch.observe(document.body, { childList: true, subtree: true });
    return () => {
      stop.abort();
      watch.disconnect();
    };
  }

  /** Goes back to where the focus was before it came to a layer, if it is still in that. */
  leave(selector: string): void {
    const opener = this.#last?.opener;
    if (opener && document.activeElement?.closest(selector)) place(opener);
  }

  #look(): void {
    const { activeElement } = document;
    const isLost = activeElement === null || activeElement === document.body ||
      !isUsable(activeElement);
    if (!isLost || !this.#last || isUsable(this.#last.element)) return;
    place(this.#last);
  }
}

function trailOf(element: HTMLElement, before: Trail | undefined): Trail {
  const row = element.closest<HTMLElement>("[data-row]");
  const layer = element.closest(layers) ?? undefined;
  const isSame = layer !== undefined && layer === before?.layer;
  return {
    element,
    around: around(element),
    row: row?.dataset.row,
    seq: Number(row?.dataset.seq),
    layer,
    opener: isSame ? before?.opener : layer && before,
  };
}

function around(element: HTMLElement): Trail["around"] {
  const boxes: { box: Element; at: number }[] = [];
  for (let box = element.parentElement; box && !box.matches(ends); box = box.parentElement) {
    boxes.push({ box, at: allIn(box).indexOf(element) });
  }
  return boxes;
}

/** Puts the focus as near as can be to where it was. */
function place(trail: Trail): void {
  const { element, row, layer, opener } = trail;
  if (isUsable(element)) return element.focus();
  if (row !== undefined) {
    const [near] = trail.around;
    const isIn = near.box.isConnected && near.box.closest("[data-row]") !== null;
    const same = isIn ? allIn(near.box)[near.at] : undefined;
    if (same && isUsable(same)) return same.focus();
    if (focusRow(rowNear(row, trail.seq))) return;
    const list = document.querySelector<HTMLElement>("[data-stop=rows]");
    if (list) return list.focus({ preventScroll: true });
  }
  // Where one writes everything leads back to the field.
  if (layer?.matches(".composer")) return home();
  if (layer && !isUsable(layer) && opener) return place(opener);
  for (const { box, at } of trail.around) {
    if (!box.isConnected) continue;
    const all = allIn(box).filter((each) => isUsable(each) && each.tabIndex >= 0);
    const next = all[Math.min(Math.max(0, at), all.length - 1)];
    if (next) return next.focus();
  }
  if (opener) return place(opener);
  home();
}

/** The same message, or else the one that is drawn nearest to it; not one scrolled away. */
function rowNear(name: string, seq: number): HTMLElement | undefined {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const same = rows.find((row) => row.dataset.row === name);
  if (same) return same;
  const seqs = rows.map((row) => Number(row.dataset.seq));
  const isAmong = seqs.length > 0 && seq >= Math.min(...seqs) && seq <= Math.max(...seqs);
  return isAmong ? rows[seqs.findLastIndex((each) => each <= seq)] : undefined;
}

function home(): void {
  const field = matchMedia("(hover: hover)").matches ? writingField() : undefined;
  const head = headOfView();
  if (head && !head.hasAttribute("tabindex")) head.tabIndex = -1;
  (field ?? head)?.focus({ preventScroll: true });
}
