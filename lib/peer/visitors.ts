/** How much those may ask for who come without a connection, one request after the other. */

import type { Clock } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { Bucket } from "./flood.ts";
import { type Bounds, limits } from "../limits.ts";

interface Visitor {
  readonly bucket: Bucket;
  /** Requests that wait until the bucket has filled again. */
  waiting: number;
}

/** Everybody's bucket, from their first request until it is full again. */
export class Visitors {
  readonly #clock: Clock;
  readonly #isBounded: boolean;
  readonly #visitors = new Map<string, Visitor>();

  constructor(clock: Clock, { flood }: Pick<Bounds, "flood">) {
    this.#clock = clock;
    this.#isBounded = flood;
  }

  /**
   * Takes `cost` from the bucket of a user, or of an address; resolves when it may be done.
   *
   * @throws {ChatError} `slow_down` where as many wait already as may
   */
  async take(key: string, cost: number): Promise<void> {
    if (cost === 0 || !this.#isBounded) return;
    const visitor = this.#visitors.get(key) ?? { bucket: new Bucket(this.#clock), waiting: 0 };
    this.#visitors.set(key, visitor);
    if (visitor.waiting >= limits.visitsWaitingMax) {
      const many = `${limits.visitsWaitingMax} of your requests wait already`;
      throw new ChatError("slow_down", `Cannot do that: ${many}; send fewer at once`, {
        retryMs: 1000,
      });
    }
    const wait = visitor.bucket.take(cost);
    if (wait === undefined) return;
    visitor.waiting++;
    await wait;
    visitor.waiting--;
  }

  /** Forgets those of whom nothing has to be known; to be called each second or so. */
  check(): void {
    for (const [key, { bucket, waiting }] of this.#visitors) {
      if (waiting === 0 && bucket.isFull) this.#visitors.delete(key);
    }
  }
}
