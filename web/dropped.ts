/** The files in what was dropped or pasted, those in folders too. */

import type { Chosen } from "./file_source.ts";
import { namedAt } from "./text/picture_names.ts";

/** More files than a drop should bring by mistake. */
const filesMax = 10_000;

/** What a browser gives of an item beside its file. */
interface DroppedItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** `undefined` where there are no files. To be called while the event is handled, not later. */
export function filesIn(data: DataTransfer): Promise<readonly Chosen[]> | undefined {
  const items: readonly DroppedItem[] = [...data.items].filter(({ kind }) => kind === "file");
  if (items.length === 0) return undefined;
  // All are asked for now: behind the first wait they are gone.
  const asked = items.map(async (item) => {
    const entry = item.webkitGetAsEntry?.() ?? undefined;
    const file = item.getAsFile() ?? undefined;
    if (entry?.isDirectory) return await filesBelow(entry, "");
    const handle = await item.getAsFileSystemHandle?.().catch(() => null);
    if (!file) return [];
    // What lies somewhere has its name from there.
    return [isFileHandle(handle) ? { file, handle } : { file: named(file) }];
  });
  return Promise.all(asked).then((found) => found.flat().slice(0, filesMax));
}

/** The files that were chosen in a dialog. */
export function filesOf(files: Iterable<File>): readonly Chosen[] {
  return [...files].map((file) => {
    // Not every browser has folders.
    const folder = (file.webkitRelativePath ?? "").split("/").slice(0, -1).join("/");
    return folder === "" ? { file: named(file) } : { file, folder };
  });
}

/** What comes from a camera or is pasted has no name of its own. */
function named(file: File): File {
  const { name, type, lastModified } = file;
  const better = namedAt(file, new Date(lastModified));
  return better === name ? file : new File([file], better, { type, lastModified });
}

function isFileHandle(handle: FileSystemHandle | null | undefined): handle is FileSystemFileHandle {
  return handle?.kind === "file";
}

/** As on a terminal, what a dot hides stays where it is. */
async function filesBelow(entry: FileSystemEntry, above: string): Promise<readonly Chosen[]> {
  if (entry.name.startsWith(".")) return [];
  if (isFile(entry)) {
    const file = await new Promise<File | undefined>((resolve) => {
      entry.file(resolve, () => resolve(undefined));
    });
    return file ? [above === "" ? { file } : { file, folder: above }] : [];
  }
  if (!isFolder(entry)) return [];
  const path = above === "" ? entry.name : `${above}/${entry.name}`;
  const reader = entry.createReader();
  const all: Chosen[] = [];
  for (;;) {
    const some = await new Promise<readonly FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => resolve([]));
    });
    if (some.length === 0 || all.length >= filesMax) return all;
    for (const each of some) all.push(...await filesBelow(each, path));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
