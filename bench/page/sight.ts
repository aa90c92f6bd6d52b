/** What the page is watched with, from inside it: runs in the browser, as a text. */

/** Put into the page before anything of its own. */
export const watching = `
  globalThis.seen = { tasks: [], keys: [], openAt: undefined };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasks.push(duration);
  }).observe({ type: "longtask", buffered: true });
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
}
