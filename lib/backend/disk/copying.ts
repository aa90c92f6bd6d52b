/** Copies of files that are checked to be whole. */

import { hashOf } from "./reading.ts";
import { type Parts, type Tree, unlink } from "./tree.ts";

/** What a file has to be. */
export interface Whole {
  readonly size: number;
  /** In lower-case hexadecimal digits. */
  readonly sha256: string;
}

/**
 * Copies a file to the same place in another folder, where its blocks are shared until one of the
 * two is written, if the file system can do that. `false`, and nothing is left, where it isn't
 * there or isn't what it has to be. What was copied survives a power cut.
 */
export async function copyWhole(
  { from, to }: { readonly from: Tree; readonly to: Tree },
  parts: Parts,
  { size, sha256 }: Whole,
): Promise<boolean> {
  const info = await from.look(parts);
  if (!info?.isFile || info.size !== size) return false;
  const [source, target] = [from.path(parts), to.path(parts)];
  if (!await to.make(parts.slice(0, -1))) throw new Error(`"${target}" lies in no folder`);
  try {
    await Deno.copyFile(source, target);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  using copy = await Deno.open(target, { read: true, write: true });
  if (await hashOf(copy) !== sha256) {
    await unlink(target);
    return false;
  }
  // Newer than when it was shared, it would look as if its owner had altered it.
  if (info.mtime) await copy.utime(info.mtime, info.mtime);
  await copy.sync();
  await to.sync(parts.slice(0, -1));
  return true;
}
