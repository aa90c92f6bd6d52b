/** What the tests of the backends need beside the contract's scene. */

import type { Clock } from "../../lib/clock.ts";

/** The time as it is. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  soon: (run) => queueMicrotask(run),
};
