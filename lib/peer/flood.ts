/** How much one peer may ask for. */

import { type Clock, pause } from "../clock.ts";
import { limits } from "../limits.ts";

/** A bucket that commands take from and time fills; over it the peer waits, unread. */
export class Bucket {
  readonly #clock: Clock;
  #level: number = limits.floodBurst;
  #filledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  /** Whether nothing is missing that was taken. */
  get isFull(): boolean {
    return this.#filled(this.#clock.now()) >= limits.floodBurst;
  }

  /** Takes `cost`; a promise only where there is something to wait for. */
  take(cost: number): Promise<void> | undefined {
    if (cost === 0) return undefined;
    const now = this.#clock.now();
    this.#level = this.#filled(now) - cost;
    this.#filledAt = now;
    if (this.#level >= 0) return undefined;
    return pause(this.#clock, Math.ceil(-this.#level / limits.floodPerSecond * 1000));
  }

  #filled(now: number): number {
    const more = (now - this.#filledAt) / 1000 * limits.floodPerSecond;
    return Math.min(limits.floodBurst, this.#level + more);
  }
}
