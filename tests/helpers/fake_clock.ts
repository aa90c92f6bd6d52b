/** A clock that stands still until a test moves it. */

import type { Clock, Stop } from "../../lib/clock.ts";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** What is due runs in the order of its time, and for the same time in the order of the calls. */
export class FakeClock implements Clock {
  #now: number;
  #timers: Timer[] = [];

  constructor(now: number = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Stop {
    const timer = { at: this.#now + Math.max(0, ms), run };
    this.#timers.push(timer);
    return () => this.#timers = this.#timers.filter((other) => other !== timer);
  }

  soon(run: () => void): void {
    setTimeout(run, 0);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets `ms` milliseconds pass: runs what is due, and each time all that follows in memory. */
  async tick(ms: number): Promise<void> {
    const end = this.#now + ms;
    await turn();
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end);
      if (due.length === 0) break;
      const next = due.reduce((first, other) => other.at < first.at ? other : first);
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await turn();
    }
    this.#now = end;
    await turn();
  }

  /** Lets time pass as a machine that sleeps does: what is due meanwhile runs once, at the end. */
  async leap(ms: number): Promise<void> {
    this.#now += ms;
    await this.tick(0);
  }
}

/** Resolves when everything has run that promises alone can bring about. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
