/** Credentials in files: the server's own, which it makes and keeps, or those it was given. */

import { join } from "@std/path";
import { type Clock, every, type Stop } from "../clock.ts";
import type { Journal } from "../log.ts";
import { type Credentials, credentialsOf } from "./credentials.ts";
import { newCertificate, newKey } from "./own_certificate.ts";

/** Credentials that may become others while the server runs. */
export interface Tls extends Disposable {
  /** What a peer that connects now is shown. */
  readonly current: Credentials;
  /** Calls `run` each time that they are others; the result takes that back. */
  onChange(run: () => void): Stop;
  /** Looks whether they have to be others now, as it does from time to time. Never rejects. */
  look(): Promise<void>;
}

/** What all credentials need. */
interface Around {
  readonly clock: Clock;
  readonly journal: Journal;
}

/** The server's own. */
interface Own extends Around {
  /** Where they are kept. */
  readonly folder: string;
  /** What they are for, as that is now: the names and addresses that it is reached by. */
  names(): readonly string[];
}

/** Those that it was given. */
interface Given extends Around {
  /** Their files. */
  readonly given: { readonly cert: string; readonly key: string };
}

/** Which ones {@linkcode openTls} opens. */
export type TlsOptions = Own | Given;

/** How often the server's own are looked at: addresses change, and time passes. */
const ownMs = 3_600_000;
/** How often files are looked at that somebody else keeps. */
const givenMs = 5_000;
/** Made again while all clients still take the one before. */
const renewMs = 30 * 86_400_000;

/**
 * Opens the files, or makes them, and follows their changes. What can't be used afterwards is
 * logged, and the credentials stay what they are.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function openTls(options: TlsOptions): Promise<Tls> {
  return "given" in options ? await followGiven(options) : await followOwn(options);
}

/** The credentials of the moment, and who wants to know of others. */
class Kept {
  readonly #followers = new Set<() => void>();
  #current: Credentials;

  constructor(current: Credentials) {
    this.#current = current;
  }

  set current(credentials: Credentials) {
    const { cert, key } = this.#current;
    if (credentials.cert === cert && credentials.key === key) return;
    this.#current = credentials;
    for (const run of this.#followers) run();
  }

  get current(): Credentials {
    return this.#current;
  }

  /** With what looks at the files. */
  followed({ look, stop }: { look(): Promise<void>; readonly stop: Stop }): Tls {
    const now = () => this.#current;
    return {
      get current() {
        return now();
      },
      onChange: (run) => {
        this.#followers.add(run);
        return () => void this.#followers.delete(run);
      },
      look,
      [Symbol.dispose]: stop,
    };
  }
}

async function followOwn(options: Own): Promise<Tls> {
  const { clock, journal } = options;
  const kept = new Kept(await own(options));
  async function look(): Promise<void> {
    try {
      kept.current = await own(options);
    } catch (error) {
      journal.error("certificate", error);
    }
  }
  const stop = every(clock, ownMs, () => void look());
  return kept.followed({ look, stop });
}

/** The server's own: the key is made once, the certificate again where it doesn't fit any more. */
async function own({ folder, clock, names }: Own): Promise<Credentials> {
  const paths = { cert: join(folder, "tls.crt"), key: join(folder, "tls.key") };
  const now = clock.now();
  const wanted = [...new Set(names())].toSorted();
  let key = read(paths.key);
  if (key === undefined) {
    key = await newKey();
    await put(paths.key, key);
  }
  const cert = read(paths.cert);
  const kept = cert === undefined
    ? undefined
    : tried(() => credentialsOf(cert, key, { ...paths, now }));
  if (kept && kept.validTo - now > renewMs && kept.validFrom <= now && isFor(kept, wanted)) {
    return kept;
  }
  const made = await newCertificate(key, { names: wanted, now }).catch((error) => {
    const what = "restore it; without it the server makes another one, which its clients refuse";
    throw new Error(`Cannot use the server's key in "${paths.key}": ${what}`, { cause: error });
  });
  await put(paths.cert, made);
  return credentialsOf(made, key, { ...paths, now });
}

function isFor({ names }: Credentials, wanted: readonly string[]): boolean {
  return names.length === wanted.length &&
    names.toSorted().every((name, at) => name === wanted[at]);
}

function tried<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

async function followGiven({ given: paths, clock, journal }: Given): Promise<Tls> {
  const load = () =>
    credentialsOf(text(paths.cert), text(paths.key), { ...paths, now: clock.now() });
  const kept = new Kept(load());
  let loaded = await stampOf(paths);
  let seen = loaded;
  async function look(): Promise<void> {
    const stamp = await stampOf(paths);
    const isAtRest = stamp === seen;
    seen = stamp;
    // Two files don't change at once: what was changed just now may be half of a pair.
    if (stamp === loaded || !isAtRest) return;
    loaded = stamp;
    try {
      kept.current = load();
    } catch (error) {
      journal.error("certificate", error);
    }
  }
  const stop = every(clock, givenMs, () => void look());
  return kept.followed({ look, stop });
}

/** What changes when one of the files does. */
async function stampOf(paths: { readonly cert: string; readonly key: string }): Promise<string> {
  const stamps = [paths.cert, paths.key].map(async (path) => {
    try {
      const { mtime, size, ino } = await Deno.stat(path);
      return [mtime?.getTime(), size, ino].join(" ");
    } catch {
      return "none";
    }
  });
  return (await Promise.all(stamps)).join(" ");
}

function text(path: string): string {
  const found = read(path);
  if (found === undefined) throw new Error(`Cannot read "${path}": there is no such file`);
  return found;
}

function read(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot read "${path}": ${why}`, { cause: error });
  }
}

/** Whole or not at all, and for its owner only. */
async function put(path: string, content: string): Promise<void> {
  const unfinished = `${path}.new`;
  await Deno.remove(unfinished).catch(() => {});
  {
    using file = await Deno.open(unfinished, { createNew: true, write: true, mode: 0o600 });
    const bytes = new TextEncoder().encode(content);
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await file.sync();
  }
  await Deno.rename(unfinished, path);
}
