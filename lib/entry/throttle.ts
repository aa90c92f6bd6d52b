/** Counts of what people did too often, which time forgives. */

import type { Clock } from "../clock.ts";
import { limits } from "../limits.ts";

/** How much is taken. */
export interface Patience {
  /** So many at once. */
  readonly most: number;
  /** The time in which one of them is forgiven, in milliseconds. */
  readonly forgivenMs: number;
}

/** One count for each key, bounded: beyond it the one that was counted longest ago is forgotten. */
export class Throttle {
  readonly #clock: Clock;
  readonly #patience: Patience;
  /** When all of a key's is forgiven. The one that was counted last is the last. */
  readonly #forgivenAt = new Map<string, number>();

  constructor(clock: Clock, patience: Patience) {
    this.#clock = clock;
    this.#patience = patience;
  }

  /** How many keys have a count. */
  get size(): number {
    return this.#forgivenAt.size;
  }

  /** Milliseconds until one more is taken; 0: it is now. */
  wait(key: string): number {
    const { most, forgivenMs } = this.#patience;
    return Math.max(0, this.#leftMs(key) + forgivenMs - most * forgivenMs);
  }

  /** Counts one more, or takes one back. */
  count(key: string, by: 1 | -1): void {
    const leftMs = this.#leftMs(key) + by * this.#patience.forgivenMs;
    this.#forgivenAt.delete(key);
    if (leftMs <= 0) return;
    this.#forgivenAt.set(key, this.#clock.now() + leftMs);
    if (this.size <= limits.throttledMax) return;
    for (const oldest of this.#forgivenAt.keys()) return void this.#forgivenAt.delete(oldest);
  }

  /** Forgets those that are forgiven; to be called now and then. */
  check(): void {
    for (const key of this.#forgivenAt.keys()) {
      if (this.#leftMs(key) === 0) this.#forgivenAt.delete(key);
    }
  }

  #leftMs(key: string): number {
    return Math.max(0, (this.#forgivenAt.get(key) ?? 0) - this.#clock.now());
  }
}
