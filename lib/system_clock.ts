/** The clock of the machine. A leaf. */

import type { Clock } from "./clock.ts";

/** The system's time, and turns of its event loop. */
export function systemClock(): Clock {
  let due: (() => void)[] = [];

  function runDue(): void {
    const runs = due;
    due = [];
    for (const run of runs) run();
  }

  return {
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    soon(run) {
      // One turn for all: hundreds of connections ask for the same one.
      if (due.push(run) === 1) endOfTurn(runDue);
    },
  };
}

/** Browsers have no `setImmediate`; there a timer of no time comes next. */
function endOfTurn(run: () => void): void {
  if (typeof setImmediate === "function") setImmediate(run);
  else setTimeout(run, 0);
}
