/** Users, logins and marks in maps. */

import type { ConversationId, NameKey, Uid } from "../../names.ts";
import type { Accounts, Login, Mark, User } from "../../store.ts";
import { nameTaken, registered, requireStorable } from "../storable.ts";
import type { MemoryLog } from "./log.ts";

/** Who everybody is; asks the log who has said something. */
export class MemoryAccounts implements Accounts {
  readonly #log: MemoryLog;
  readonly #users = new Map<Uid, User>();
  readonly #credentials = new Map<Uid, string>();
  readonly #logins = new Map<string, Login>();
  readonly #marks = new Map<Uid, Map<ConversationId, number>>();

  constructor(log: MemoryLog) {
    this.#log = log;
  }

  holders(): Promise<readonly User[]> {
    return Promise.resolve([...this.#users.values()].filter(({ holds }) => holds));
  }

  user(uid: Uid): Promise<User | undefined> {
    return Promise.resolve(this.#users.get(uid));
  }

  users(uids: readonly Uid[]): Promise<readonly User[]> {
    return Promise.resolve(uids.flatMap((uid) => this.#users.get(uid) ?? []));
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async save(users: readonly User[]): Promise<void> {
    this.#save(users);
  }

  #save(users: readonly User[]): void {
    users.forEach(requireStorable);
    const saved = new Set(users.map(({ uid }) => uid));
    const held = new Set<NameKey>();
    for (const { uid, key, holds } of this.#users.values()) {
      if (holds && !saved.has(uid)) held.add(key);
    }
    for (const { key, holds } of users) {
      if (holds && held.has(key)) throw nameTaken(key);
      if (holds) held.add(key);
    }
    for (const { uid, name, key, role, holds } of users) {
      this.#users.set(uid, { uid, name, key, role, holds });
      if (role === "guest") this.#credentials.delete(uid);
    }
  }

  credential(uid: Uid): Promise<string | undefined> {
    return Promise.resolve(this.#credentials.get(uid));
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async saveAccount(user: User, credential: string): Promise<void> {
    requireStorable({ credential });
    if (this.#credentials.has(user.uid)) throw registered();
    this.#save([user]);
    this.#credentials.set(user.uid, credential);
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async saveCredential(uid: Uid, credential: string): Promise<void> {
    requireStorable({ credential });
    if (this.#credentials.has(uid)) this.#credentials.set(uid, credential);
  }

  login(hash: string): Promise<Login | undefined> {
    return Promise.resolve(this.#logins.get(hash));
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async saveLogin(login: Login): Promise<void> {
    requireStorable(login);
    this.#logins.set(login.hash, { ...login });
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async useLogin(login: Login): Promise<void> {
    requireStorable(login);
    if (this.#logins.has(login.hash)) this.#logins.set(login.hash, { ...login });
  }

  logins(uid: Uid): Promise<readonly Login[]> {
    const logins = [...this.#logins.values()].filter((login) => login.uid === uid);
    return Promise.resolve(logins.sort((one, other) => other.at - one.at));
  }

  dropLogins(hashes: readonly string[]): Promise<void> {
    for (const hash of hashes) this.#logins.delete(hash);
    return Promise.resolve();
  }

  async forgetLogins(at: number): Promise<void> {
    for (const { hash, at: used } of this.#logins.values()) {
      if (used < at) this.#logins.delete(hash);
    }
    const reachable = new Set([...this.#logins.values()].map(({ uid }) => uid));
    for (const { uid, holds } of this.#users.values()) {
      if (holds || reachable.has(uid) || this.#log.speakers.has(uid)) continue;
      if ((await this.#log.pairs(uid, 1)).length > 0) continue;
      this.#users.delete(uid);
      this.#marks.delete(uid);
      this.#credentials.delete(uid);
    }
  }

  marks(uid: Uid): Promise<readonly Mark[]> {
    const marks = [...this.#marks.get(uid) ?? []];
    return Promise.resolve(marks.map(([conversation, seq]) => ({ conversation, seq })));
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async mark(uid: Uid, mark: Mark): Promise<void> {
    requireStorable(mark);
    const marks = this.#marks.get(uid) ?? new Map<ConversationId, number>();
    marks.set(mark.conversation, Math.max(mark.seq, marks.get(mark.conversation) ?? 0));
    this.#marks.set(uid, marks);
  }
}
