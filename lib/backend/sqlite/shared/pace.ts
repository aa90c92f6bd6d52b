/**
 * How long a node waits between two transactions where several write.
 *
 * What a transaction costs, and telling it to each listener, hardly depends on how much is in it. Two
 * nodes that write at once would make twice as many of them on both, three nodes three times as many.
 * So where much comes from others as well, what comes in a few milliseconds is one.
 */

import type { Clock } from "../../../clock.ts";

/** Time from the beginning of one transaction to that of the next. */
const paceMs = 8;
/** What came in so long says whether much comes. */
const spanMs = 100;
/** Entries in that time, some of them others', from which on it is much. */
const many = 15;

/** One node's. */
export class Pace {
  readonly #clock: Pick<Clock, "now">;
  /** When this span began, and what has come in it. */
  #beganAt = 0;
  #entries = 0;
  #others = 0;
  #isMuch = false;
  /** When the last transaction began. */
  #at = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** A transaction of so many entries begins, so many of them other nodes'. */
  begin(entries: number, others: number): void {
    this.#at = this.#clock.now();
    const lasted = this.#at - this.#beganAt;
    if (lasted >= spanMs) {
      this.#isMuch = lasted < 2 * spanMs && this.#entries >= many && this.#others > 0;
      this.#beganAt = this.#at;
      this.#entries = 0;
      this.#others = 0;
    }
    this.#entries += entries;
    this.#others += others;
  }

  /** Milliseconds until the next one had better begin. */
  get restMs(): number {
    return this.#isMuch ? Math.max(0, this.#at + paceMs - this.#clock.now()) : 0;
  }
}
