/**
 * When the index is brought up to the log: what nobody looks for can wait while people talk, unless
 * something is to be taken out.
 */

import type { Told } from "./news.ts";

/** Rest after a failure, such as a full disk, in milliseconds. */
const restMs = 1000;
/**
 * How long what there is to index waits for more: many at once take half of the time. A search
 * reads what isn't indexed from the log.
 */
const gatherMs = 300;
/** Events that wait until less is being said: a search looks through so many in 20 to 30 ms. */
const waitingMax = 12_000;
/** Time after a search in which nothing waits: more of them are likely to come. */
const soughtMs = 10_000;
/** Parts of the time that are left to others, beside one for indexing. */
const othersUsual = 1;
const othersCrowded = 24;

/** Knows when the next turn is due, and what may wait. */
export class IndexTurns {
  readonly #now: () => number;
  #told: Told = { n: 0, pace: "quiet", erased: false };
  /** `undefined` where all is indexed. */
  #due: number | undefined;
  #soughtAt = -Infinity;
  /** Whether something was deleted that may be in the index. */
  #erasing = false;

  /** `now` tells milliseconds since any moment. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until a turn is due, 0 when it is. */
  get waitMs(): number {
    return this.#due === undefined ? Infinity : Math.max(0, this.#due - this.#now());
  }

  /** There is something new in the log. */
  tell(told: Told): void {
    this.#told = told;
    if (told.erased) this.#erasing = true;
    if (this.#due === undefined) this.#next(gatherMs);
  }

  /** Somebody searches. */
  sought(): void {
    this.#soughtAt = this.#now();
  }

  /** Whether an index that has come to event `position` may stay there for now; then it does. */
  mayWait(position: number): boolean {
    const { n, pace } = this.#told;
    if (pace === "quiet" || n - position > waitingMax || this.#erasing) return false;
    if (this.#now() - this.#soughtAt < soughtMs) return false;
    this.#next(gatherMs);
    return true;
  }

  /** A turn has taken so many milliseconds. */
  took(ms: number, { more }: { readonly more: boolean }): void {
    const others = this.#told.pace === "crowded" ? othersCrowded : othersUsual;
    if (more) this.#next(ms * others);
    else this.end();
  }

  /** A turn has failed: the next one may not. */
  failed(): void {
    this.#next(restMs);
  }

  /** No turn is due until there is something new. */
  end(): void {
    this.#due = undefined;
    this.#erasing = false;
  }

  #next(ms: number): void {
    this.#due = this.#now() + ms;
  }
}
