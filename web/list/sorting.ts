/** Which files the library shows, and in which order. Pure. */

import type { SharedFile } from "../../lib/events.ts";

/** What files are sorted by. */
export type SortedBy = "name" | "size" | "user" | "at";

/** What is looked for and in which order. */
export interface FileOrder {
  readonly by: SortedBy;
  readonly isDown: boolean;
  /** All its words have to be in a file's name, its folder, its author's name or its room's. */
  readonly words: string;
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** The files that fit, in order; of equal ones the newest first. */
export function sortedFiles(files: readonly SharedFile[], order: FileOrder): SharedFile[] {
  const words = order.words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const sign = order.isDown ? -1 : 1;
  return files
    .filter((file) => {
      const text = `${file.folder ?? ""}/${file.name} ${file.user} ${file.room}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((one, other) => sign * compare(one, other, order.by) || other.at - one.at);
}

function compare(one: SharedFile, other: SharedFile, by: SortedBy): number {
  switch (by) {
    case "name":
      return names.compare(one.name, other.name);
    case "user":
      return names.compare(one.user, other.user);
    case "size":
      return one.size - other.size;
    case "at":
      return one.at - other.at;
    default:
      return by satisfies never;
  }
}
