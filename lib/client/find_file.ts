/** Which files a typed name means. */

import type { SharedFile } from "../events.ts";
import { fileKey } from "../sharing/file_names.ts";
import { printableLine } from "../printable.ts";

/**
 * The file with this id, or that is called so with the folders above it, or of which it is the last
 * part: the whole name before the part, those in front before others, and of equals the newest.
 */
export function fileCalled(
  files: readonly SharedFile[],
  name: string,
  isInFront: (file: SharedFile) => boolean,
): SharedFile | undefined {
  const key = fileKey(name);
  const isWhole = (file: SharedFile) => file.file === name || fileKey(fileName(file)) === key;
  const isPart = (file: SharedFile) => fileKey(file.name) === key;
  for (const isCalled of [isWhole, isPart]) {
    const called = files.filter(isCalled);
    const inFront = called.filter(isInFront);
    const best = inFront.length > 0 ? inFront : called;
    const newest = best.toSorted((one, other) => one.at - other.at).at(-1);
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** The files in the folder that is called so, and in those below it. */
export function filesBelow(files: readonly SharedFile[], name: string): readonly SharedFile[] {
  const key = fileKey(name.replace(/\/+$/, ""));
  return files.filter(({ folder }) =>
    folder !== undefined && (fileKey(folder) === key || fileKey(folder).startsWith(`${key}/`))
  );
}

/** A file's name with the folders above it. */
export function fileName({ name, folder }: Pick<SharedFile, "name" | "folder">): string {
  return printableLine(folder === undefined ? name : `${folder}/${name}`);
}
