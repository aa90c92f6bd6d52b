/** How high the rows of a list are, where each begins, and which are in sight. Pure. */

/** Rows that are drawn. */
export interface Range {
  readonly from: number;
  /** The row behind the last. */
  readonly to: number;
}

/** Rows by their place in the list. Heights are whole or broken pixels, guessed until measured. */
export class Heights {
  #heights: number[] = [];
  /** Where each row begins; true up to `#trueTo`. */
  #tops: Float64Array = new Float64Array(256);
  #trueTo = 0;

  get count(): number {
    return this.#heights.length;
  }

  /** How high all rows are together. */
  get total(): number {
    return this.top(this.count);
  }

  /** Rows that came in front, with their guessed heights. */
  prepend(guesses: readonly number[]): void {
    this.#heights = [...guesses, ...this.#heights];
    this.#trueTo = 0;
  }

  /** Rows that came behind. */
  append(guesses: readonly number[]): void {
    for (const guess of guesses) this.#heights.push(guess);
  }

  /** `count` rows are gone from the front. */
  drop(count: number): void {
    this.#heights.splice(0, count);
    this.#trueTo = 0;
  }

  /** Rows from `count` on are gone. */
  truncate(count: number): void {
    this.#heights.length = Math.min(this.count, count);
    this.#trueTo = Math.min(this.#trueTo, this.count);
  }

  /** Row `index` was measured; whether that is news. */
  measured(index: number, height: number): boolean {
    // Less than this is a matter of rounding, and would never come to rest.
    if (index >= this.count || Math.abs(this.#heights[index] - height) < 0.5) return false;
    this.#heights[index] = height;
    this.#trueTo = Math.min(this.#trueTo, index);
    return true;
  }

  /** Where row `index` begins; with `count`, where the last one ends. */
  top(index: number): number {
    if (this.#tops.length <= this.count) {
      const more = new Float64Array(this.count * 2 + 1);
      more.set(this.#tops);
      this.#tops = more;
    }
    for (; this.#trueTo < index; this.#trueTo++) {
      this.#tops[this.#trueTo + 1] = this.#tops[this.#trueTo] + this.#heights[this.#trueTo];
    }
    return this.#tops[index];
  }

  /** The row that is at `y`, the first or last where that is outside; -1 where there is none. */
  at(y: number): number {
    this.top(this.count);
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return this.count === 0 ? -1 : low;
  }

  /** The rows that are in sight from `y` on, and `more` pixels before and behind. */
  range(y: number, sight: number, more: number): Range {
    if (this.count === 0) return { from: 0, to: 0 };
    return { from: this.at(y - more), to: this.at(y + sight + more) + 1 };
  }
}
