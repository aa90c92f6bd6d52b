/** The logins: each brings its user back on one device, by a token of which only a hash is kept. */

import { type Clock, randomText } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { Uid } from "../names.ts";
import type { Accounts, Login } from "../store.ts";

/** A login that has just been made, or was shown. */
export interface Shown {
  /** What brings the user back. */
  readonly token: string;
  /** The hash of that, by which the login is known. */
  readonly login: string;
}

/** What {@linkcode Logins} need. */
export interface LoginsOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  /** The other nodes, where there are any. */
  readonly nodes?: unknown;
}

/** When a login was used last is kept about so exactly. */
const usedMs = 60_000;
/** Whoever was let in with a login is there by then, or doesn't come. */
const comingMs = 10 * 60_000;

/** Every device's. */
export class Logins {
  readonly #options: LoginsOptions;
  /** When logins ended, by their hashes: somebody may be on their way in with one. The latest is last. */
  readonly #ended = new Map<string, number>();

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  /** A new one. */
  async make(uid: Uid, agent: string): Promise<Shown> {
    const { accounts, clock } = this.#options;
    const token = randomText(24);
    const login = await hashOf(token);
    await accounts.saveLogin({ hash: login, uid, agent, at: clock.now() });
    return { token, login };
  }

  /** The one of a token, where it is good. */
  async find(token: string): Promise<Login | undefined> {
    const { accounts, clock } = this.#options;
    const login = await accounts.login(await hashOf(token));
    return login && clock.now() - login.at <= limits.tokenMs ? login : undefined;
  }

  /** One is used now: with `agent`, by what calls itself so; without, for a moment only. */
  async use(login: Login, agent: string | undefined): Promise<void> {
    const { accounts, clock, nodes } = this.#options;
    // What is used again and again for a moment is kept as used now and then.
    if (agent === undefined && clock.now() - login.at < usedMs) return;
    const used = accounts.useLogin({ ...login, agent: agent ?? login.agent, at: clock.now() });
    // Where other nodes can't be reached, whoever has a login comes in all the same.
    if (nodes) used.catch(() => {});
    else await used;
  }

  /** Some have ended, and aren't kept any more. */
  end(hashes: readonly string[]): void {
    for (const hash of hashes) this.#ended.set(hash, this.#options.clock.now());
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= limits.loginsEndedMax) return;
      this.#ended.delete(oldest);
    }
  }

  /** Why whoever was let in with a login may not stay, where it has ended meanwhile. */
  whyOver(hash: string): ChatError | undefined {
    if (!this.#ended.has(hash)) return undefined;
    return new ChatError("revoked", "This login has just been ended: log in again");
  }

  /** How many are remembered that have ended. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Forgets those that nobody can be on their way with; to be called now and then. */
  check(): void {
    const now = this.#options.clock.now();
    for (const [hash, at] of this.#ended) if (now - at > comingMs) this.#ended.delete(hash);
  }
}

async function hashOf(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true });
}
