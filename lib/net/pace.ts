/** A body has to come on: whoever lets one drip would keep their connection for ever. */

import type { Clock, Stop } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";

/**
 * The same chunks as long as they come fast enough, which is measured over the time that they are
 * waited for: while nobody pulls, a peer can't send.
 *
 * @throws {ChatError} `too_slow`; whatever `chunks` throw
 */
export async function* paced(
  chunks: AsyncIterable<Uint8Array>,
  clock: Clock,
): AsyncGenerator<Uint8Array> {
  using pace = new Pace(clock);
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await pace.wait(source.next());
      if (done) return;
      pace.came(value.length);
      yield value;
    }
  } finally {
    // While the next one is waited for, its source couldn't end before that comes.
    if (!pace.isLate) await source.return?.();
  }
}

/** So often it is looked at, at most. */
const checkMs = 1000;

/** What came while it was waited for. One timer for a whole body: chunks are many. */
class Pace implements Disposable {
  /** Whether what is waited for isn't waited for any more. */
  isLate = false;
  readonly #clock: Clock;
  #stop: Stop = () => {};
  #waited = 0;
  #bytes = 0;
  /** Since when the chunk is waited for that doesn't come, and how to give it up. */
  #wait: { from: number; readonly end: (error: ChatError) => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#watch();
  }

  came(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @throws {ChatError} `too_slow`; what `next` throws */
  async wait<T>(next: Promise<T>): Promise<T> {
    try {
      return await new Promise((resolve, reject) => {
        this.#wait = { from: this.#clock.now(), end: reject };
        next.then(resolve, reject);
      });
    } finally {
      this.#count();
      this.#wait = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #watch(): void {
    const ms = Math.max(checkMs, limits.webSlowMs - this.#waited);
    this.#stop = this.#clock.after(ms, () => this.#check());
  }

  #check(): void {
    this.#count();
    if (this.#waited < limits.webSlowMs || this.#wait === undefined) return this.#watch();
    if (this.#bytes * 1000 < limits.webBytesPerSecondMin * this.#waited) {
      const least = `at least ${limits.webBytesPerSecondMin} bytes of it have to come each second`;
      this.isLate = true;
      return this.#wait.end(
        new ChatError("too_slow", `Cannot wait for the rest of that: ${least}`),
      );
    }
    this.#waited = 0;
    this.#bytes = 0;
    this.#watch();
  }

  /** Counts the time up to now. */
  #count(): void {
    if (this.#wait === undefined) return;
    const now = this.#clock.now();
    this.#waited += now - this.#wait.from;
    this.#wait.from = now;
  }
}
