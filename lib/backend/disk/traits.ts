/** What a file system does with names, found out by trying. */

import { type Tree, unfinishedFolder, unlink } from "./tree.ts";

/** What has to be known of a file system. */
export interface Traits {
  /** Whether names that differ in case only are one. */
  readonly isFolding: boolean;
  /** Whether names come back in another Unicode form than they were given. */
  readonly isNormalising: boolean;
  /** Whether a file may have two names. */
  readonly isLinking: boolean;
}

/** Tries it out in the hidden folder, under names that no other node uses. */
export async function traitsOf(tree: Tree): Promise<Traits> {
  const own = crypto.randomUUID();
  const path = (name: string) => tree.path([...unfinishedFolder, `${own} ${name}`]);
  const names = ["probe \u00e9", "PROBE \u00c9", "probe e\u0301", "probe 2"].map(path);
  const [first, upper, decomposed, second] = names;
  try {
    (await Deno.open(first, { write: true, createNew: true })).close();
    return {
      isFolding: await isThere(upper),
      isNormalising: await isThere(decomposed),
      isLinking: await isLinked(first, second),
    };
  } finally {
    await clean(names);
  }
}

async function clean(names: readonly string[]): Promise<void> {
  for (const name of names) await unlink(name);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
    return true;
  } catch {
    return false;
  }
}
