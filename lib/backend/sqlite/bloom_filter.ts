/** A Bloom filter: says of most hashes that they were never added, and of none that was. */

/**
 * Lines of 512 bits, which is what a processor fetches at once: 4 MiB. Of a million others one in a
 * thousand is in doubt then, of ten million one in five.
 */
const lines = 2 ** 16;
const wordsOfLine = 16;

/** What was added, by hashes of 53 bits that are as good as random. Nothing is taken out again. */
export class BloomFilter {
  readonly #words = new Uint32Array(lines * wordsOfLine);

  /** Takes note of a hash: three bits of its line. */
  add(hash: number): void {
    const line = lineOf(hash);
    for (let bits = 0; bits < 27; bits += 9) {
      this.#words[line + (hash >>> (bits + 5) & 15)] |= 1 << (hash >>> bits & 31);
    }
  }

  /** `false`: it was never added. */
  mayHave(hash: number): boolean {
    const line = lineOf(hash);
    for (let bits = 0; bits < 27; bits += 9) {
      const word = this.#words[line + (hash >>> (bits + 5) & 15)];
      if ((word >>> (hash >>> bits & 31) & 1) === 0) return false;
    }
    return true;
  }
}

/** Where a hash's line begins, by its high bits. */
function lineOf(hash: number): number {
  return (Math.floor(hash / 2 ** 32) & (lines - 1)) * wordsOfLine;
}
