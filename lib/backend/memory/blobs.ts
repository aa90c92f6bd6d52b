/** Bytes of files in memory, for tests. It can be told what goes wrong next. */

import { createHash } from "node:crypto";
import { ChatError } from "../../errors.ts";
import { fileKey } from "../../sharing/file_names.ts";
import type {
  Blobs,
  FilePath,
  FoundFile,
  Incoming,
  LeftAlone,
  Linked,
  Outgoing,
} from "../../file_store.ts";
import { type ConversationId, pairOf, type TransferId } from "../../names.ts";
import { fullError } from "../disk_full.ts";
import { foldersOf, pathBelow } from "../file_paths.ts";

/** What the next call of that name throws instead of doing anything. */
export interface BlobFault {
  readonly call: "receive" | "append" | "seal" | "link" | "discard" | "open" | "read" | "remove";
  readonly error: Error;
}

/** How memory blobs are to be. */
export interface MemoryBlobsOptions {
  /** The first one of a call is taken out and thrown; whoever holds the list may add to it. */
  readonly faults?: BlobFault[];
  /** Bytes that the disk takes altogether. */
  readonly room?: number;
}

/** A file under its name. Its identity is that of its bytes: who alters it makes another one. */
interface Named {
  readonly path: FilePath;
  readonly bytes: Uint8Array;
  readonly changedAt: number;
}

/** Files in maps. */
export class MemoryBlobs implements Blobs {
  readonly #faults: BlobFault[];
  readonly #room: number;
  readonly #unfinished = new Map<TransferId, Uint8Array>();
  readonly #files = new Map<string, Named>();
  readonly #watchers = new Set<(conversation: ConversationId) => void>();

  constructor(options: MemoryBlobsOptions = {}) {
    this.#faults = options.faults ?? [];
    this.#room = options.room ?? Infinity;
  }

  // deno-lint-ignore require-await -- what is planted rejects
  async receive(transfer: TransferId): Promise<Incoming> {
    this.#fail("receive");
    if (!this.#unfinished.has(transfer)) this.#unfinished.set(transfer, new Uint8Array());
    const bytes = () => this.#unfinished.get(transfer) ?? new Uint8Array();
    return {
      get offset() {
        return bytes().length;
      },
      append: async (more) => {
        this.#fail("append");
        if (more.length > await this.free()) throw fullError();
        this.#unfinished.set(transfer, extended(bytes(), more));
      },
      // deno-lint-ignore require-await -- what is planted rejects
      seal: async () => {
        this.#fail("seal");
        return hashOf(bytes());
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  unfinished(): Promise<ReadonlyMap<TransferId, number>> {
    const sizes = [...this.#unfinished].map(([transfer, { length }]) =>
      [transfer, length] as const
    );
    return Promise.resolve(new Map(sizes));
  }

  // deno-lint-ignore require-await -- what is planted rejects
  async link(transfer: TransferId, path: FilePath): Promise<Linked> {
    this.#fail("link");
    const bytes = this.#unfinished.get(transfer);
    if (bytes === undefined) return "gone";
    const there = this.#files.get(keyOf(path));
    if (there) {
      return there.bytes === bytes && keyOf(there.path) === keyOf(path) ? "linked" : "taken";
    }
    if (foldersOf(path).some((folder) => this.#files.has(keyOf(folder)))) return "no folder";
    this.#put({ path, bytes, changedAt: 0 });
    return "linked";
  }

  // deno-lint-ignore require-await -- what is planted rejects
  async discard(transfer: TransferId): Promise<void> {
    this.#fail("discard");
    this.#unfinished.delete(transfer);
  }

  sweep(but: ReadonlySet<TransferId>): Promise<void> {
    for (const transfer of this.#unfinished.keys()) {
      if (!but.has(transfer)) this.#unfinished.delete(transfer);
    }
    return Promise.resolve();
  }

  // deno-lint-ignore require-await -- what is planted rejects
  async open(path: FilePath): Promise<Outgoing | undefined> {
    this.#fail("open");
    const named = this.#at(path);
    if (!named) return undefined;
    return {
      size: named.bytes.length,
      // deno-lint-ignore require-await -- what is planted rejects
      read: async (into, offset) => {
        this.#fail("read");
        if (this.#at(path) !== named) {
          throw new ChatError("no_such_file", "There is no such file (any more)");
        }
        const some = named.bytes.subarray(offset, offset + into.length);
        into.set(some);
        return some.length;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  sha256(path: FilePath): Promise<string | undefined> {
    const named = this.#at(path);
    return Promise.resolve(named && hashOf(named.bytes));
  }

  // deno-lint-ignore require-await -- what is planted rejects
  async remove(path: FilePath): Promise<void> {
    this.#fail("remove");
    if (this.#at(path)) this.take(path);
  }

  async *found(conversation: ConversationId): AsyncIterable<FoundFile | LeftAlone> {
    if (pairOf(conversation)) return;
    for (const { path, bytes, changedAt } of this.#files.values()) {
      if (path.conversation === conversation) yield { path, size: bytes.length, changedAt };
    }
  }

  key(path: FilePath): string {
    return keyOf(path);
  }

  watch(changed: (conversation: ConversationId) => void): Disposable {
    this.#watchers.add(changed);
    return { [Symbol.dispose]: () => this.#watchers.delete(changed) };
  }

  free(): Promise<number> {
    const all = new Set([...this.#unfinished.values()]);
    for (const { bytes } of this.#files.values()) all.add(bytes);
    return Promise.resolve(this.#room - [...all].reduce((sum, { length }) => sum + length, 0));
  }

  /** What the folder's owner does: puts a file there, or alters one. */
  put(path: FilePath, bytes: Uint8Array, changedAt = 0): void {
    this.#put({ path, bytes: bytes.slice(), changedAt });
  }

  /** What the folder's owner does: takes a file away. */
  take(path: FilePath): void {
    this.#files.delete(keyOf(path));
    this.#tell(path);
  }

  #put(named: Named): void {
    this.#files.set(keyOf(named.path), named);
    this.#tell(named.path);
  }

  #tell({ conversation }: FilePath): void {
    for (const changed of this.#watchers) changed(conversation);
  }

  #at(path: FilePath): Named | undefined {
    const named = this.#files.get(keyOf(path));
    return named?.path.name === path.name ? named : undefined;
  }

  #fail(call: BlobFault["call"]): void {
    const index = this.#faults.findIndex((fault) => fault.call === call);
    if (index >= 0) throw this.#faults.splice(index, 1)[0].error;
  }
}

/** The same for two paths that are one file on some file system. */
function keyOf(path: FilePath): string {
  return `${path.conversation}/${fileKey(pathBelow(path))}`;
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** All of it at once, in the room that is left behind the first ones, or in twice as much. */
function extended(bytes: Uint8Array, more: Uint8Array): Uint8Array {
  const length = bytes.length + more.length;
  const fits = length <= bytes.buffer.byteLength;
  const all = new Uint8Array(fits ? bytes.buffer : new ArrayBuffer(2 * length), 0, length);
  if (!fits) all.set(bytes);
  all.set(more, bytes.length);
  return all;
}
