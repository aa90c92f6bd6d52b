/** Makes a server's folders out of a backup. */

import { basename, join } from "@std/path";
import { copyWhole } from "../backend/disk/copying.ts";
import { partsOf, Tree } from "../backend/disk/tree.ts";
import { reasonOf, restrict, takeLock } from "../backend/folder_lock.ts";
import { logFile } from "../backend/sqlite/database.ts";
import { type Held, renew } from "../backend/sqlite/snapshot.ts";
import { randomText } from "../clock.ts";
import { pathOf } from "../sharing/file_steps.ts";
import { placeOf } from "./backup.ts";
import { copied, isThere, listed, removeAll, type Sum } from "./folders.ts";
import { beside, format, type Manifest, manifestName, parts, readManifest } from "./manifest.ts";

/** Which backup, and what it becomes. */
export interface RestoreOptions {
  readonly from: string;
  readonly data: string;
  readonly files: string;
}

/**
 * Fills empty folders, so that a server can be started on them: it is another one than the one that
 * the backup is of, and clients notice that. What the backup says of itself.
 *
 * @throws {Error} a sentence for whoever asked for it; the folders are as they were.
 */
export async function restore({ from, data, files }: RestoreOptions): Promise<Manifest> {
  const manifest = await manifestIn(from);
  using _data = await ownEmpty(data, "--data");
  await requireEmpty(files, "--files");
  try {
    await Deno.mkdir(files, { recursive: true });
    // Under another name, so that nothing that is stopped half way can be taken for a server's.
    const database = `${data}/restoring.db`;
    await copySame(join(from, parts.database), database, manifest.database);
    for (const { name, ...sum } of manifest.beside) {
      if (!beside.includes(name)) throw new Error(`its ${manifestName} names "${name}"`);
      await copySame(join(from, name), join(data, name), sum);
    }
    await copyFiles({ from, files }, renew(database, randomText(16)), new Set(manifest.missing));
    await Deno.rename(database, logFile(data));
    await sync(data);
    return manifest;
  } catch (error) {
    await removeAll(data, (name) => name !== "lock");
    if (await isThere(files)) await removeAll(files, () => true);
    throw new Error(`Cannot restore "${from}": ${reasonOf(error)}`, { cause: error });
  }
}

/** @throws {Error} where it isn't what it was. */
async function copySame(from: string, to: string, { sha256 }: Sum): Promise<void> {
  if ((await copied(from, to)).sha256 === sha256) return;
  throw new Error(`"${basename(from)}" isn't what it was when the backup was made`);
}

/** What a backup says of itself. @throws {Error} where there is none, or none that is understood. */
async function manifestIn(from: string): Promise<Manifest> {
  const path = join(from, manifestName);
  if (!await isThere(path)) {
    throw new Error(`Cannot restore "${from}": no backup is there that was completed`);
  }
  const manifest = readManifest(await Deno.readTextFile(path));
  if (manifest === undefined) {
    throw new Error(`Cannot restore "${from}": its ${manifestName} isn't one of Parley's`);
  }
  if (manifest.format === format) return manifest;
  throw new Error(`Cannot restore "${from}": Parley ${manifest.version} made it; use that one`);
}

/** The lock of a folder that holds nothing else. */
async function ownEmpty(path: string, option: string): Promise<Disposable> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  await restrict(path, 0o700);
  const lock = await takeLock(`${path}/lock`, { path, option });
  try {
    await requireEmpty(path, option, ["lock"]);
    return lock;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function requireEmpty(
  path: string,
  option: string,
  but: readonly string[] = [],
): Promise<void> {
  if ((await listed(path)).every((name) => but.includes(name))) return;
  throw new Error(
    `Cannot restore to "${path}": something is in it; move that elsewhere, or name another ` +
      `folder with ${option}`,
  );
}

async function copyFiles(
  { from, files }: Pick<RestoreOptions, "from" | "files">,
  held: Held,
  missing: ReadonlySet<string>,
): Promise<void> {
  const trees = { from: new Tree(join(from, parts.files)), to: new Tree(files) };
  for (const entry of held.files) {
    const path = partsOf(pathOf(entry.conversation, entry.file));
    if (path !== undefined && await copyWhole(trees, path, entry.file)) continue;
    const place = placeOf(entry);
    if (!missing.has(place)) {
      throw new Error(`"${parts.files}/${place}" isn't what it was when the backup was made`);
    }
  }
}

async function sync(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path, { read: true });
  await folder.sync();
}
