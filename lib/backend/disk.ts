/**
 * Keeps bytes of files in a folder: under their own names what is shared, a folder a room, and
 * hidden what is unfinished and what is private.
 */

import { statfs } from "node:fs/promises";
import { fileKey } from "../sharing/file_names.ts";
import { ChatError } from "../errors.ts";
import type {
  Blobs,
  FilePath,
  FoundFile,
  Incoming,
  LeftAlone,
  Linked,
  Outgoing,
} from "../file_store.ts";
import type { ConversationId, TransferId } from "../names.ts";
import { foundIn } from "./disk/found.ts";
import { DiskIncoming, isFull } from "./disk/incoming.ts";
import { DiskOutgoing, hashOf } from "./disk/reading.ts";
import { type Traits, traitsOf } from "./disk/traits.ts";
import {
  folderOf,
  hidden,
  isSame,
  type Parts,
  partsOf,
  Tree,
  unfinishedFolder,
  unfinishedParts,
  unlink,
} from "./disk/tree.ts";
import { Watching } from "./disk/watching.ts";
import { pathBelow } from "./file_paths.ts";
import { fullError } from "./disk_full.ts";
import { reasonOf, restrict, takeLock } from "./folder_lock.ts";

/** Blobs that are closed at the end. */
export interface DiskBlobs extends Blobs, AsyncDisposable {}

/** How blobs on disk are to be. */
export interface DiskOptions {
  /** A folder that is there and whose files are never shared, though it may lie in this one. */
  readonly apart?: string;
  /**
   * Whether several nodes use the folder at once. Each unfinished file is then received by one of
   * them at a time, which is theirs to see to; names are given to one file each, whoever asks.
   */
  readonly isShared?: boolean;
  /** What is otherwise found out by trying. */
  readonly traits?: Partial<Traits>;
}

/**
 * Opens the files in `folder`, made where there is none.
 *
 * @throws {Error} a sentence for whoever started the server: the folder can't be used, or is used by
 * another server.
 */
export async function openDisk(folder: string, options: DiskOptions = {}): Promise<DiskBlobs> {
  const { apart, isShared = false } = options;
  const tree = new Tree(folder, apart === undefined ? undefined : await Deno.stat(apart));
  try {
    await Deno.mkdir(folder, { recursive: true });
    if (!tree.isFolder(await Deno.stat(folder))) {
      throw new Error(`"${apart}" is for what nobody may see; name another folder with --files`);
    }
    if (!await tree.make([hidden])) throw new Error(`"${hidden}" in it must be a folder`);
    await restrict(tree.path([hidden]), 0o700);
    if (!await tree.make(unfinishedFolder)) throw new Error(`"${hidden}" in it isn't Parley's`);
    const lock = await tree.look([hidden, "lock"]);
    if (lock && !lock.isFile) throw new Error(`"${hidden}/lock" in it must be a file`);
  } catch (error) {
    throw new Error(`Cannot use "${folder}" for files: ${reasonOf(error)}`, { cause: error });
  }
  const file = tree.path([hidden, "lock"]);
  const lock = await takeLock(file, { path: folder, option: "--files", isShared });
  try {
    return new Disk(tree, lock, { ...await traitsOf(tree), ...options.traits });
  } catch (error) {
    lock[Symbol.dispose]();
    throw new Error(`Cannot use "${folder}" for files: ${reasonOf(error)}`, { cause: error });
  }
}

/** How often a folder is made again that another node has removed as empty. */
const triesMax = 5;

/** Owns the folder until it is closed. */
class Disk implements DiskBlobs {
  readonly #tree: Tree;
  readonly #lock: Disposable;
  readonly #traits: Traits;
  readonly #open = new Set<TransferId>();
  readonly #watching: Watching;
  /** The end of the line of those who change names. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(tree: Tree, lock: Disposable, traits: Traits) {
    this.#tree = tree;
    this.#lock = lock;
    this.#traits = traits;
    this.#watching = new Watching(tree.root);
  }

  async receive(transfer: TransferId): Promise<Incoming> {
    if (this.#open.has(transfer)) throw new TypeError("This transfer is received already");
    this.#open.add(transfer);
    const parts = unfinishedParts(transfer);
    try {
      const file = await this.#tree.openToWrite(parts);
      const size = await file.seek(0, Deno.SeekMode.End);
      return new DiskIncoming({
        file,
        size,
        again: async () => await this.#tree.open(parts) ?? missing(),
        sync: () => this.#tree.sync(unfinishedFolder),
        onClose: () => this.#open.delete(transfer),
      });
    } catch (error) {
      this.#open.delete(transfer);
      throw isFull(error) ? fullError() : error;
    }
  }

  async unfinished(): Promise<ReadonlyMap<TransferId, number>> {
    const sizes = new Map<TransferId, number>();
    for await (const { name, isFile } of Deno.readDir(this.#tree.path(unfinishedFolder))) {
      if (!isFile || !/^[\w-]+$/.test(name)) continue;
      const info = await this.#tree.look([...unfinishedFolder, name]);
      if (info?.isFile) sizes.set(name as TransferId, info.size);
    }
    return sizes;
  }

  link(transfer: TransferId, path: FilePath): Promise<Linked> {
    return this.#next(async () => {
      const [from, to] = [unfinishedParts(transfer), this.#parts(path)];
      for (let tries = 1;; tries++) {
        try {
          return await this.#link(from, to);
        } catch (error) {
          // Another node has removed the folder, which was empty, since it was made.
          if (!(error instanceof Deno.errors.NotFound) || tries === triesMax) throw error;
        }
      }
    });
  }

  async discard(transfer: TransferId): Promise<void> {
    const path = this.#tree.path(unfinishedParts(transfer));
    await unlink(path);
    await unlink(markOf(path));
  }

  async sweep(but: ReadonlySet<TransferId>): Promise<void> {
    const folder = this.#tree.path(unfinishedFolder);
    for (const { name } of await Array.fromAsync(Deno.readDir(folder))) {
      const transfer = name.replace(/\.named$/, "") as TransferId;
      if (!but.has(transfer)) await Deno.remove(`${folder}/${name}`, { recursive: true });
    }
  }

  async open(path: FilePath): Promise<Outgoing | undefined> {
    const file = await this.#file(path);
    return file && await DiskOutgoing.of(file);
  }

  async sha256(path: FilePath): Promise<string | undefined> {
    using file = await this.#file(path);
    return file && await hashOf(file);
  }

  remove(path: FilePath): Promise<void> {
    return this.#next(async () => {
      const parts = partsOf(path);
      const info = parts && await this.#tree.look(parts);
      if (!parts || !info?.isFile) return;
      await unlink(this.#tree.path(parts));
      await this.#syncIfThere(parts.slice(0, -1));
      await this.#removeEmpty(parts, folderOf(path.conversation).length);
    });
  }

  async *found(conversation: ConversationId): AsyncIterable<FoundFile | LeftAlone> {
    const folder = folderOf(conversation);
    if (folder.length > 1) return;
    const info = await this.#tree.look(folder);
    this.#watching.know(folder[0], conversation, this.#tree.isFolder(info));
    yield* foundIn(this.#tree, conversation, this.#traits);
  }

  key(path: FilePath): string {
    const below = pathBelow(path);
    return this.#traits.isFolding ? fileKey(below) : below;
  }

  watch(changed: (conversation: ConversationId) => void): Disposable {
    this.#watching.begin(changed);
    return this.#watching;
  }

  async free(): Promise<number> {
    const { state } = await Deno.permissions.query({ name: "sys", kind: "statfs" });
    if (state !== "granted") return Infinity;
    const { bavail, bsize } = await statfs(this.#tree.root);
    return bavail * bsize;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watching[Symbol.dispose]();
    await this.#turn;
    this.#lock[Symbol.dispose]();
  }

  /** Runs after what is under way: two names are never looked for and given at once. */
  #next<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #parts(path: FilePath): Parts {
    const parts = partsOf(path);
    if (parts) return parts;
    throw new ChatError("file_name", `Cannot keep "${path.name}": it leads out of its folder`);
  }

  async #file(path: FilePath): Promise<Deno.FsFile | undefined> {
    const parts = partsOf(path);
    return parts && await this.#tree.open(parts);
  }

  async #link(from: Parts, to: Parts): Promise<Linked> {
    const unfinished = await this.#tree.look(from);
    if (!unfinished?.isFile) return "gone";
    const folder = to.slice(0, -1);
    try {
      if (!await this.#tree.make(folder)) return "no folder";
      const there = await this.#tree.look(to);
      if (there && isSame(there, unfinished) === true) {
        await this.#tree.sync(folder);
        return "linked";
      }
      const linked = this.#traits.isLinking
        ? !await this.#isTaken(to) && await this.#linkAs(from, to)
        : await this.#moveTo(from, to);
      if (!linked) return "taken";
      await this.#tree.sync(folder);
      return "linked";
    } catch (error) {
      throw isFull(error) ? fullError() : error;
    }
  }

  /** Whether a name is used, or one that some file system holds for the same. */
  async #isTaken(to: Parts): Promise<boolean> {
    const key = keyOf(to[to.length - 1]);
    for await (const { name } of Deno.readDir(this.#tree.path(to.slice(0, -1)))) {
      if (keyOf(name) === key) return true;
    }
    return false;
  }

  async #linkAs(from: Parts, to: Parts): Promise<boolean> {
    try {
      await Deno.link(this.#tree.path(from), this.#tree.path(to));
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  }

  /**
   * Where there are no links: an empty file takes the name, which fails where another one has it,
   * and gives way to the whole one at once. A mark tells after a crash that it was ours.
   */
  async #moveTo(from: Parts, to: Parts): Promise<boolean> {
    const [source, target] = [this.#tree.path(from), this.#tree.path(to)];
    const mark = markOf(source);
    const isOurs = (await this.#tree.look(to))?.size === 0 &&
      await textOf(mark) === target;
    if (!isOurs) {
      if (await this.#isTaken(to)) return false;
      await Deno.writeTextFile(mark, target);
      if (!await this.#isMadeAnew(target)) {
        await unlink(mark);
        return false;
      }
    }
    await Deno.rename(source, target);
    await unlink(mark);
    return true;
  }

  /** Makes an empty file; `false` where something has the name. */
  async #isMadeAnew(path: string): Promise<boolean> {
    try {
      (await Deno.open(path, { write: true, createNew: true })).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  }

  /** Another node may have removed the folder, as it was empty. */
  async #syncIfThere(folder: Parts): Promise<void> {
    try {
      await this.#tree.sync(folder);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Removes the folders above what was removed, up to the conversation's own. */
  async #removeEmpty(parts: Parts, least: number): Promise<void> {
    for (let length = parts.length - 1; length >= least; length--) {
      try {
        await Deno.remove(this.#tree.path(parts.slice(0, length)));
      } catch {
        // Something else lies there.
        return;
      }
    }
  }
}

function keyOf(name: string): string {
  // The same, and much faster for the names that nearly all files have.
  return /^[ -~]*$/.test(name) ? name.toLowerCase() : fileKey(name);
}

function markOf(unfinished: string): string {
  return `${unfinished}.named`;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function missing(): never {
  throw new Error("An unfinished file was removed while it was received");
}
