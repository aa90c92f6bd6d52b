/** Events by the hashes of their cids: a hash table in memory, without an object for each of them. */

/** Places of a table that holds nothing yet; twice as many whenever half of them are taken. */
const placesMin = 1024;

/** Numbers of events by hashes, nearly always one each. */
export class Crowd {
  #hashes: Float64Array;
  /** 0 where a place is free: events are counted from 1. */
  #numbers: Float64Array;
  #size = 0;
  #last = 0;

  /** Of as many as `expected` it needn't grow. */
  constructor(expected = 0) {
    const places = Math.max(placesMin, 2 ** Math.ceil(Math.log2(2 * expected + 1)));
    this.#hashes = new Float64Array(places);
    this.#numbers = new Float64Array(places);
  }

  /** How many were added. */
  get size(): number {
    return this.#size;
  }

  /** The greatest number that was added. */
  get last(): number {
    return this.#last;
  }

  /** Adds the event number `n`. */
  add(hash: number, n: number): void {
    if (this.#size * 2 >= this.#numbers.length) this.#grow();
    this.#put(hash, n);
    this.#size++;
    this.#last = Math.max(this.#last, n);
  }

  /** The numbers of the events with a hash. */
  of(hash: number): readonly number[] {
    const found: number[] = [];
    const mask = this.#numbers.length - 1;
    for (let place = hash & mask; this.#numbers[place] !== 0; place = (place + 1) & mask) {
      if (this.#hashes[place] === hash) found.push(this.#numbers[place]);
    }
    return found;
  }

  /** All hashes, ascending; one that several events have is there as often. */
  sorted(): Float64Array {
    return this.#hashes.filter((_, place) => this.#numbers[place] !== 0).sort();
  }

  #put(hash: number, n: number): void {
    const mask = this.#numbers.length - 1;
    let place = hash & mask;
    while (this.#numbers[place] !== 0) place = (place + 1) & mask;
    this.#hashes[place] = hash;
    this.#numbers[place] = n;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const numbers = this.#numbers;
    this.#hashes = new Float64Array(hashes.length * 2);
    this.#numbers = new Float64Array(numbers.length * 2);
    numbers.forEach((n, place) => n !== 0 && this.#put(hashes[place], n));
  }
}
