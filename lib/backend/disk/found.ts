/** What lies in the folder of a room. */

import { safeFolder, safeName } from "../../sharing/file_names.ts";
import type { FilePath, FoundFile, LeftAlone } from "../../file_store.ts";
import type { ConversationId } from "../../names.ts";
import { folderOf, lstat, type Parts, type Tree } from "./tree.ts";

/** Looks through a room's folder and all below it; nothing where there is none. */
export async function* foundIn(
  tree: Tree,
  conversation: ConversationId,
  { isNormalising }: { readonly isNormalising: boolean },
): AsyncIterable<FoundFile | LeftAlone> {
  const room = folderOf(conversation);
  const waiting: string[][] = [[]];
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const { name } of await entriesOf(tree, [...room, ...below])) {
      const parts = [...room, ...below, name];
      // The folder itself was looked at already, with those above it.
      const info = await lstat(tree.path(parts));
      if (!info) continue;
      const left = tree.path(parts);
      const inner = [...below, isNormalising ? name.normalize("NFC") : name];
      if (info.isSymlink) yield { left, why: "it is a symbolic link" };
      else if (!isSafe(inner)) yield { left, why: "its name isn't safe on all systems" };
      else if (info.isDirectory) waiting.push(inner);
      else if (!info.isFile) yield { left, why: "it is no file" };
      else {
        const changedAt = info.mtime?.getTime() ?? 0;
        yield { path: pathOf(conversation, inner), size: info.size, changedAt };
      }
    }
  }
}

async function entriesOf(tree: Tree, parts: Parts): Promise<readonly Deno.DirEntry[]> {
  const info = await tree.look(parts);
  if (!tree.isFolder(info)) return [];
  try {
    return await Array.fromAsync(Deno.readDir(tree.path(parts)));
  } catch (error) {
    // Removed since it was looked at.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isSafe(below: readonly string[]): boolean {
  const name = below[below.length - 1];
  const path = below.join("/");
  return safeName(name) === name && safeFolder(path) === path;
}

function pathOf(conversation: ConversationId, below: readonly string[]): FilePath {
  const name = below[below.length - 1];
  if (below.length === 1) return { conversation, name };
  return { conversation, folder: below.slice(0, -1).join("/"), name };
}
