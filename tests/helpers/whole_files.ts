/** What any other program sees in a folder that files come to: whole ones, and nothing else. */

import { createHash } from "node:crypto";
import { basename, join } from "@std/path";

/** How often the folder is looked at, in milliseconds: much more often than a file comes. */
const apartMs = 3;

/** The SHA-256 of a file on disk, read a piece at a time, in hexadecimal digits. */
export function hashOfFile(path: string): string {
  const hash = createHash("sha256");
  const piece = new Uint8Array(1024 * 1024);
  using file = Deno.openSync(path);
  for (let length; (length = file.readSync(piece)) !== null;) {
    hash.update(piece.subarray(0, length));
  }
  return hash.digest("hex");
}

/** Looks at a folder again and again, and reads each file that is new in it or isn't what it was. */
export class WholeFiles implements Disposable {
  /** What should never be there, a sentence each. */
  readonly wrongs: string[] = [];
  /** How many files it has read. */
  read = 0;
  readonly #folder: string;
  readonly #isWhole: (name: string, sha256: string) => boolean;
  readonly #seen = new Map<string, string>();
  readonly #timer: ReturnType<typeof setInterval>;

  /** `isWhole`: whether that is all of a file that may have this name. */
  constructor(folder: string, isWhole: (name: string, sha256: string) => boolean) {
    this.#folder = folder;
    this.#isWhole = isWhole;
    this.#timer = setInterval(() => this.look(), apartMs);
  }

  /** Looks at it once. */
  look(): void {
    for (const path of visibleFiles(this.#folder)) this.#lookAt(path);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #lookAt(path: string): void {
    try {
      const { size, mtime, ino } = Deno.lstatSync(path);
      const stamp = `${size} ${mtime?.getTime()} ${ino}`;
      if (this.#seen.get(path) === stamp) return;
      this.#seen.set(path, stamp);
      this.read++;
      const sha256 = hashOfFile(path);
      if (this.#isWhole(basename(path), sha256)) return;
      this.wrongs.push(`"${path}" isn't whole: ${size} bytes were there`);
    } catch (error) {
      // It was removed in the meantime.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** The files below a folder that a listing shows, as paths; none where there is no folder yet. */
export function visibleFiles(folder: string): string[] {
  return filesBelow(folder).filter((path) => !isHidden(folder, path));
}

/** The hidden files below a folder that nothing needs once all is done. */
export function leftovers(folder: string): string[] {
  return filesBelow(folder).filter((path) => isHidden(folder, path) && basename(path) !== "lock");
}

function isHidden(folder: string, path: string): boolean {
  return path.slice(folder.length).split(/[\\/]/).some((part) => part.startsWith("."));
}

function filesBelow(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
      const path = join(folder, name);
      return isDirectory ? filesBelow(path) : [path];
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
