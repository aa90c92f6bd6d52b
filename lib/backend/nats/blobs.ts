/** Keeps bytes of files in NATS: for nodes that have no folder in common. */

import { createHash } from "node:crypto";
import type { Blobs, FilePath, FoundFile, Incoming, Linked, Outgoing } from "../../file_store.ts";
import { type ConversationId, pairOf, type TransferId } from "../../names.ts";
import { fileKey } from "../../sharing/file_names.ts";
import { foldersOf, pathBelow } from "../file_paths.ts";
import { eachOf, type FileStreams } from "./asking.ts";
import { NatsIncoming } from "./incoming.ts";
import { Leaving } from "./leaving.ts";
import { Notes } from "./notes.ts";
import { hashOn, NatsOutgoing } from "./outgoing.ts";
import { type NamedFile, Paths } from "./paths.ts";
import { Pieces } from "./pieces.ts";
import { type Unfinished, UnfinishedFiles } from "./unfinished.ts";

/** How {@linkcode NatsBlobs} are to be. */
export interface NatsBlobsOptions {
  /** Bytes that may be kept altogether. */
  readonly room: number;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** Unfinished files that are asked about at once. */
const asksMax = 16;

/**
 * Files in two streams. Nobody but Parley puts anything there, so there is no owner's hand, and what
 * `found` and `watch` tell of is what Parley has done.
 */
export class NatsBlobs implements Blobs, AsyncDisposable {
  readonly #streams: FileStreams;
  readonly #options: NatsBlobsOptions;
  readonly #pieces: Pieces;
  readonly #paths: Paths;
  readonly #unfinished: UnfinishedFiles;
  readonly #leaving: Leaving;
  readonly #open = new Set<TransferId>();
  readonly #watchers = new Set<(conversation: ConversationId) => void>();

  constructor(streams: FileStreams, options: NatsBlobsOptions) {
    this.#streams = streams;
    this.#options = options;
    const { layout } = streams;
    const notes = new Notes(streams);
    const pieces = this.#pieces = new Pieces(streams);
    const paths = this.#paths = new Paths({ notes, layout });
    this.#leaving = new Leaving({ notes, pieces, paths, layout });
    this.#unfinished = new UnfinishedFiles({ notes, pieces, layout });
  }

  async receive(transfer: TransferId): Promise<Incoming> {
    if (this.#open.has(transfer)) throw new TypeError("This transfer is received already");
    this.#open.add(transfer);
    try {
      return await NatsIncoming.begin({
        transfer,
        files: this.#unfinished,
        pieces: this.#pieces,
        onClose: () => this.#open.delete(transfer),
      });
    } catch (error) {
      this.#open.delete(transfer);
      throw error;
    }
  }

  async unfinished(): Promise<ReadonlyMap<TransferId, number>> {
    const sizes = new Map<TransferId, number>();
    await this.#eachUnfinished(async (transfer) => {
      const unfinished = await this.#unfinished.find(transfer);
      // A late word about one that is over; nobody else knows of it.
      if (!unfinished) await this.#unfinished.forget(transfer);
      else sizes.set(transfer, unfinished.size);
    });
    return sizes;
  }

  async link(transfer: TransferId, path: FilePath): Promise<Linked> {
    const unfinished = await this.#unfinished.find(transfer);
    if (!unfinished) return "gone";
    for (const folder of foldersOf(path)) {
      if (await this.#paths.holder(folder)) return "no folder";
    }
    const holder = await this.#paths.holder(path);
    if (holder && holder.blob !== unfinished.blob) return "taken";
    const subject = this.#streams.layout.path(path);
    if (!holder) {
      // First, so that whoever ends this transfer finds what it has asked for.
      await this.#unfinished.asks(transfer, subject, unfinished);
      const at = this.#streams.clock.now();
      if (!await this.#paths.ask(path, unfinished, at)) return "taken";
    }
    await this.#withdraw(unfinished, subject);
    await this.#unfinished.forget(transfer);
    this.#tell(path);
    return "linked";
  }

  async discard(transfer: TransferId): Promise<void> {
    const unfinished = await this.#unfinished.find(transfer);
    if (unfinished && !await this.#isNamed(unfinished)) {
      await this.#withdraw(unfinished);
      await this.#pieces.drop(unfinished);
    }
    await this.#unfinished.forget(transfer);
  }

  async sweep(but: ReadonlySet<TransferId>): Promise<void> {
    await this.#eachUnfinished(async (transfer) => {
      if (!but.has(transfer)) await this.discard(transfer);
    });
    await this.completeRemovals();
  }

  async open(path: FilePath): Promise<Outgoing | undefined> {
    const file = await this.#paths.at(path);
    return file && new NatsOutgoing(file, { pieces: this.#pieces, paths: this.#paths });
  }

  async sha256(path: FilePath): Promise<string | undefined> {
    const file = await this.#paths.at(path);
    const hash = createHash("sha256");
    if (!file || !await hashOn(this.#pieces, hash, { stored: file, from: 0 })) return undefined;
    return await this.#paths.has(file) ? hash.digest("hex") : undefined;
  }

  async remove(path: FilePath): Promise<void> {
    const file = await this.#paths.at(path);
    if (!file) return;
    await this.#leaving.remove(file);
    this.#tell(path);
  }

  async *found(conversation: ConversationId): AsyncIterable<FoundFile> {
    if (pairOf(conversation)) return;
    for await (const file of this.#paths.of(conversation)) yield foundOf(file);
  }

  key(path: FilePath): string {
    return fileKey(pathBelow(path));
  }

  watch(changed: (conversation: ConversationId) => void): Disposable {
    this.#watchers.add(changed);
    return { [Symbol.dispose]: () => this.#watchers.delete(changed) };
  }

  async free(): Promise<number> {
    return Math.max(0, this.#options.room - await this.#pieces.used());
  }

  /** Takes out what nodes have left that ended while they took it out. */
  completeRemovals(): Promise<void> {
    return this.#leaving.complete();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#options.close();
  }

  /** Takes back all that a file has asked for, but for the path that it has. */
  async #withdraw({ asked, blob }: Unfinished, but?: string): Promise<void> {
    for (const subject of asked) {
      if (subject !== but) await this.#paths.withdraw(subject, blob);
    }
  }

  async #isNamed({ asked, blob }: Unfinished): Promise<boolean> {
    for (const subject of asked) if (await this.#paths.holds(subject, blob)) return true;
    return false;
  }

  async #eachUnfinished(act: (transfer: TransferId) => Promise<void>): Promise<void> {
    await eachOf(await this.#unfinished.all(), asksMax, act);
  }

  #tell({ conversation }: FilePath): void {
    for (const changed of this.#watchers) changed(conversation);
  }
}

function foundOf({ path, size, at }: NamedFile): FoundFile {
  return { path, size, changedAt: at };
}
