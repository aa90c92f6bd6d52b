/** The data folder: who may read it, and that one server uses it. */

import { reasonOf, restrict, takeLock } from "../folder_lock.ts";

/** A folder that is ours until it is given back. */
export interface OwnedFolder extends Disposable {
  readonly path: string;
}

/**
 * Makes the folder where there is none, keeps others out, and takes its lock.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function ownFolder(path: string): Promise<OwnedFolder> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    await restrict(path, 0o700);
  } catch (error) {
    throw new Error(`Cannot use "${path}" as data folder: ${reasonOf(error)}`, { cause: error });
  }
  const lock = await takeLock(`${path}/lock`, { path, option: "--data" });
  try {
    for (const name of ["parley.db", "search.db"]) await makePrivate(`${path}/${name}`);
  } catch (error) {
    lock[Symbol.dispose]();
    throw new Error(`Cannot use "${path}" as data folder: ${reasonOf(error)}`, { cause: error });
  }
  return { path, [Symbol.dispose]: () => lock[Symbol.dispose]() };
}

/** The files that SQLite puts beside a database take its mode. */
async function makePrivate(name: string): Promise<void> {
  (await Deno.open(name, { create: true, append: true, mode: 0o600 })).close();
  await restrict(name, 0o600);
}
