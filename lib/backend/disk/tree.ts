/** Paths below one folder, none of them through a symbolic link. */

import { createHash } from "node:crypto";
import { fileKey, safeName } from "../../sharing/file_names.ts";
import type { FilePath } from "../../file_store.ts";
import { type ConversationId, pairOf, type TransferId } from "../../names.ts";

/** What is ours alone: no room's folder begins with a dot. */
export const hidden = ".parley";
/** Where files that aren't whole lie. */
export const unfinishedFolder = [hidden, "unfinished"] as const;
/** Of a room's name that isn't safe as a folder's, as much as tells its owner which it is. */
const stemUnitsMax = 40;
const plainBytesMax = 200;

/** A path as its parts below the folder. */
export type Parts = readonly string[];

/**
 * The folder of a conversation: a room's own name where that is safe on all systems and the same as
 * no other one's there, else with a digest that makes it so. A private one's tells nothing.
 */
export function folderOf(conversation: ConversationId): Parts {
  if (pairOf(conversation)) return [hidden, "private", digestOf(conversation)];
  const name: string = conversation;
  const isPlain = safeName(name) === name && fileKey(name) === name && !name.includes("~") &&
    new TextEncoder().encode(name).length <= plainBytesMax;
  if (isPlain) return [name];
  const stem = safeName([...name].slice(0, stemUnitsMax).join("")) ?? "room";
  return [`${stem}~${digestOf(name)}`];
}

/** The parts of a file's path, or `undefined` where they would lead out of its folder. */
export function partsOf({ conversation, folder, name }: FilePath): Parts | undefined {
  const below = [...folder === undefined ? [] : folder.split("/"), name];
  return below.every(isPart) ? [...folderOf(conversation), ...below] : undefined;
}

/** Where an unfinished file lies. */
export function unfinishedParts(transfer: TransferId): Parts {
  if (!/^[\w-]+$/.test(transfer)) throw new TypeError(`"${transfer}" is no transfer's id`);
  return [...unfinishedFolder, transfer];
}

function isPart(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && !/[/\\\0]/.test(part);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** A folder and all below it. */
export class Tree {
  readonly root: string;
  /** A folder that no path leads into, wherever it lies. */
  readonly #apart: Deno.FileInfo | undefined;

  /** `root` is whatever its owner named; a symbolic link below it is never followed. */
  constructor(root: string, apart?: Deno.FileInfo) {
    this.root = root;
    this.#apart = apart;
  }

  /** Whether what was looked at is a folder that a path may lead through. */
  isFolder(info: Deno.FileInfo | undefined): boolean {
    if (!info?.isDirectory || info.isSymlink) return false;
    return this.#apart === undefined || isSame(info, this.#apart) !== true;
  }

  /** The path of some parts. */
  path(parts: Parts): string {
    return [this.root, ...parts].join("/");
  }

  /** What lies there, itself; `undefined` where there is nothing or the way to it isn't real. */
  async look(parts: Parts): Promise<Deno.FileInfo | undefined> {
    for (let length = 1; length < parts.length; length++) {
      const info = await lstat(this.path(parts.slice(0, length)));
      if (!this.isFolder(info)) return undefined;
    }
    return await lstat(this.path(parts));
  }

  /** Opens a file to read it, or `undefined` where none lies there. */
  async open(parts: Parts): Promise<Deno.FsFile | undefined> {
    return await this.#opened(parts, { read: true });
  }

  /** Opens a file to read and write it, made where there is none. */
  async openToWrite(parts: Parts): Promise<Deno.FsFile> {
    const path = this.path(parts);
    const file = await this.#opened(parts, { read: true, write: true });
    if (file) return file;
    // This one fails where a link lies there instead.
    return await Deno.open(path, { read: true, write: true, createNew: true });
  }

  async #opened(parts: Parts, options: Deno.OpenOptions): Promise<Deno.FsFile | undefined> {
    const there = await this.look(parts);
    if (!there?.isFile) return undefined;
    let file: Deno.FsFile;
    try {
      file = await Deno.open(this.path(parts), options);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    try {
      // What was looked at may have been exchanged for a link before it was opened.
      if (isSame(there, await file.stat()) !== false) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    return undefined;
  }

  /**
   * Makes a folder and those above it, on disk when this resolves. `false` where something else
   * than a folder is in the way.
   *
   * @throws {Deno.errors.NotFound} where one of them was removed at the same time.
   */
  async make(parts: Parts): Promise<boolean> {
    for (let length = 1; length <= parts.length; length++) {
      const path = this.path(parts.slice(0, length));
      if (await isMade(path)) await this.sync(parts.slice(0, length - 1));
      const info = await lstat(path);
      if (!info) throw new Deno.errors.NotFound(`"${path}" was removed as it was made`);
      if (!this.isFolder(info)) return false;
    }
    return true;
  }

  /** Resolves when a folder's entries would survive a power cut. */
  async sync(parts: Parts): Promise<void> {
    // There folders can't be opened, and NTFS keeps a journal of them.
    if (Deno.build.os === "windows") return;
    using folder = await Deno.open(this.path(parts), { read: true });
    await folder.sync();
  }
}

/** Whether two looks were at the same file; `undefined` on systems that don't tell. */
export function isSame(one: Deno.FileInfo, other: Deno.FileInfo): boolean | undefined {
  if (!one.ino || !other.ino) return undefined;
  return one.dev === other.dev && one.ino === other.ino;
}

/** Removes a file; `false` where there was none. */
export async function unlink(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function isMade(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** What lies at a path, itself; `undefined` where nothing does. */
export async function lstat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Also a path through a file, or one that is longer than the system takes, leads to nothing. */
function isMissing(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return true;
  }
  return error instanceof Error && "code" in error && error.code === "ENAMETOOLONG";
}
