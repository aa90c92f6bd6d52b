/** Counts of what people did too often, which time forgives. */

import type { Clock } from "./clock.ts";
import { limits } from "./limits.ts";

/** How much is taken. */
export interface Patience {
  /** So many at once. */
  readonly most: number;
  /** The time in which one of them is forgiven, in milliseconds. */
  readonly forgivenMs: number;
}

interface Count {
  readonly level: number;
  readonly at: number;
}

/** One count for each key, bounded: beyond it the one that was counted longest ago is forgotten. */
export class Throttle {
  readonly #clock: Clock;
  readonly #patience: Patience;
  /** The one that was counted last is the last. */
  readonly #counts = new Map<string, Count>();

  constructor(clock: Clock, patience: Patience) {
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Milliseconds until one more is taken; 0: it is now. */
  wait(key: string): number {
    const { most, forgivenMs } = this.#patience;
    return Math.max(0, Math.ceil((this.#level(key) + 1 - most) * forgivenMs));
  }

  /** Counts one more, or takes one back. */
  count(key: string, by: 1 | -1): void {
    const level = Math.max(0, this.#level(key) + by);
    this.#counts.delete(key);
    if (level === 0) return;
    this.#counts.set(key, { level, at: this.#clock.now() });
    if (this.#counts.size <= limits.throttledMax) return;
    for (const [oldest] of this.#counts) return void this.#counts.delete(oldest);
  }

  /** Forgets those that are forgiven; to be called now and then. */
  check(): void {
    for (const key of this.#counts.keys()) {
      if (this.#level(key) === 0) this.#counts.delete(key);
    }
  }

  #level(key: string): number {
    const count = this.#counts.get(key);
    if (count === undefined) return 0;
    const forgiven = (this.#clock.now() - count.at) / this.#patience.forgivenMs;
    return Math.max(0, count.level - forgiven);
  }
}
