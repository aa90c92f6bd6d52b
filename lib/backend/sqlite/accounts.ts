/** The accounts, seen from the main thread. */

import type { Uid } from "../../names.ts";
import type { Accounts, Login, Mark, User } from "../../store.ts";
import { nameTaken, registered, requireStorable } from "../storable.ts";
import type { WorkQueue } from "./commit_queue.ts";
import type { Port } from "./port.ts";
import type { ReaderCalls } from "./reads.ts";
import type { Work } from "./work.ts";

/** Writes through the queue and reads from the reader. */
export class SqliteAccounts implements Accounts {
  readonly #queue: WorkQueue;
  readonly #reader: Port<ReaderCalls>;

  constructor(queue: WorkQueue, reader: Port<ReaderCalls>) {
    this.#queue = queue;
    this.#reader = reader;
  }

  holders(): Promise<readonly User[]> {
    return this.#reader.ask("holders", null);
  }

  async user(uid: Uid): Promise<User | undefined> {
    return (await this.users([uid]))[0];
  }

  users(uids: readonly Uid[]): Promise<readonly User[]> {
    return this.#reader.ask("users", uids);
  }

  async save(users: readonly User[]): Promise<void> {
    users.forEach(requireStorable);
    await this.#keep({ do: "save", users });
  }

  credential(uid: Uid): Promise<string | undefined> {
    return this.#reader.ask("credential", uid);
  }

  async saveAccount(user: User, credential: string): Promise<void> {
    requireStorable(user);
    requireStorable({ credential });
    await this.#keep({ do: "account", user, credential });
  }

  async saveCredential(uid: Uid, credential: string): Promise<void> {
    requireStorable({ credential });
    await this.#keep({ do: "credential", uid, credential });
  }

  login(hash: string): Promise<Login | undefined> {
    return this.#reader.ask("login", hash);
  }

  async saveLogin(login: Login): Promise<void> {
    requireStorable(login);
    await this.#keep({ do: "login", login });
  }

  async useLogin(login: Login): Promise<void> {
    requireStorable(login);
    await this.#keep({ do: "use login", login });
  }

  logins(uid: Uid): Promise<readonly Login[]> {
    return this.#reader.ask("logins", uid);
  }

  async dropLogins(hashes: readonly string[]): Promise<void> {
    await this.#keep({ do: "drop logins", hashes });
  }

  async forgetLogins(at: number): Promise<void> {
    await this.#keep({ do: "forget logins", at });
  }

  marks(uid: Uid): Promise<readonly Mark[]> {
    return this.#reader.ask("marks", uid);
  }

  async mark(uid: Uid, mark: Mark): Promise<void> {
    requireStorable(mark);
    await this.#keep({ do: "mark", uid, mark });
  }

  /**
   * @throws {ChatError} `disk_full`, `internal`, `name_taken`, `not_allowed`
   */
  async #keep(work: Work): Promise<void> {
    const outcome = await this.#queue.add(work);
    if ("failed" in outcome) throw outcome.failed;
    const { done } = outcome;
    if (done !== 0 && done.is === "name taken") throw nameTaken(done.key);
    if (done !== 0 && done.is === "registered") throw registered();
  }
}
