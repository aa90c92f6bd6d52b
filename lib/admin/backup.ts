/**
 * A copy of everything that a server keeps, made beside the server by a process of its own. Nothing
 * is asked of the server, and nothing waits for it: the database is copied as it was at one moment,
 * then every file that is shared in this copy. A file may be removed before its turn comes; then
 * there is a later copy of the database, in which it is removed.
 */

import { basename, dirname, join, resolve } from "@std/path";
import { copyWhole } from "../backend/disk/copying.ts";
import { partsOf, Tree } from "../backend/disk/tree.ts";
import { reasonOf } from "../backend/folder_lock.ts";
import { logFile } from "../backend/sqlite/database.ts";
import { type Held, takeSnapshot } from "../backend/sqlite/snapshot.ts";
import { pathOf } from "../sharing/file_steps.ts";
import { closeLocked } from "../file_lock.ts";
import type { LibraryEntry } from "../file_store.ts";
import { copied, isThere, listed, removeAll, type Sum, sumOf, synced } from "./folders.ts";
import { beside, format, type Manifest, manifestName, manifestText, parts } from "./manifest.ts";

/** What is copied, and where to. */
export interface BackupOptions {
  readonly data: string;
  readonly files: string;
  readonly to: string;
  /** The program's version. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of each copy of the database before its files are copied. */
  readonly onSnapshot?: () => Promise<void>;
}

const lockName = "lock";
/** Whether a folder can't be renamed while a file in it is open. */
const isBusyWhileOpen = Deno.build.os === "windows";
/** Copies of the database, until what was removed in the meantime counts as missing. */
const snapshotsMax = 10;

/** The folder that becomes `to` once it is complete. */
export function unfinishedPath(to: string): string {
  const path = resolve(to);
  return join(dirname(path), `.${basename(path)}.unfinished`);
}

/**
 * Makes a backup; what it says of itself.
 *
 * @throws {Error} a sentence for whoever asked for it.
 */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const { data, to } = options;
  if (!await isThere(logFile(data))) {
    throw new Error(`Cannot back up "${data}": no server has kept anything there; see --data`);
  }
  await requireFree(to);
  const folder = unfinishedPath(to);
  try {
    const lock = await begin(folder, to);
    let manifest: Manifest;
    try {
      manifest = await fill(folder, options);
      await synced(join(folder, manifestName), manifestText(manifest));
      if (await isThere(to)) await Deno.remove(to);
      if (!isBusyWhileOpen) await Deno.rename(folder, resolve(to));
    } catch (error) {
      // Nobody would look for what is left, hidden as it is.
      await removeAll(folder, (name) => name !== lockName).catch(() => {});
      throw error;
    } finally {
      closeLocked(lock);
    }
    if (isBusyWhileOpen) await Deno.rename(folder, resolve(to));
    await Deno.remove(join(to, lockName));
    return manifest;
  } catch (error) {
    throw new Error(`Cannot back up to "${to}": ${reasonOf(error)}`, { cause: error });
  }
}

async function requireFree(to: string): Promise<void> {
  if ((await listed(to)).length === 0) return;
  throw new Error(`Cannot back up to "${to}": something is in it; name a folder that isn't there`);
}

/** An empty folder that nobody else writes a backup to. */
async function begin(folder: string, to: string): Promise<Deno.FsFile> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await Deno.open(join(folder, lockName), { create: true, write: true, mode: 0o600 });
  if (await lock.tryLock(true)) {
    // What one that was stopped has left.
    await removeAll(folder, (name) => name !== lockName);
    return lock;
  }
  lock.close();
  throw new Error(`another backup to "${to}" is under way`);
}

async function fill(folder: string, options: BackupOptions): Promise<Manifest> {
  const { data, files, version, now, onSnapshot } = options;
  await Deno.mkdir(join(folder, parts.files), { mode: 0o700 });
  const copies = new Copies(new Tree(files), new Tree(join(folder, parts.files)));
  const database = join(folder, parts.database);
  let missing: readonly LibraryEntry[] = [];
  for (let count = 1;; count++) {
    const at = now();
    const held = await snapshot(data, database);
    await onSnapshot?.();
    const before = new Set(missing.map(({ file }) => file.file));
    missing = await copies.take(held.files);
    // What two copies of the database name and nobody can read isn't on its way out: it is lost.
    const isDone = missing.every(({ file }) => before.has(file.file));
    if (isDone || count === snapshotsMax) {
      const sum = await sumOf(database);
      const others = await besides(data, folder);
      return { ...manifestOf(held, missing), database: sum, beside: others, at, version };
    }
  }
}

/** Copies what lies beside the database. */
async function besides(data: string, to: string): Promise<({ readonly name: string } & Sum)[]> {
  const all: ({ readonly name: string } & Sum)[] = [];
  for (const name of beside) {
    if (!await isThere(join(data, name))) continue;
    all.push({ name, ...await copied(join(data, name), join(to, name)) });
  }
  return all;
}

async function snapshot(data: string, to: string): Promise<Held> {
  if (await isThere(to)) await Deno.remove(to);
  await synced(to, "");
  const held = await takeSnapshot(data, to);
  using file = await Deno.open(to, { read: true, write: true });
  await file.sync();
  return held;
}

function manifestOf({ id, events, conversations, files }: Held, missing: readonly LibraryEntry[]) {
  const gone = new Set(missing);
  const there = files.filter((entry) => !gone.has(entry));
  const bytes = there.reduce((sum, { file }) => sum + file.size, 0);
  return {
    format,
    server: id,
    events,
    conversations,
    files: { count: there.length, bytes },
    missing: missing.map(placeOf),
  };
}

/** Where a file lies below a folder of files, as a list has it. */
export function placeOf({ conversation, file }: LibraryEntry): string {
  return partsOf(pathOf(conversation, file))?.join("/") ?? file.file;
}

/** The files of a backup while it is made. */
class Copies {
  readonly #from: Tree;
  readonly #to: Tree;
  /** SHA-256 by place. */
  readonly #taken = new Map<string, string>();

  constructor(from: Tree, to: Tree) {
    this.#from = from;
    this.#to = to;
  }

  /** Copies what isn't there yet and removes what isn't among `files`; those that can't be had. */
  async take(files: readonly LibraryEntry[]): Promise<readonly LibraryEntry[]> {
    const missing: LibraryEntry[] = [];
    const wanted = new Set(files.map(placeOf));
    for (const place of this.#taken.keys()) if (!wanted.has(place)) await this.#remove(place);
    for (const entry of files) if (!await this.#take(entry)) missing.push(entry);
    return missing;
  }

  async #take(entry: LibraryEntry): Promise<boolean> {
    const place = placeOf(entry);
    const { conversation, file } = entry;
    if (this.#taken.get(place) === file.sha256) return true;
    await this.#remove(place);
    const parts = partsOf(pathOf(conversation, file));
    const trees = { from: this.#from, to: this.#to };
    if (!parts || !await copyWhole(trees, parts, file)) return false;
    this.#taken.set(place, file.sha256);
    return true;
  }

  async #remove(place: string): Promise<void> {
    if (this.#taken.delete(place)) await Deno.remove(this.#to.path([place]));
  }
}
