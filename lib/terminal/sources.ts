/** Files on this machine that are sent. */

import { basename, join } from "@std/path";
import type { KeptUpload, Source } from "../client/transfer_state.ts";
import { ChatError } from "../errors.ts";
import { diskError } from "./disk_errors.ts";
import { fileName } from "../client/find_file.ts";

/** Files that one folder may have with those below it: more is not what somebody meant. */
const folderFilesMax = 10_000;

/**
 * The files that a path names: one, or all in a folder and those below it, each with the folders
 * above it. Symbolic links in a folder are left out, and what is hidden by a dot; one that is named
 * itself is sent. `leftOut` is told how many hidden files and folders there were, if any.
 *
 * @throws {ChatError} a sentence for people.
 */
export async function sourcesAt(
  path: string,
  leftOut: (hidden: number) => void = () => {},
): Promise<readonly Source[]> {
  const doing = `send "${path}"`;
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    if (isFile) return [await sourceAt(path)];
    if (!isDirectory) throw wrong(`Cannot ${doing}: it is neither a file nor a folder`);
    const sources: Source[] = [];
    const hidden = await gather(path, basename(await Deno.realPath(path)), sources);
    if (sources.length === 0) {
      const but = hidden === 0 ? "" : " that isn't hidden by a dot";
      throw wrong(`Cannot ${doing}: there is no file in it${but}`);
    }
    if (hidden > 0) leftOut(hidden);
    return sources;
  } catch (error) {
    throw diskError(error, doing);
  }
}

/** Finds the files in a folder and below; how many hidden ones were passed over. */
async function gather(path: string, folder: string, into: Source[]): Promise<number> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  entries.sort((one, other) => one.name < other.name ? -1 : 1);
  let hidden = 0;
  for (const { name, isFile, isDirectory } of entries) {
    // Keys, settings and what version control keeps: nobody sees them and means to share them.
    if (name.startsWith(".")) {
      hidden++;
      continue;
    }
    if (isDirectory) hidden += await gather(join(path, name), `${folder}/${name}`, into);
    if (isFile) into.push(await sourceAt(join(path, name), folder));
    if (into.length > folderFilesMax) {
      throw wrong(`Cannot send "${path}": there are more than ${folderFilesMax} files in it`);
    }
  }
  return hidden;
}

/**
 * The file that an upload was of, or `undefined` where it isn't there; another `stamp` says that it
 * was changed.
 */
export async function sourceKept(kept: KeptUpload): Promise<Source | undefined> {
  try {
    return await sourceAt(kept.origin, kept.folder);
  } catch {
    return undefined;
  }
}

async function sourceAt(path: string, folder?: string): Promise<Source> {
  const { size, mtime } = await Deno.stat(path);
  return new DiskSource(path, { folder, size, stamp: stampOf(size, mtime) });
}

/** Reads a file piece by piece; it is opened by the first read. */
class DiskSource implements Source {
  readonly name: string;
  readonly folder?: string;
  readonly size: number;
  readonly origin: string;
  readonly stamp: string;
  #file: Deno.FsFile | undefined;
  #at = 0;

  constructor(
    path: string,
    found: { readonly folder?: string; readonly size: number; readonly stamp: string },
  ) {
    this.name = basename(path);
    if (found.folder !== undefined) this.folder = found.folder;
    this.size = found.size;
    this.origin = path;
    this.stamp = found.stamp;
  }

  async read(into: Uint8Array, offset: number): Promise<number> {
    try {
      this.#file ??= await Deno.open(this.origin, { read: true });
      if (offset !== this.#at) await this.#file.seek(offset, Deno.SeekMode.Start);
      const length = await this.#file.read(into) ?? 0;
      this.#at = offset + length;
      return length;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  async isSame(): Promise<boolean> {
    try {
      const { size, mtime } = await Deno.stat(this.origin);
      return stampOf(size, mtime) === this.stamp;
    } catch (error) {
      throw this.#failed(error);
    }
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#at = 0;
  }

  #failed(error: unknown): ChatError {
    const name = fileName(this);
    return error instanceof Deno.errors.NotFound
      ? new ChatError("no_such_file", `"${name}" isn't there any more`)
      : diskError(error, `read "${name}"`);
  }
}

function stampOf(size: number, mtime: Date | null): string {
  return `${size} ${mtime?.getTime() ?? 0}`;
}

function wrong(sentence: string): ChatError {
  return new ChatError("file_name", sentence);
}
