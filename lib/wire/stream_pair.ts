/** A stream of bytes in memory, for connections without a network. A leaf. */

import type { ByteStream } from "./connection.ts";

/** Two ends of one stream in memory, each holding at most `bytesMax` that the other hasn't read. */
export function streamPair(bytesMax: number = 1024 * 1024): [ByteStream, ByteStream] {
  const there = new Pipe(bytesMax);
  const back = new Pipe(bytesMax);
  return [end(back, there), end(there, back)];

  function end(from: Pipe, to: Pipe): ByteStream {
    return {
      read: (into) => from.read(into),
      write: (bytes) => to.write(bytes),
      closeWrite: () => Promise.resolve(to.end()),
      close: () => {
        from.end();
        to.end();
      },
    };
  }
}

/** One direction of a stream in memory. */
class Pipe {
  readonly #bytesMax: number;
  #held = new Uint8Array(0);
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#held.length === 0) {
      if (this.#ended) return null;
      await this.#change();
    }
    const taken = Math.min(into.length, this.#held.length);
    into.set(this.#held.subarray(0, taken));
    this.#held = this.#held.slice(taken);
    this.#changed();
    return taken;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#ended && this.#held.length >= this.#bytesMax) await this.#change();
    if (this.#ended) throw new Error("The other end is closed");
    const taken = Math.min(bytes.length, this.#bytesMax - this.#held.length);
    const held = new Uint8Array(this.#held.length + taken);
    held.set(this.#held);
    held.set(bytes.subarray(0, taken), this.#held.length);
    this.#held = held;
    this.#changed();
    return taken;
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
