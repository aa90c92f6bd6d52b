/** That one server uses a folder, or several nodes of one server do. */

import { closeLocked } from "../file_lock.ts";

/** Which folder, and how its user names another one. */
export interface Locked {
  readonly path: string;
  /** The option that names the folder, like `--data`. */
  readonly option: string;
  /** Whether other nodes of the same server may use it at the same time. */
  readonly isShared?: boolean;
}

/**
 * Takes the lock of a folder, held until it is disposed of.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function takeLock(
  file: string,
  { path, option, isShared = false }: Locked,
): Promise<Disposable> {
  const lock = await openLock(file, path);
  if (await lock.tryLock(!isShared)) {
    await lock.truncate();
    await lock.write(new TextEncoder().encode(String(Deno.pid)));
    return { [Symbol.dispose]: () => closeLocked(lock) };
  }
  lock.close();
  throw new Error(
    `Cannot use "${path}": another Parley server (process ${await holderOf(file)}) is using it; ` +
      `stop that one or name another folder with ${option}`,
  );
}

/** Whether somebody holds the lock of a folder now. */
export async function isTaken(file: string): Promise<boolean> {
  try {
    const lock = await Deno.open(file, { write: true });
    const isFree = await lock.tryLock(true);
    closeLocked(lock);
    return !isFree;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What an error says, without the full stop that sentences have. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

/** Sets who may use a file or folder, where the system knows modes. */
export async function restrict(path: string, mode: number): Promise<void> {
  if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
}

async function openLock(file: string, path: string): Promise<Deno.FsFile> {
  try {
    const lock = await Deno.open(file, { create: true, read: true, write: true, mode: 0o600 });
    await restrict(file, 0o600);
    return lock;
  } catch (error) {
    throw new Error(`Cannot use "${path}": ${reasonOf(error)}`, { cause: error });
  }
}

async function holderOf(file: string): Promise<string> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return /^\d+$/.test(text) ? text : "unknown";
}
