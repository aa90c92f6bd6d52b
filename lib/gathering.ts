/**
 * How long a conversation waits before it appends.
 *
 * What an append costs, above all a write to each listener, hardly depends on how much is in it. So
 * where many talk, two small appends by turns, each gathering while the other is synced, would cost
 * twice as much as one: an append waits a moment until as many are there as were lately under way.
 */

import type { Clock } from "./clock.ts";

/** From so many on, an append waits for what is about to come. */
const crowd = 24;
/** Turns of the event loop without anything new, some microseconds each, that end this waiting. */
const quietTurns = 64;

/** What a {@linkcode Gathering} needs. */
export interface GatheringOptions {
  readonly clock: Pick<Clock, "soon">;
  /** How many are there. */
  count(): number;
  /** They have been gathered. */
  append(): void;
}

/** One conversation's. */
export class Gathering {
  readonly #options: GatheringOptions;
  #scheduled = false;
  /** How many were there in the last turn, and how many more without anything new there may be. */
  #before = 0;
  #turns = 0;
  /** How many were there when the last append ended: so many may come again at once. */
  #expected = 0;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  /** Whether so many are about to come that an append had better wait for them. */
  get isCrowd(): boolean {
    return this.#expected >= crowd;
  }

  /** An append has ended, and so many are there. */
  ended(count: number): void {
    this.#expected = count;
  }

  /** Something is there; nothing happens where that is known. */
  begin(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#gather(this.isCrowd ? quietTurns : 0);
  }

  /** Appends after at most `turns` turns of the event loop in which nothing comes. */
  #gather(turns: number): void {
    this.#turns = turns;
    this.#before = this.#options.count();
    this.#options.clock.soon(this.#onTurn);
  }

  // Made once: there are some of these turns for each message.
  readonly #onTurn = (): void => {
    const count = this.#options.count();
    if (this.#turns > 0 && count < this.#expected) {
      this.#gather(count > this.#before ? quietTurns : this.#turns - 1);
      return;
    }
    this.#scheduled = false;
    this.#options.append();
  };
}
