/** Back closes what lies over the page, as people with phones expect. */

import { effect } from "@preact/signals";
import type { Stop } from "../../lib/clock.ts";

/** Something that can lie over the page. */
export interface Over {
  isOpen(): boolean;
  close(): void;
}

/** What is used of a window. */
export interface Past {
  /** How many things lay over the page when this entry of the history was made. */
  depth(): number;
  /** Which place the page is at. */
  place(): string;
  /** Makes another entry for the same place. */
  push(depth: number): void;
  /** Goes back so many entries. */
  back(count: number): void;
  onMoved(moved: () => void): Stop;
}

/**
 * Each thing that opens makes an entry of the history, which Back leaves. Where it was closed
 * otherwise its entry stays until the next thing opens or one goes elsewhere, which takes its place,
 * or until Back, which then goes one further. `all` has what lies uppermost first.
 */
export function closeByBack(all: readonly Over[], past: Past): Stop {
  let before = past.depth();
  let open = 0;
  let place = past.place();
  const stopWatching = effect(() => {
    const count = all.filter((each) => each.isOpen()).length;
    if (count > open && past.depth() < count) past.push(count);
    before = past.depth();
    open = count;
  });
  const stopMoved = past.onMoved(() => {
    const now = past.depth();
    const went = before - now;
    before = now;
    const isElsewhere = past.place() !== place;
    place = past.place();
    // Whoever goes to another place takes no step back, though its entry has nothing over it.
    if (went <= 0 || isElsewhere) return;
    const tooMany = open - now;
    if (tooMany <= 0) return past.back(now + 1);
    for (const each of all.filter((one) => one.isOpen()).slice(0, tooMany)) each.close();
  });
  return () => {
    stopWatching();
    stopMoved();
  };
}

/** This window's history. */
export function windowPast(): Past {
  return {
    depth,
    place: () => location.href,
    push: (count) => history.pushState({ over: count }, ""),
    back: (count) => history.go(-count),
    onMoved(moved) {
      // Also a way to another place, which is no step back, is to be known of.
      const stop = new AbortController();
      const { signal } = stop;
      addEventListener("popstate", moved, { signal });
      addEventListener("hashchange", moved, { signal });
      return () => stop.abort();
    },
  };
}

function depth(): number {
  const { state } = history;
  return typeof state?.over === "number" ? state.over : 0;
}
