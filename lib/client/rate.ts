/** How fast bytes have come of late. Pure but for the time that it is told. */

/** What is looked back on, in milliseconds: steady enough to read, quick enough to be true. */
const windowMs = 4000;
/** Samples are at least this far apart. */
const apartMs = 200;

/** A rate over the last seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** There are `bytes` in all at `now`. */
  tell(bytes: number, now: number): void {
    const samples = this.#samples;
    const last = samples.at(-1);
    if (last && now - last.at < apartMs && samples.length > 1) samples.pop();
    samples.push({ at: now, bytes });
    while (samples.length > 2 && now - samples[1].at >= windowMs) samples.shift();
  }

  /** Begins anew: what came before says nothing. */
  clear(): void {
    this.#samples.length = 0;
  }

  /** Bytes in a second at `now`. */
  at(now: number): number {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (!first || !last || first === last) return 0;
    const ms = Math.max(now, last.at) - first.at;
    return ms <= 0 ? 0 : Math.max(0, last.bytes - first.bytes) * 1000 / ms;
  }
}
