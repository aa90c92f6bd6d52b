/** An unfinished file on disk. */

import { createHash, type Hash } from "node:crypto";
import type { Incoming } from "../../file_store.ts";
import { limits } from "../../limits.ts";
import { fullError } from "../disk_full.ts";
import { hashOn } from "./reading.ts";

/** What an unfinished file is made of. */
export interface IncomingParts {
  /** Written here; it is at its end. */
  readonly file: Deno.FsFile;
  /** Bytes that it has. */
  readonly size: number;
  /** Opens it once more, to read. */
  readonly again: () => Promise<Deno.FsFile>;
  /** Makes its folder's entry safe from a power cut. */
  readonly sync: () => Promise<void>;
  readonly onClose: () => void;
}

/**
 * Owns the open file. Bytes are hashed while they are written; what came before a restart, and what
 * a failed write has made uncertain, is read again before the end.
 */
export class DiskIncoming implements Incoming {
  readonly #parts: IncomingParts;
  #offset: number;
  /** Of the first `#hashed` bytes. */
  #hash: Hash = createHash("sha256");
  #hashed = 0;
  /** Bytes that nobody has begun to put on the disk. */
  #unsynced = 0;
  /** The file once more: what is written waits for nothing that is done with this one. */
  #twin: Deno.FsFile | undefined;
  #syncing: Promise<void> = Promise.resolve();
  #sealed = false;
  /** Whether a failed write may have left something behind. */
  #isUncertain = false;
  #closed = false;

  constructor(parts: IncomingParts) {
    this.#parts = parts;
    this.#offset = parts.size;
  }

  get offset(): number {
    return this.#offset;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#sealed) throw new TypeError("Nothing can be appended to a file that is sealed");
    if (this.#isUncertain) await this.#cutBack();
    const writing = writeAll(this.#parts.file, bytes);
    // While a thread writes them.
    const follows = this.#hashed === this.#offset;
    if (follows) this.#hash.update(bytes);
    try {
      await writing;
    } catch (error) {
      if (follows) this.#forgetHash();
      this.#isUncertain = true;
      // What can't be cut now is cut before anything else is done.
      await this.#cutBack().catch(() => {});
      throw isFull(error) ? fullError() : error;
    }
    this.#offset += bytes.length;
    if (follows) this.#hashed = this.#offset;
    this.#unsynced += bytes.length;
    if (this.#unsynced >= limits.syncEveryBytes) await this.#syncBeside();
  }

  async seal(): Promise<string> {
    if (this.#isUncertain) await this.#cutBack();
    this.#sealed = true;
    await this.#hashRest();
    await this.#syncing;
    try {
      await this.#parts.file.sync();
      await this.#parts.sync();
    } catch (error) {
      throw isFull(error) ? fullError() : error;
    }
    return this.#hash.copy().digest("hex");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#isUncertain) await this.#cutBack();
    } finally {
      await this.#syncing;
      this.#twin?.close();
      this.#parts.file.close();
      this.#parts.onClose();
    }
  }

  async #hashRest(): Promise<void> {
    if (this.#hashed === this.#offset) return;
    using file = await this.#parts.again();
    const range = { from: this.#hashed, to: this.#offset };
    this.#hashed = await hashOn(file, this.#hash, range);
    if (this.#hashed < this.#offset) throw new Error("An unfinished file is shorter than it was");
  }

  /** Begins to put on the disk what came, and resolves when what came before is there. */
  #syncBeside(): Promise<void> {
    const before = this.#syncing;
    this.#unsynced = 0;
    this.#syncing = before.then(async () => {
      this.#twin ??= await this.#parts.again();
      await this.#twin.syncData();
    }).catch(() => {
      // The system tells each who has the file open: the sync at the end fails, too.
    });
    return before;
  }

  #forgetHash(): void {
    this.#hash = createHash("sha256");
    this.#hashed = 0;
  }

  /** Takes away what a failed write has left. */
  async #cutBack(): Promise<void> {
    await this.#parts.file.truncate(this.#offset);
    await this.#parts.file.seek(this.#offset, Deno.SeekMode.Start);
    this.#isUncertain = false;
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Whether a disk, or a quota of the system's, is full. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "ENOSPC" || error.code === "EDQUOT");
}
