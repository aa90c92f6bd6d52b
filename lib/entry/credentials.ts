/**
 * Passwords of accounts: verified and made, as often as their bounds let anybody. What those see who
 * guess is the same, and takes as long, whether there is such an account or not.
 */

import { networkOf } from "../addresses.ts";
import { type Clock, pause } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { NameKey, Uid } from "../names.ts";
import type { Passwords } from "./passwords.ts";
import type { Accounts } from "../store.ts";
import { Throttle } from "./throttle.ts";
import { Turns, type Whose } from "./turns.ts";

/** What {@linkcode Credentials} needs. */
export interface CredentialsOptions {
  readonly accounts: Accounts;
  readonly passwords: Passwords;
  readonly clock: Clock;
}

/** Who tries a password, and for which name. */
export interface Attempt {
  readonly key: NameKey;
  /** Whose name it is; missing where it is no account's. */
  readonly uid: Uid | undefined;
  /** From where: an address, without a port. */
  readonly remote: string;
}

/** What an attempt is counted under, and how long its address has to wait. */
interface Admitted {
  readonly name: string;
  readonly address: string;
  readonly sharedMs: number;
}

/** Passwords under their bounds. */
export class Credentials {
  /** What was done since the start. */
  readonly counts = { hashes: 0, wrong: 0, slowed: 0 };
  readonly #options: CredentialsOptions;
  readonly #turns: Turns;
  readonly #byName: Throttle;
  readonly #byAddress: Throttle;
  readonly #registered: Throttle;
  /** Which names have come in lately, each with its address; the latest is the last. */
  readonly #home = new Set<string>();

  constructor(options: CredentialsOptions) {
    const { clock, passwords } = options;
    this.#options = options;
    this.#turns = new Turns(passwords.atOnce, limits.passwordsWaitingMax);
    this.#byName = new Throttle(clock, limits.wrongPasswordsByName);
    this.#byAddress = new Throttle(clock, limits.wrongPasswordsByAddress);
    this.#registered = new Throttle(clock, limits.registeredByAddress);
  }

  /**
   * Does `then` where the password is right, and before anything else is done with the passwords of
   * that name. Beyond the bounds the right one is refused as well. `wrong` says that it isn't right.
   *
   * @throws {ChatError} `bad_login`, `slow_down`; what `then` throws
   */
  async verified<T>(
    attempt: Attempt & { readonly wrong: string },
    password: string,
    then: () => Promise<T>,
  ): Promise<T> {
    const began = this.#options.clock.now();
    const admitted = await this.#admit(attempt, began);
    let isWrong = false;
    try {
      const right = await this.inTurn(attempt, async () => {
        isWrong = !await this.#isRight(attempt, password);
        return isWrong ? undefined : { value: await then() };
      });
      if (right) {
        this.cameIn(attempt);
        return right.value;
      }
    } finally {
      if (!isWrong) this.#forgive(admitted);
    }
    this.counts.wrong++;
    // Of a name that is known there, no more is told than of the others.
    if (admitted.sharedMs > 0) throw await this.#slowDown(began, admitted.sharedMs);
    throw new ChatError("bad_login", attempt.wrong);
  }

  /**
   * Makes of a new account's password what is kept, and does `then` with it.
   *
   * @throws {ChatError} `slow_down`; what `then` throws
   */
  async registered<T>(
    attempt: Attempt,
    password: string,
    then: (credential: string) => Promise<T>,
  ): Promise<T> {
    const address = networkOf(attempt.remote);
    const wait = this.#registered.wait(address);
    if (wait > 0) throw slowDown(wait, "Too many names were registered from your address");
    this.#registered.count(address, 1);
    try {
      return await this.inTurn(attempt, async () => then(await this.made(password)));
    } catch (error) {
      this.#registered.count(address, -1);
      throw error;
    }
  }

  /**
   * Does `then` when its turn comes, and while nothing else is done with the passwords of that name.
   *
   * @throws {ChatError} `slow_down`; what `then` throws
   */
  inTurn<T>(attempt: Omit<Attempt, "uid">, then: () => Promise<T>): Promise<T> {
    return this.#turns.take(whose(attempt), then);
  }

  /** What is kept of a password, made in a turn that was taken already. */
  made(password: string): Promise<string> {
    this.counts.hashes++;
    return this.#options.passwords.hash(password);
  }

  /** Somebody has shown that a name is theirs: what others do wrong there doesn't keep them out. */
  cameIn({ key, remote }: Omit<Attempt, "uid">): void {
    const name = nameAt(key, networkOf(remote));
    this.#home.delete(name);
    this.#home.add(name);
    if (this.#home.size <= limits.throttledMax) return;
    for (const oldest of this.#home) return void this.#home.delete(oldest);
  }

  /** Forgets what is forgiven; to be called now and then. */
  check(): void {
    for (const throttle of [this.#byName, this.#byAddress, this.#registered]) throttle.check();
  }

  /** Counts the attempt before its outcome is known: many at once are no way around the bounds. */
  async #admit({ key, remote }: Attempt, began: number): Promise<Admitted> {
    const address = networkOf(remote);
    const name = nameAt(key, address);
    const ownMs = this.#byName.wait(name);
    const sharedMs = this.#byAddress.wait(address);
    if (ownMs > 0 || (sharedMs > 0 && !this.#home.has(name))) {
      throw await this.#slowDown(began, Math.max(ownMs, sharedMs));
    }
    this.#byName.count(name, 1);
    this.#byAddress.count(address, 1);
    return { name, address, sharedMs };
  }

  #forgive({ name, address }: Admitted): void {
    this.#byName.count(name, -1);
    this.#byAddress.count(address, -1);
  }

  async #isRight({ uid }: Attempt, password: string): Promise<boolean> {
    const { accounts, passwords } = this.#options;
    // Looked for also where there is nobody: it is to take as long.
    const kept = await accounts.credential(uid ?? nobody);
    this.counts.hashes++;
    const isRight = await passwords.verify(password, kept ?? passwords.decoy);
    if (!isRight || uid === undefined || kept === undefined) return false;
    if (passwords.isWeak(kept)) await accounts.saveCredential(uid, await this.made(password));
    return true;
  }

  /** The refusal, after as long as any takes beyond the bounds. */
  async #slowDown(began: number, retryMs: number): Promise<ChatError> {
    const { clock } = this.#options;
    this.counts.slowed++;
    const took = clock.now() - began;
    if (took < limits.wrongPasswordMs) await pause(clock, limits.wrongPasswordMs - took);
    return slowDown(retryMs, "Too many wrong passwords came from your address");
  }
}

/** A uid that nobody has. */
const nobody = "" as Uid;

function slowDown(ms: number, why: string): ChatError {
  const seconds = Math.ceil(ms / 1000);
  const sentence = `${why}: try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return new ChatError("slow_down", sentence, { retryMs: ms });
}

function whose({ key, remote }: Omit<Attempt, "uid">): Whose {
  return { name: key, address: networkOf(remote) };
}

function nameAt(key: NameKey, address: string): string {
  return `${key} ${address}`;
}
