/** What is done to files and folders as a whole. */

import { join } from "@std/path";
import { hashOf } from "../backend/disk/reading.ts";
import { restrict } from "../backend/folder_lock.ts";

/** Whether something is there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The names in a folder; none where there is no folder. */
export async function listed(folder: string): Promise<readonly string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Removes what is in a folder and `goes`. */
export async function removeAll(folder: string, goes: (name: string) => boolean): Promise<void> {
  for (const name of await listed(folder)) {
    if (goes(name)) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/** Writes a file that only its owner may read; it survives a power cut. */
export async function synced(path: string, text: string): Promise<void> {
  const options = { write: true, create: true, truncate: true, mode: 0o600 };
  using file = await Deno.open(path, options);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}

/** How long a file is, and its SHA-256. */
export interface Sum {
  readonly bytes: number;
  readonly sha256: string;
}

/** Copies a file so that only its owner may read it and it survives a power cut; what was copied. */
export async function copied(from: string, to: string): Promise<Sum> {
  // It has its mode before it has its bytes.
  await synced(to, "");
  await Deno.copyFile(from, to);
  await restrict(to, 0o600);
  using file = await Deno.open(to, { read: true, write: true });
  await file.sync();
  return await sumOf(to);
}

/** The sum of a file. */
export async function sumOf(path: string): Promise<Sum> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const sha256 = await hashOf(file);
  if (sha256 === undefined) throw new Error(`"${path}" is written by somebody else`);
  return { bytes: size, sha256 };
}
