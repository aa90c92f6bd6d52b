/** The data folder: who may read it, and that one server uses it. */

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
  const lock = await takeLock(path);
  try {
    for (const name of ["parley.db", "search.db"]) await makePrivate(`${path}/${name}`);
  } catch (error) {
    lock.close();
    throw new Error(`Cannot use "${path}" as data folder: ${reasonOf(error)}`, { cause: error });
  }
  return { path, [Symbol.dispose]: () => lock.close() };
}

/** What an error says, without the full stop that sentences have. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

async function takeLock(path: string): Promise<Deno.FsFile> {
  const name = `${path}/lock`;
  const lock = await openLock(name, path);
  if (await lock.tryLock(true)) {
    await lock.truncate();
    await lock.write(new TextEncoder().encode(String(Deno.pid)));
    return lock;
  }
  lock.close();
  throw new Error(
    `Cannot use "${path}": another Parley server (process ${await holderOf(name)}) is using it; ` +
      "stop that one or name another folder with --data",
  );
}

async function openLock(name: string, path: string): Promise<Deno.FsFile> {
  try {
    const lock = await Deno.open(name, { create: true, write: true, mode: 0o600 });
    await restrict(name, 0o600);
    return lock;
  } catch (error) {
    throw new Error(`Cannot use "${path}" as data folder: ${reasonOf(error)}`, { cause: error });
  }
}

async function holderOf(name: string): Promise<string> {
  const text = await Deno.readTextFile(name).catch(() => "");
  return /^\d+$/.test(text) ? text : "unknown";
}

/** The files that SQLite puts beside a database take its mode. */
async function makePrivate(name: string): Promise<void> {
  (await Deno.open(name, { create: true, append: true, mode: 0o600 })).close();
  await restrict(name, 0o600);
}

async function restrict(path: string, mode: number): Promise<void> {
  if (Deno.build.os !== "windows") await Deno.chmod(path, mode);
}
