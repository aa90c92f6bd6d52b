/** A body has to come on: whoever lets one drip would keep their connection for ever. */

import { type Clock, within } from "../clock.ts";
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
  const pace = new Pace();
  const source = chunks[Symbol.asyncIterator]();
  let isWaiting = false;
  try {
    for (;;) {
      const next = source.next();
      isWaiting = true;
      const come = () => void (isWaiting = false);
      const there = next.then(come, come);
      while (isWaiting) {
        const from = clock.now();
        await within(clock, pace.left, there);
        pace.waited(clock.now() - from);
      }
      const { done, value } = await next;
      if (done) return;
      pace.came(value.length);
      yield value;
    }
  } finally {
    // While the next one is waited for, its source couldn't end before that comes.
    if (!isWaiting) await source.return?.();
  }
}

/** What came since when. */
class Pace {
  #waited = 0;
  #bytes = 0;

  /** How many milliseconds may be waited before it is looked at. */
  get left(): number {
    return limits.webSlowMs - this.#waited;
  }

  came(bytes: number): void {
    this.#bytes += bytes;
  }

  /** @throws {ChatError} `too_slow` */
  waited(ms: number): void {
    this.#waited += ms;
    if (this.left > 0) return;
    if (this.#bytes * 1000 < limits.webBytesPerSecondMin * this.#waited) {
      const least = `at least ${limits.webBytesPerSecondMin} bytes of it have to come each second`;
      throw new ChatError("too_slow", `Cannot wait for the rest of that: ${least}`);
    }
    this.#waited = 0;
    this.#bytes = 0;
  }
}
