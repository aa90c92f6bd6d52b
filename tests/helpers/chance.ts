/** Chance that a test can repeat: everything follows from one seed. */

/** Numbers that look random, and are the same for the same seed. */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** From `PARLEY_SEED` where that is set, else from the time; printed, so that it can be repeated. */
  static ofRun(what: string): Chance {
    const given = Number(Deno.env.get("PARLEY_SEED"));
    const seed = Number.isSafeInteger(given) && given > 0 ? given : Date.now() % 2 ** 31;
    console.log(`${what}: PARLEY_SEED=${seed} repeats this run`);
    return new Chance(seed);
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    // Mulberry32: short, and even enough for a test.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * bound);
  }

  /** One of `all`. */
  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)];
  }

  /** `true` once in `times` times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }
}
