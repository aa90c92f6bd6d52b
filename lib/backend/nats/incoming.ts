/** An unfinished file in NATS. */

import { createHash, type Hash } from "node:crypto";
import type { Incoming } from "../../file_store.ts";
import { pieceBytes, type Pieces, type Stored } from "./pieces.ts";
import { hashOn } from "./outgoing.ts";
import type { Begun } from "./unfinished.ts";

/** What an unfinished file is made of. */
export interface IncomingParts {
  readonly pieces: Pieces;
  /** Begins to write it behind its first `most` bytes: what was written before is no part of it. */
  begin(most?: number): Promise<Begun>;
  /** It is as long as this, and nothing more is written. */
  end(stored: Stored): Promise<void>;
  onClose(): void;
}

/**
 * Owns the writing of a file. Each part is in NATS when it is appended; the last piece is written
 * again, and longer, until it is whole.
 */
export class NatsIncoming implements Incoming {
  readonly #parts: IncomingParts;
  #stored: Stored;
  #offset: number;
  /** The last piece, up to the offset. */
  readonly #tail = new Uint8Array(pieceBytes);
  /** Of the first `#hashed` bytes. */
  #hash: Hash = createHash("sha256");
  #hashed = 0;
  #isSealed = false;
  /** Whether something that was written may still be on its way, and come behind what follows. */
  #isUncertain = false;
  #isClosed = false;

  private constructor(parts: IncomingParts, stored: Stored) {
    this.#parts = parts;
    this.#stored = stored;
    this.#offset = stored.size;
  }

  /** Begins to write one. */
  static async begin(parts: IncomingParts): Promise<NatsIncoming> {
    const begun = await parts.begin();
    const incoming = new NatsIncoming(parts, begun.stored);
    incoming.#take(begun);
    return incoming;
  }

  get offset(): number {
    return this.#offset;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#isSealed) throw new TypeError("Nothing can be appended to a file that is sealed");
    if (this.#isUncertain) await this.#beginAnew();
    try {
      for (let at = 0; at < bytes.length;) at += await this.#putSome(bytes.subarray(at), at);
    } catch (error) {
      this.#isUncertain = true;
      throw error;
    }
    if (this.#hashed === this.#offset) {
      this.#hash.update(bytes);
      this.#hashed += bytes.length;
    }
    this.#offset += bytes.length;
  }

  async seal(): Promise<string> {
    if (this.#isUncertain) await this.#beginAnew();
    this.#isSealed = true;
    const { pieces } = this.#parts;
    const whole = { ...this.#stored, size: this.#offset };
    if (!await hashOn(pieces, this.#hash, { stored: whole, from: this.#hashed })) {
      throw new Error("Bytes of an unfinished file are missing");
    }
    this.#hashed = this.#offset;
    return this.#hash.copy().digest("hex");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#parts.end({ ...this.#stored, size: this.#offset });
    } finally {
      this.#parts.onClose();
    }
  }

  /** Writes as many bytes as fit the piece, which begins with those that are behind the offset. */
  async #putSome(bytes: Uint8Array, before: number): Promise<number> {
    const at = this.#offset + before;
    const index = Math.floor(at / pieceBytes);
    const inPiece = at - index * pieceBytes;
    const some = bytes.subarray(0, pieceBytes - inPiece);
    const isWhole = some.length === pieceBytes;
    if (!isWhole) this.#tail.set(some, inPiece);
    const piece = isWhole ? some : this.#tail.subarray(0, inPiece + some.length);
    const { blob, extents } = this.#stored;
    const { writer } = extents[extents.length - 1];
    const isSure = await this.#parts.pieces.put({ blob, writer, index }, piece);
    if (!isSure) this.#isUncertain = true;
    return some.length;
  }

  /** Goes on as another writer, with the bytes up to the offset. */
  async #beginAnew(): Promise<void> {
    const begun = await this.#parts.begin(this.#offset);
    const { stored: { size } } = begun;
    if (size < this.#offset) throw new Error("An unfinished file is shorter than it was");
    this.#take(begun);
  }

  #take({ stored, tail, isSure }: Begun): void {
    this.#stored = stored;
    this.#tail.set(tail);
    this.#isUncertain = !isSure;
  }
}
