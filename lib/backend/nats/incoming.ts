/** An unfinished file in NATS. */

import { createHash, type Hash } from "node:crypto";
import type { Incoming } from "../../file_store.ts";
import type { TransferId } from "../../names.ts";
import { hashOn } from "./outgoing.ts";
import { pieceBytes, type Pieces } from "./pieces.ts";
import type { Begun, UnfinishedFiles } from "./unfinished.ts";

/** What an unfinished file is made of. */
export interface IncomingParts {
  readonly transfer: TransferId;
  readonly files: UnfinishedFiles;
  readonly pieces: Pieces;
  onClose(): void;
}

/**
 * Owns the writing of a file. Each part is in NATS when it is appended; the last piece is written
 * again, and longer, until it is whole. Where another node has begun to write it since, appending and
 * sealing throw `moved`.
 */
export class NatsIncoming implements Incoming {
  readonly #parts: IncomingParts;
  #begun: Begun;
  #offset: number;
  /** The last piece, up to the offset. */
  readonly #tail = new Uint8Array(pieceBytes);
  /** Of the first `#hashed` bytes. */
  #hash: Hash = createHash("sha256");
  #hashed = 0;
  #isSealed = false;
  /** Whether something that was written may still be on its way, and come behind what follows. */
  #isUncertain: boolean;
  #isClosed = false;

  private constructor(parts: IncomingParts, begun: Begun) {
    this.#parts = parts;
    this.#begun = begun;
    this.#offset = begun.stored.size;
    this.#tail.set(begun.tail);
    this.#isUncertain = !begun.isSure;
  }

  /** Begins to write one. */
  static async begin(parts: IncomingParts): Promise<NatsIncoming> {
    return new NatsIncoming(parts, await parts.files.begin(parts.transfer));
  }

  get offset(): number {
    return this.#offset;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#isSealed) throw new TypeError("Nothing can be appended to a file that is sealed");
    if (this.#isUncertain) await this.#beginAnew();
    const { files, transfer } = this.#parts;
    // Both come to an end before whoever appends has its buffer back.
    const done = await Promise.allSettled([
      this.#putAll(bytes),
      files.requireNewest(transfer, this.#begun),
    ]);
    const failed = done.find((one) => one.status === "rejected");
    if (failed) {
      this.#isUncertain = true;
      throw failed.reason;
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
    const { files, pieces, transfer } = this.#parts;
    await files.requireWriter(transfer, this.#begun);
    const stored = { ...this.#begun.stored, size: this.#offset };
    if (!await hashOn(pieces, this.#hash, { stored, from: this.#hashed })) {
      throw new Error("Bytes of an unfinished file are missing");
    }
    this.#hashed = this.#offset;
    return this.#hash.copy().digest("hex");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { files, transfer, onClose } = this.#parts;
    try {
      await files.end(transfer, this.#begun, this.#offset);
    } finally {
      onClose();
    }
  }

  async #putAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#putSome(bytes.subarray(at), at);
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
    const { blob, extents } = this.#begun.stored;
    const { writer } = extents[extents.length - 1];
    const isSure = await this.#parts.pieces.put({ blob, writer, index }, piece);
    if (!isSure) this.#isUncertain = true;
    return some.length;
  }

  /** Goes on as another writer, with the bytes up to the offset. */
  async #beginAnew(): Promise<void> {
    const { files, transfer } = this.#parts;
    this.#begun = await files.beginAnew(transfer, this.#begun, this.#offset);
    if (this.#begun.stored.size < this.#offset) {
      throw new Error("An unfinished file is shorter than it was");
    }
    this.#tail.set(this.#begun.tail);
    this.#isUncertain = !this.#begun.isSure;
  }
}
