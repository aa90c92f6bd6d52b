/**
 * The saved login: who one was at a server, in a folder that only its owner can read. A lock tells
 * a second client on the machine that the name is in use.
 */

import { join } from "@std/path";
import { checkFields, isObject, note, opaque } from "../wire/fields.ts";
import { closeLocked } from "../file_lock.ts";
import { nameKey, type Uid } from "../names.ts";

/** Who one was at a server. */
export interface SavedLogin {
  readonly user: string;
  readonly uid: Uid;
  readonly token: string;
}

const loginFields = { user: note(256), uid: opaque<Uid>(), token: note(200) } as const;

/** What became of opening a login. */
export type LoginOpened =
  | { readonly is: "open"; readonly login: LoginFile; readonly said?: string }
  /** Another client on this machine uses it. */
  | { readonly is: "taken" }
  /** The folder can't be used: the sentence says why. */
  | { readonly is: "unusable"; readonly sentence: string };

/** Which login is meant. */
export interface LoginName {
  /** The folder that logins are in. */
  readonly folder: string;
  /** `host:port`. */
  readonly server: string;
  readonly user: string;
}

/** One saved login, locked while it is open. Without the lock it is only read. */
export class LoginFile implements Disposable {
  readonly #path: string;
  readonly #lock: Deno.FsFile | undefined;
  #saved: SavedLogin | undefined;

  constructor(path: string, lock: Deno.FsFile | undefined, saved: SavedLogin | undefined) {
    this.#path = path;
    this.#lock = lock;
    this.#saved = saved;
  }

  get saved(): SavedLogin | undefined {
    return this.#saved;
  }

  /** Where what belongs to this login is kept, each with an ending; `undefined`: nowhere. */
  get beside(): string | undefined {
    return this.isOurs ? this.#path.replace(/\.json$/, "") : undefined;
  }

  /** Whether this client is the one that keeps it. */
  get isOurs(): boolean {
    return this.#lock !== undefined;
  }

  /** Goes on without what was saved: the server no longer takes it. */
  forget(): void {
    this.#saved = undefined;
  }

  /** Removes it for good, whoever keeps it: with its token nobody comes in any more. */
  remove(): void {
    const token = this.#saved?.token;
    this.#saved = undefined;
    if (token === undefined || this.#path === "" || read(this.#path).saved?.token !== token) return;
    Deno.removeSync(this.#path);
  }

  /** Keeps a login, whole or not at all; only with the lock. */
  keep(login: SavedLogin): void {
    const { user, uid, token } = this.#saved ?? {};
    if (user === login.user && uid === login.uid && token === login.token) return;
    this.#saved = login;
    if (this.#lock === undefined) return;
    const text = JSON.stringify({ user: login.user, uid: login.uid, token: login.token });
    const unfinished = `${this.#path}.new`;
    Deno.writeTextFileSync(unfinished, `${text}\n`, { mode: 0o600 });
    Deno.renameSync(unfinished, this.#path);
  }

  [Symbol.dispose](): void {
    if (this.#lock) closeLocked(this.#lock);
  }
}

/**
 * Opens the login of a user at a server. With `share` it is read and not locked: for one more
 * device of the same user.
 */
export async function openLogin(
  name: LoginName,
  options: { readonly share?: boolean } = {},
): Promise<LoginOpened> {
  const path = join(name.folder, await fileName(name));
  try {
    Deno.mkdirSync(name.folder, { recursive: true, mode: 0o700 });
    const lock = options.share ? undefined : await lockOf(`${path}.lock`);
    if (lock === "taken") return { is: "taken" };
    const { saved, said } = read(path);
    const login = new LoginFile(path, lock, saved);
    return said === undefined ? { is: "open", login } : { is: "open", login, said };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `Cannot keep your login in "${name.folder}": ${why}`;
    return { is: "unusable", sentence };
  }
}

/** A login that isn't kept: for folders that can't be used. */
export function unkeptLogin(): LoginFile {
  return new LoginFile("", undefined, undefined);
}

async function lockOf(path: string): Promise<Deno.FsFile | "taken"> {
  const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  if (await file.tryLock(true)) return file;
  file.close();
  return "taken";
}

function read(path: string): { readonly saved?: SavedLogin; readonly said?: string } {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  const saved = parse(text);
  if (saved !== undefined) return { saved };
  const aside = `${path}.damaged`;
  Deno.renameSync(path, aside);
  return { said: `The saved login was damaged and is now "${aside}": going on without it` };
}

function parse(text: string): SavedLogin | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? checkFields(loginFields, value) : undefined;
  } catch {
    return undefined;
  }
}

/** A name that any file system takes, told apart by a digest. */
async function fileName({ server, user }: LoginName): Promise<string> {
  const key = `${server.toLowerCase()} ${nameKey(user)}`;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  const digest = hash.toHex().slice(0, 12);
  const readable = nameKey(user).replace(/[^a-z0-9_-]/g, "").slice(0, 32);
  return `login-${readable === "" ? "user" : readable}-${digest}.json`;
}
