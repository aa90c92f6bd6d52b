/** What the page is watched with, from inside it: runs in the browser, as a text. */

import type { Page } from "playwright-core";

/** Put into the page before anything of its own. */
export const watching = `
  globalThis.seen = { tasks: [], keys: [], shift: 0, openAt: undefined };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) {
      if (!hadRecentInput) seen.shift += value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      seen[name === "first-paint" ? "firstPaint" : "firstContent"] = startTime;
    }
  }).observe({ type: "paint", buffered: true });
  const look = () => {
    const log = document.querySelector("[role=log]");
    if (log?.textContent.includes("the newest of all")) seen.openAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener("keydown", ({ timeStamp }) => {
    // What is posted in a frame is taken after it was painted.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => seen.keys.push(performance.now() - timeStamp);
      port2.postMessage(0);
    });
  }, { capture: true });
`;

/** What was seen. */
export interface Seen {
  /** Milliseconds that tasks of over 50 ms took. */
  readonly tasks: readonly number[];
  /** Milliseconds from each key to after the frame that was painted next. */
  readonly keys: readonly number[];
  /** Milliseconds from the beginning of the load until the newest message was there. */
  readonly openAt?: number;
  /** How much of what was drawn has moved by itself, as browsers count it. */
  readonly shift: number;
  /** Milliseconds from the beginning of the load. */
  readonly firstPaint?: number;
  readonly firstContent?: number;
}

/** What was seen on a page that is watched. */
export function seen(page: Page): Promise<Seen> {
  return page.evaluate("seen");
}
