/** Paths of files, as every backend sees them. */

import type { FilePath } from "../file_store.ts";

/** A path below its conversation's own folder, with slashes. */
export function pathBelow({ folder, name }: Pick<FilePath, "folder" | "name">): string {
  return folder === undefined ? name : `${folder}/${name}`;
}

/** The folders of a path, each as if it were a file. */
export function foldersOf({ conversation, folder }: FilePath): readonly FilePath[] {
  const parts = folder === undefined ? [] : folder.split("/");
  return parts.map((name, index) => ({
    conversation,
    ...index > 0 && { folder: parts.slice(0, index).join("/") },
    name,
  }));
}
