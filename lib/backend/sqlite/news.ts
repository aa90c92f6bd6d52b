/** Tells the search thread, now and then, that there is something new to index. */

import type { Clock, Stop } from "../../clock.ts";

/** Time between two tellings: often enough to search what was just said from the index. */
const everyMs = 200;
/** Events in that time from which on the log has the first claim to the processor. */
const manyEvents = 600;

/** What is told. */
export interface Told {
  /** The number of the last event committed. */
  readonly n: number;
  /** Whether so much is being said that indexing should take little time. */
  readonly busy: boolean;
}

/** Passes on the newest number; runs a timer only while commits come in. */
export class News {
  readonly #tell: (told: Told) => Promise<unknown>;
  readonly #clock: Pick<Clock, "after">;
  #n = 0;
  #told = 0;
  #busy = false;
  #stop: Stop | undefined;

  constructor(tell: (told: Told) => Promise<unknown>, clock: Pick<Clock, "after">) {
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Takes note of the number of the last event. */
  onCommit(n: number): void {
    this.#n = n;
    if (this.#stop === undefined) this.#pass();
  }

  /** Tells nothing more. */
  close(): void {
    this.#stop?.();
    this.#n = this.#told;
  }

  #pass(): void {
    this.#stop = undefined;
    const news = this.#n - this.#told;
    if (news === 0 && !this.#busy) return;
    // Many at once, as at the start, say nothing about the time to come.
    this.#busy = this.#told > 0 && news > manyEvents;
    this.#told = this.#n;
    // A thread that has died is found out by whoever asks it something.
    this.#tell({ n: this.#n, busy: this.#busy }).catch(() => {});
    this.#stop = this.#clock.after(everyMs, () => this.#pass());
  }
}
