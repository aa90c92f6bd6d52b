/** Reading files that are in NATS. */

import type { Hash } from "node:crypto";
import { ChatError } from "../../errors.ts";
import type { Outgoing } from "../../file_store.ts";
import type { NamedFile, Paths } from "./paths.ts";
import { lengthOf, pieceBytes, type Pieces, type Stored } from "./pieces.ts";

/** A piece that comes, or is there. */
interface Coming {
  readonly index: number;
  readonly bytes: Promise<Uint8Array | undefined>;
}

/** Reads a file, and holds two of its pieces: one to read from, and the next where it is read on. */
export class NatsOutgoing implements Outgoing {
  readonly size: number;
  readonly #file: NamedFile;
  readonly #pieces: Pieces;
  readonly #paths: Paths;
  #current: Coming | undefined;
  #next: Coming | undefined;
  /** Where the last read has ended. */
  #position = 0;

  constructor(file: NamedFile, { pieces, paths }: { pieces: Pieces; paths: Paths }) {
    this.size = file.size;
    this.#file = file;
    this.#pieces = pieces;
    this.#paths = paths;
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    if (offset >= this.size || into.length === 0) return 0;
    const index = Math.floor(offset / pieceBytes);
    const piece = this.#piece(index);
    if (offset === this.#position) this.#comeNext(index + 1);
    // Asked beside its bytes, so that none go out of a file that was removed before they were read.
    const [bytes, isThere] = await Promise.all([piece, this.#paths.has(this.#file)]);
    if (!bytes || !isThere) throw gone();
    const some = bytes.subarray(offset - index * pieceBytes).subarray(0, into.length);
    into.set(some);
    this.#position = offset + some.length;
    return some.length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#current = undefined;
    this.#next = undefined;
    return Promise.resolve();
  }

  #piece(index: number): Promise<Uint8Array | undefined> {
    if (this.#current?.index !== index) {
      this.#current = this.#next?.index === index ? this.#next : this.#coming(index);
    }
    return this.#current.bytes;
  }

  #comeNext(index: number): void {
    if (this.#next?.index !== index && lengthOf(this.#file, index) > 0) {
      this.#next = this.#coming(index);
    }
  }

  #coming(index: number): Coming {
    const bytes = this.#pieces.get(this.#file, index);
    // Whoever reads it hears of it, and may never come to that.
    bytes.catch(() => this.#forget(index));
    return { index, bytes };
  }

  /** What couldn't be read may be tried again. */
  #forget(index: number): void {
    if (this.#current?.index === index) this.#current = undefined;
    if (this.#next?.index === index) this.#next = undefined;
  }
}

/** Adds the bytes of a file to a hash, from one on; `false` where some aren't there. */
export async function hashOn(
  pieces: Pieces,
  hash: Hash,
  { stored, from }: { readonly stored: Stored; readonly from: number },
): Promise<boolean> {
  const { size } = stored;
  const indexAt = (at: number) => Math.floor(at / pieceBytes);
  let next = from < size ? pieces.get(stored, indexAt(from)) : undefined;
  for (let at = from; at < size;) {
    const bytes = await next;
    if (!bytes) return false;
    const index = indexAt(at);
    const end = index * pieceBytes + bytes.length;
    next = end < size ? pieces.get(stored, index + 1) : undefined;
    // Hashing what is here takes longer than a failure to come.
    next?.catch(() => {});
    hash.update(bytes.subarray(at - index * pieceBytes));
    at = end;
  }
  return true;
}

function gone(): ChatError {
  return new ChatError("no_such_file", "There is no such file (any more)");
}
