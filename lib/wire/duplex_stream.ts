/** A byte stream over a socket of Node, as far as it is used: TLS, on both sides. A leaf. */

import type { ByteStream } from "./connection.ts";

/** What is used of Node's `Duplex`. */
export interface Duplex {
  /** What has come, or `null` where nothing has. */
  read(): Uint8Array | null;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): unknown;
  destroy(): unknown;
  on(event: "readable" | "end" | "close", run: () => void): unknown;
  on(event: "error", run: (error: Error) => void): unknown;
}

/** What one write takes: of more a slow peer is seen to take a piece. */
const pieceBytes = 64 * 1024;

/** Reads only when it is asked to: what the peer sends meanwhile stays in bounded buffers. */
export class DuplexStream implements ByteStream {
  readonly #source: Duplex;
  /** What came and didn't fit where it was wanted. */
  #rest: Uint8Array | null = null;
  #isOver = false;
  #error: Error | undefined;
  /** Whoever waits for bytes. */
  #onChange: (() => void) | undefined;
  /** Whoever waits for a write: what is destroyed tells writes of it in some cases only. */
  #refuse: ((error: Error) => void) | undefined;

  constructor(source: Duplex) {
    this.#source = source;
    source.on("readable", () => this.#changed());
    source.on("end", () => this.#over());
    source.on("close", () => this.#over());
    source.on("error", (error) => {
      this.#error ??= error;
      this.#over();
    });
  }

  read(into: Uint8Array): Promise<number | null> {
    const bytes = this.#rest ?? this.#source.read();
    if (bytes !== null && bytes.length > 0) {
      const taken = Math.min(bytes.length, into.length);
      into.set(bytes.subarray(0, taken));
      this.#rest = taken < bytes.length ? bytes.subarray(taken) : null;
      return Promise.resolve(taken);
    }
    if (this.#error) return Promise.reject(this.#error);
    if (this.#isOver) return Promise.resolve(null);
    return new Promise<void>((resolve) => this.#onChange = resolve).then(() => this.read(into));
  }

  write(from: Uint8Array): Promise<number> {
    const piece = from.subarray(0, pieceBytes);
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(this.#error ?? lost());
      this.#refuse = reject;
      this.#source.write(piece, (error) => {
        this.#refuse = undefined;
        if (error) reject(error);
        else resolve(piece.length);
      });
    });
  }

  closeWrite(): Promise<void> {
    this.#source.end();
    return Promise.resolve();
  }

  close(): void {
    this.#source.destroy();
    this.#over();
  }

  #over(): void {
    this.#isOver = true;
    this.#changed();
    this.#refuse?.(this.#error ?? lost());
    this.#refuse = undefined;
  }

  #changed(): void {
    const onChange = this.#onChange;
    this.#onChange = undefined;
    onChange?.();
  }
}

function lost(): Error {
  return new Error("The peer is lost");
}
