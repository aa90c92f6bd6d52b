/**
 * Who holds which name. A guest is the holder of a token: whoever shows it is that user again, on
 * as many devices as they like. A name is held while its user is connected and for a while after.
 */

import type { Bans } from "./bans.ts";
import { type Clock, randomText } from "./clock.ts";
import { ChatError } from "./errors.ts";
import type { Person } from "./events.ts";
import { type Bounds, limits } from "./limits.ts";
import {
  type ConversationId,
  isName,
  type NameKey,
  nameKey,
  type NameRule,
  nameRuleText,
  type Uid,
} from "./names.ts";
import type { Role } from "./command_row.ts";
import { newKnown, operatorName, operatorUid } from "./known.ts";
import { Logins, type Shown } from "./logins.ts";
import { keptName, type Ownership } from "./ownership.ts";
import type { Command } from "./protocol.ts";
import type { Accounts, User } from "./store.ts";

/** Something that hears what happens: a connected peer. */
export interface Listener {
  /** Queues whole lines. The bytes are shared and must not change. */
  hear(...lines: readonly Uint8Array[]): void;
  readonly uid: Uid;
  /** Where it is: an address, without a port. */
  readonly remote: string;
  /** The hash of the login that it came with; a guest for one request has none. */
  readonly login: string | undefined;
  /** Ends it after telling why; resolves when it is closed. */
  end(reason: ChatError): Promise<void>;
}

/** A user who holds a name. */
export interface Known {
  readonly uid: Uid;
  /** As events name them. */
  person: Person;
  key: NameKey;
  /** What they may do now. */
  role: Role;
  readonly listeners: Set<Listener>;
  /** The rooms that they have joined. */
  readonly rooms: Set<ConversationId>;
  /** With whom they have private conversations; missing where they have none that matter. */
  partners: Set<Uid> | undefined;
  away: string | undefined;
  /** When their last connection ended, or the server began without one; 0 while they have one. */
  goneAt: number;
  /** Of a guest who doesn't come back. */
  isOver: boolean;
  /** When they made the rooms of the last hour. */
  roomsMadeAt: readonly number[];
}

/** What `hello` comes to. */
export interface Welcome extends Shown {
  readonly known: Known;
  /** Whether nobody has seen them before. */
  readonly isNew: boolean;
  /** Their name before, where somebody else has it by now. */
  readonly renamedFrom?: string;
  /** The room that they have just been invited to. */
  readonly invited?: ConversationId;
  /** Whether they may have the name that is kept for the owner. */
  readonly mayOwn?: boolean;
}

/** What is known of somebody who comes, beside what they say. */
export interface Coming {
  /** Whether they may have the name that is kept for the owner. */
  readonly mayOwn?: boolean;
  /** Keeps what else is to be known of a new guest; called when it will be in one commit with them. */
  alsoKept?(uid: Uid): Promise<void>;
}

/** What {@linkcode People} needs. */
export interface PeopleOptions {
  readonly accounts: Accounts;
  /** Who may not come; nobody where nothing is said. */
  readonly bans?: Pick<Bans, "requireUser">;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly ownership: Pick<Ownership, "keeps">;
}

/** Everybody who holds a name, bounded by connections and the time that names outlive them. */
export class People {
  readonly logins: Logins;
  readonly #options: PeopleOptions;
  readonly #byUid = new Map<Uid, Known>();
  readonly #byKey = new Map<NameKey, Known>();
  #sorted: readonly Known[] | undefined;
  #online = 0;

  private constructor(options: PeopleOptions) {
    this.#options = options;
    this.logins = new Logins(options);
  }

  /** With those who held their names when the server stopped; their time begins anew. */
  static async load(options: PeopleOptions): Promise<People> {
    const people = new People(options);
    for (const user of await options.accounts.holders()) {
      people.#add(newKnown(user, options.clock.now()));
    }
    return people;
  }

  /** How many have a connection. */
  get online(): number {
    return this.#online;
  }

  /** How many hold a name. */
  get size(): number {
    return this.#byUid.size;
  }

  /** The bounds of users' names. */
  get nameRule(): NameRule {
    const { nameCharsMax, plainNames } = this.#options.bounds;
    return { charsMax: nameCharsMax, plain: plainNames };
  }

  /** The user who holds their name and is `uid`. */
  get(uid: Uid): Known | undefined {
    return this.#byUid.get(uid);
  }

  /** What somebody may do on the server. */
  roleOf(uid: Uid): Role {
    return uid === operatorUid ? "owner" : this.#byUid.get(uid)?.role ?? "guest";
  }

  /** The user who holds this name. */
  holder(name: string): Known | undefined {
    return this.#byKey.get(nameKey(name));
  }

  /** A user, also one whose name isn't held any more. */
  async user(uid: Uid): Promise<Person | undefined> {
    const known = this.#byUid.get(uid);
    if (known) return known.person;
    const user = await this.#options.accounts.user(uid);
    return user && { user: user.name, uid };
  }

  /** How many have made their names theirs. */
  get accounts(): number {
    return this.#count((role) => role !== "guest");
  }

  /** How many may do everything. */
  get owners(): number {
    return this.#count((role) => role === "owner");
  }

  /** All, by their names. */
  sorted(): readonly Known[] {
    this.#sorted ??= [...this.#byUid.values()].sort((a, b) => a.key < b.key ? -1 : 1);
    return this.#sorted;
  }

  /**
   * Who is there: the user of the token, or a new guest.
   *
   * @throws {ChatError} `bad_login`, `name_invalid`, `name_taken`, `disk_full`, `unavailable`
   */
  async hello(hello: Command<"hello">, coming: Coming = {}): Promise<Welcome> {
    return hello.token === undefined
      ? await this.#newGuest(hello, coming)
      : await this.#again(hello.token, { agent: "", ...hello }, coming);
  }

  /** An account may come in, whose password was right: on a device of its own, with a new token. */
  async logIn(known: Known, agent: string): Promise<Welcome> {
    return { known, ...await this.logins.make(known.uid, agent), isNew: false };
  }

  /**
   * The user of a token, who is there for a moment only.
   *
   * @throws {ChatError} `bad_login`, `name_taken` where their name is somebody else's by now,
   * `disk_full`, `unavailable`
   */
  async ofToken(token: string): Promise<Welcome> {
    return await this.#again(token, {}, {});
  }

  /** From now on `known` may do what this role may. */
  async setRole(known: Known, role: Role): Promise<void> {
    const before = known.role;
    known.role = role;
    try {
      await this.#options.accounts.save([userOf(known, true)]);
    } catch (error) {
      known.role = before;
      throw error;
    }
  }

  /** A guest doesn't come back: their name ends with their connections. */
  retire(known: Known): void {
    known.isOver = true;
  }

  /** A connection of `known` begins; whether it is their first. */
  enter(known: Known, listener: Listener): boolean {
    known.listeners.add(listener);
    known.goneAt = 0;
    if (known.listeners.size > 1) return false;
    this.#online++;
    return true;
  }

  /** A connection of `known` has ended; whether it was their last. */
  exit(known: Known, listener: Listener): boolean {
    if (!known.listeners.delete(listener) || known.listeners.size > 0) return false;
    known.goneAt = this.#options.clock.now();
    known.away = undefined;
    this.#online--;
    return true;
  }

  /** The guests whose time is over, and the longest gone where too many names are held. */
  overdue(): readonly Known[] {
    const now = this.#options.clock.now();
    const gone = [...this.#byUid.values()].filter(({ goneAt, role }) =>
      goneAt > 0 && role === "guest"
    );
    const guests = this.#count((role) => role === "guest");
    const tooMany = guests - this.#options.bounds.connectionsMax * 2;
    const oldest = tooMany > 0
      ? gone.toSorted((a, b) => a.goneAt - b.goneAt).slice(0, tooMany)
      : [];
    const late = gone.filter(({ goneAt, isOver }) => isOver || now - goneAt >= limits.guestGraceMs);
    return [...new Set([...late, ...oldest])];
  }

  /**
   * Gives up the name of somebody without a connection; nothing happens where they are back, or
   * where that was done already: by now it may be somebody else's.
   */
  async release(known: Known): Promise<void> {
    if (known.goneAt === 0 || known.role !== "guest") return;
    if (this.#byUid.get(known.uid) !== known) return;
    this.#remove(known);
    try {
      await this.#options.accounts.save([userOf(known, false)]);
    } catch (error) {
      if (!this.#byKey.has(known.key)) this.#add(known);
      throw error;
    }
  }

  async #newGuest(
    { user: name = "", agent = "" }: Pick<Command<"hello">, "user" | "agent">,
    { mayOwn, alsoKept = () => Promise.resolve() }: Coming,
  ): Promise<Welcome> {
    const key = this.#freeKey(name, mayOwn);
    const user: User = { uid: randomText(9) as Uid, name, key, role: "guest", holds: true };
    const known = newKnown(user, this.#options.clock.now());
    this.#add(known);
    try {
      const [login] = await Promise.all([
        this.logins.make(known.uid, agent),
        this.#options.accounts.save([user]),
        alsoKept(known.uid),
      ]);
      return { known, ...login, isNew: true };
    } catch (error) {
      this.#remove(known);
      throw error;
    }
  }

  async #again(
    token: string,
    { user: wanted, agent }: Pick<Command<"hello">, "user" | "agent">,
    { mayOwn }: Coming,
  ): Promise<Welcome> {
    const login = await this.logins.find(token);
    if (login === undefined) {
      const why = "this login is unknown, too old, or was ended";
      throw new ChatError(
        "bad_login",
        `Cannot log in: ${why}; come with a password, or as a guest`,
      );
    }
    const { uid, hash } = login;
    this.#options.bans?.requireUser(uid);
    const held = this.#byUid.get(uid);
    // They are on their way: their time may not end before they are here.
    if (held && held.goneAt > 0) held.goneAt = this.#options.clock.now();
    const welcome = held ? { known: held } : await this.#revive(uid, { wanted, mayOwn });
    await this.logins.use(login, agent);
    return { ...welcome, token, login: hash, isNew: false };
  }

  /** Gives a user whose name is no longer held theirs again, or the one they want now. */
  async #revive(
    uid: Uid,
    { wanted, mayOwn = false }: { readonly wanted?: string; readonly mayOwn?: boolean },
  ): Promise<{ known: Known; renamedFrom?: string }> {
    const user = await this.#options.accounts.user(uid);
    if (user === undefined) throw new ChatError("bad_login", "Cannot log in: the user is gone");
    const back = this.#byUid.get(uid);
    if (back) return { known: back };
    const isKept = this.#options.ownership.keeps(user.key) && !mayOwn;
    const isFree = !this.#byKey.has(user.key) && !isKept;
    const name = isFree || wanted === undefined ? user.name : wanted;
    const key = this.#freeKey(name, mayOwn);
    const known = newKnown({ ...user, name, key }, this.#options.clock.now());
    this.#add(known);
    try {
      await this.#options.accounts.save([userOf(known, true)]);
    } catch (error) {
      this.#remove(known);
      throw error;
    }
    return name === user.name ? { known } : { known, renamedFrom: user.name };
  }

  #freeKey(name: string, mayOwn = false): NameKey {
    if (!isName(name, this.nameRule)) {
      const rule = nameRuleText(this.nameRule);
      throw new ChatError(
        "name_invalid",
        `Cannot be called ${JSON.stringify(name)}: a name is ${rule}`,
      );
    }
    const key = nameKey(name);
    const holder = this.#byKey.get(key);
    if (holder) throw takenName(name, holder);
    const isOwners = this.#options.ownership.keeps(key);
    if (isOwners && !mayOwn) throw keptName(name);
    // Who owns the server is no impostor.
    if (!isOwners && key === nameKey(operatorName)) throw operatorsName(name);
    return key;
  }

  #count(fits: (role: Role) => boolean): number {
    let count = 0;
    for (const { role } of this.#byUid.values()) if (fits(role)) count++;
    return count;
  }

  #add(known: Known): void {
    this.#byUid.set(known.uid, known);
    this.#byKey.set(known.key, known);
    this.#sorted = undefined;
  }

  #remove(known: Known): void {
    this.#byUid.delete(known.uid);
    this.#byKey.delete(known.key);
    this.#sorted = undefined;
  }
}

function takenName(name: string, { role }: Known): ChatError {
  if (role === "guest") {
    return new ChatError("name_taken", `The name "${name}" is taken: choose another one`);
  }
  const how = "log in with its password, or choose another name";
  return new ChatError("name_taken", `The name "${name}" belongs to an account: ${how}`, {
    account: true,
  });
}

function operatorsName(name: string): ChatError {
  const whose = "what whoever runs the server is called in rooms";
  return new ChatError("name_taken", `The name "${name}" is ${whose}: choose another one`);
}

/** As it is kept. */
export function userOf({ uid, person, key, role }: Known, holds: boolean): User {
  return { uid, name: person.user, key, role, holds };
}
