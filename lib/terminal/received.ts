/**
 * The folder that files are fetched into. What is unfinished lies hidden in it, and gets a name that
 * nothing else has once it is whole. Symbolic links in it are not followed.
 */

import { createHash } from "node:crypto";
import { join } from "@std/path";
import type { Sink } from "../client/transfer_state.ts";
import { ChatError } from "../errors.ts";
import type { SharedFile } from "../events.ts";
import { closeLocked } from "../file_lock.ts";
import { limits } from "../limits.ts";
import { fileKey, freeName, safeFolder, safeName } from "../sharing/file_names.ts";
import { diskError } from "./disk_errors.ts";

/** A part file that nobody has touched for so long is nobody's any more. */
const orphanMs = 7 * 24 * 3_600_000;
const hidden = /^\.parley-([0-9a-f]{12})-[0-9a-f]{16}\.part$/;
const pieceBytes = 256 * 1024;

/** What a {@linkcode Received} otherwise finds out by trying. */
export interface ReceivedOptions {
  /** Whether a file in the folder can have two names for a moment. */
  readonly isLinking?: boolean;
}

/** The folder of one client. */
export class Received {
  readonly folder: string;
  readonly #tag: string;
  readonly #isLinking: boolean;

  /** `owner`: whose unfinished files these are; the same for every run with one login. */
  constructor(folder: string, owner: string, { isLinking = true }: ReceivedOptions = {}) {
    this.folder = folder;
    this.#tag = digest(owner, 12);
    this.#isLinking = isLinking;
  }

  /** Where a file goes; `server`: the id of the one that it comes from. */
  sink(file: SharedFile, server: string): Sink {
    const path = join(this.folder, this.#partName(file, server));
    return new DiskSink(file, { folder: this.folder, path, isLinking: this.#isLinking });
  }

  /** Removes this client's part files, but for those of `files`, and the old ones of others. */
  async sweep(files: readonly SharedFile[], server: string, now: number): Promise<void> {
    const wanted = new Set(files.map((file) => this.#partName(file, server)));
    try {
      for await (const { name } of Deno.readDir(this.folder)) {
        const [, tag] = hidden.exec(name) ?? [];
        if (tag === undefined || wanted.has(name)) continue;
        const path = join(this.folder, name);
        const { mtime } = await Deno.lstat(path);
        const isOld = now - (mtime?.getTime() ?? 0) >= orphanMs;
        if (tag === this.#tag || isOld) await Deno.remove(path);
      }
    } catch (error) {
      // Another client sweeps as well; and there may be no folder yet.
      if (!(error instanceof Deno.errors.NotFound)) throw diskError(error, "tidy up");
    }
  }

  #partName(file: SharedFile, server: string): string {
    return `.parley-${this.#tag}-${digest(`${server} ${file.file}`, 16)}.part`;
  }
}

function digest(text: string, characters: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, characters);
}

class DiskSink implements Sink {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: SharedFile;
  readonly #isLinking: boolean;
  #open: Deno.FsFile | undefined;
  #hash = createHash("sha256");
  #bytes = 0;
  /** Bytes that nobody has begun to put on the disk. */
  #unsynced = 0;
  /** The file once more: what is written waits for nothing that is done with this one. */
  #twin: Deno.FsFile | undefined;
  #syncing: Promise<void> = Promise.resolve();
  /** Steps are done one after the other: dropping waits for what is being written. */
  #last: Promise<unknown> = Promise.resolve();

  /** `path`: where it lies until it is whole. */
  constructor(
    file: SharedFile,
    where: { readonly folder: string; readonly path: string; readonly isLinking: boolean },
  ) {
    this.#file = file;
    this.#folder = where.folder;
    this.#path = where.path;
    this.#isLinking = where.isLinking;
  }

  open(): Promise<number> {
    return this.#inTurn(async () => {
      if (this.#open) return this.#bytes;
      await makeFolder(this.#folder, "");
      if (await kindOf(this.#path) === "link") await Deno.remove(this.#path);
      const how = { read: true, write: true, create: true };
      const file = await Deno.open(this.#path, how);
      if (!await file.tryLock(true)) {
        file.close();
        throw new ChatError("not_allowed", "Another client on this machine fetches it already");
      }
      this.#open = file;
      await this.#takeUp(file);
      return this.#bytes;
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#open) return;
      for (let at = 0; at < bytes.length;) at += await this.#open.write(bytes.subarray(at));
      this.#hash.update(bytes);
      this.#bytes += bytes.length;
      this.#unsynced += bytes.length;
      if (this.#unsynced >= limits.syncEveryBytes) await this.#syncBeside();
    });
  }

  sha256(): string {
    return this.#hash.copy().digest("hex");
  }

  finish(): Promise<string> {
    return this.#inTurn(async () => {
      await this.#syncing;
      await this.#open?.sync();
      await this.#close();
      const { name, folder } = this.#file;
      const within = folder === undefined ? "" : safeFolder(folder) ?? "";
      const into = await makeFolder(this.#folder, within);
      return await this.#publish(into, safeName(name) ?? "file");
    });
  }

  drop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#close();
      this.#hash = createHash("sha256");
      this.#bytes = 0;
      if (await kindOf(this.#path) !== undefined) await Deno.remove(this.#path);
    });
  }

  close(): Promise<void> {
    // What is being written gets there first.
    return this.#inTurn(() => this.#close());
  }

  async #close(): Promise<void> {
    await this.#syncing;
    this.#twin?.close();
    this.#twin = undefined;
    if (this.#open) closeLocked(this.#open);
    this.#open = undefined;
  }

  /** Begins to put on the disk what came, and resolves when what came before is there. */
  #syncBeside(): Promise<void> {
    const before = this.#syncing;
    this.#unsynced = 0;
    this.#syncing = before.then(async () => {
      this.#twin ??= await Deno.open(this.#path, { read: true });
      await this.#twin.syncData();
    }).catch(() => {
      // The system tells each who has the file open: the sync at the end fails, too.
    });
    return before;
  }

  /** What came in an earlier run is hashed; more than there should be is not ours. */
  async #takeUp(file: Deno.FsFile): Promise<void> {
    this.#hash = createHash("sha256");
    this.#bytes = 0;
    const { size } = await file.stat();
    if (size > this.#file.size) await file.truncate(0);
    await file.seek(0, Deno.SeekMode.Start);
    const piece = new Uint8Array(pieceBytes);
    for (;;) {
      const length = await file.read(piece);
      if (length === null) return;
      this.#hash.update(piece.subarray(0, length));
      this.#bytes += length;
    }
  }

  /** Gives it the first name that is free, which never takes the place of a file. */
  async #publish(into: string, name: string): Promise<string> {
    const taken = new Set<string>();
    for await (const entry of Deno.readDir(into)) taken.add(fileKey(entry.name));
    for (;;) {
      const free = freeName(name, (key) => taken.has(key));
      const path = join(into, free);
      try {
        await this.#giveName(path);
        return path;
      } catch (error) {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
        taken.add(fileKey(free));
      }
    }
  }

  /** @throws {Deno.errors.AlreadyExists} where something has that name. */
  async #giveName(path: string): Promise<void> {
    if (this.#isLinking && await this.#link(path)) return await Deno.remove(this.#path);
    // An empty file takes the name, which fails where another has it, and gives way to the whole one.
    (await Deno.open(path, { write: true, createNew: true })).close();
    try {
      await Deno.rename(this.#path, path);
    } catch (error) {
      await Deno.remove(path);
      throw error;
    }
  }

  /** Links it to a name; `false`: the file system has no links. */
  async #link(path: string): Promise<boolean> {
    try {
      await Deno.link(this.#path, path);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) throw error;
      // Systems tell it in many ways; what else is wrong, the other way meets as well.
      return false;
    }
  }

  #inTurn<T>(step: () => Promise<T>): Promise<T> {
    const done = this.#last.then(step).catch((error) => {
      throw diskError(error, `keep "${this.#file.name}" in "${this.#folder}"`);
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

/** `folder`, made where it isn't there, and the folders `within` it, none of them a symbolic link. */
async function makeFolder(folder: string, within: string): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  let path = folder;
  for (const part of within.split("/").filter((each) => each !== "")) {
    path = join(path, part);
    try {
      await Deno.mkdir(path);
    } catch (error) {
      // Files of one folder come at once, and each makes it.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    if (await kindOf(path) !== "folder") {
      throw new ChatError("not_allowed", `Cannot put anything into "${path}": it is no folder`);
    }
  }
  return path;
}

async function kindOf(path: string): Promise<"folder" | "file" | "link" | undefined> {
  try {
    const { isSymlink, isDirectory } = await Deno.lstat(path);
    return isSymlink ? "link" : isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
