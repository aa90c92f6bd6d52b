/**
 * Who holds which name. A guest is the holder of a token: whoever shows it is that user again, on
 * as many devices as they like. A name is held while its user is connected and for a while after.
 */

import type { Bans } from "./entry/bans.ts";
import type { Coming, Learned, Welcome } from "./entry/coming.ts";
import { type Clock, randomText } from "./clock.ts";
import { Elsewhere } from "./nodes/elsewhere.ts";
import { ChatError } from "./errors.ts";
import type { Person } from "./events.ts";
import { Holders } from "./holders.ts";
import { type Bounds, limits } from "./limits.ts";
import { isName, type NameKey, nameKey, type NameRule, nameRuleText, type Uid } from "./names.ts";
import type { NodeId, Nodes } from "./nodes.ts";
import type { Role } from "./wire/command_row.ts";
import {
  type Known,
  type Listener,
  newKnown,
  operatorName,
  operatorUid,
  takenName,
  userOf,
} from "./known.ts";
import { Logins } from "./entry/logins.ts";
import { keptName, type Ownership } from "./entry/ownership.ts";
import type { Command } from "./protocol.ts";
import type { Accounts, Login, User } from "./store.ts";

/** What {@linkcode People} needs. */
export interface PeopleOptions {
  readonly accounts: Accounts;
  /** Who may not come; nobody where nothing is said. */
  readonly bans?: Pick<Bans, "requireUser">;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly ownership: Pick<Ownership, "keeps">;
  /** The other nodes, where there are any. */
  readonly nodes?: Pick<Nodes, "caughtUp">;
}

/** Everybody who holds a name, bounded by connections and the time that names outlive them. */
export class People {
  readonly logins: Logins;
  /** Who is connected to other nodes. */
  readonly elsewhere = new Elsewhere();
  readonly #options: PeopleOptions;
  readonly #holders = new Holders();
  #online = 0;

  private constructor(options: PeopleOptions) {
    this.#options = options;
    this.logins = new Logins(options);
  }

  /** With those who held their names when the server stopped; their time begins anew. */
  static async load(options: PeopleOptions): Promise<People> {
    const people = new People(options);
    for (const user of await options.accounts.holders()) {
      people.#holders.add(newKnown(user, options.clock.now()));
    }
    return people;
  }

  /** How many have a connection, to whichever node. */
  get online(): number {
    return this.#online;
  }

  /** Whether somebody has a connection, to whichever node. */
  isOnline({ uid, listeners }: Pick<Known, "uid" | "listeners">): boolean {
    return listeners.size > 0 || this.elsewhere.has(uid);
  }

  /** How many hold a name. */
  get size(): number {
    return this.#holders.size;
  }

  /** The bounds of users' names. */
  get nameRule(): NameRule {
    const { nameCharsMax, plainNames } = this.#options.bounds;
    return { charsMax: nameCharsMax, plain: plainNames };
  }

  /** The user who holds their name and is `uid`. */
  get(uid: Uid): Known | undefined {
    return this.#holders.get(uid);
  }

  /** What somebody may do on the server. */
  roleOf(uid: Uid): Role {
    return uid === operatorUid ? "owner" : this.get(uid)?.role ?? "guest";
  }

  /** The user who holds this name. */
  holder(name: string): Known | undefined {
    return this.#holders.called(nameKey(name));
  }

  /** A user, also one whose name isn't held any more. */
  async user(uid: Uid): Promise<Person | undefined> {
    const known = this.get(uid);
    if (known) return known.person;
    const user = await this.#options.accounts.user(uid);
    return user && { user: user.name, uid };
  }

  /** How many have made their names theirs. */
  get accounts(): number {
    return this.#holders.count((role) => role !== "guest");
  }

  /** How many may do everything. */
  get owners(): number {
    return this.#holders.count((role) => role === "owner");
  }

  /** All, by their names. */
  sorted(): readonly Known[] {
    return this.#holders.sorted();
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
    // Another node may have said otherwise meanwhile, but before this was kept.
    known.role = role;
  }

  /** A guest doesn't come back: their name ends with their connections. */
  retire(known: Known): void {
    known.isOver = true;
  }

  /** A connection of `known` begins; whether it is their first, to whichever node. */
  enter(known: Known, listener: Listener): boolean {
    const wasOnline = this.isOnline(known);
    known.listeners.add(listener);
    if (wasOnline) return false;
    known.away = undefined;
    // For a node that doesn't know that they were gone.
    known.awayAt = Math.max(this.#options.clock.now(), known.awayAt + 1);
    return this.#came(known);
  }

  /** A connection of `known` has ended; whether it was their last, to whichever node. */
  exit(known: Known, listener: Listener): boolean {
    return known.listeners.delete(listener) && !this.isOnline(known) && this.#went(known);
  }

  /** Somebody is connected to another node; who they are, where they weren't anywhere before. */
  cameElsewhere(node: NodeId, uid: Uid): Known | undefined {
    const known = this.get(uid);
    const wasOnline = known === undefined || this.isOnline(known);
    this.elsewhere.add(node, uid);
    return !wasOnline && this.#came(known) ? known : undefined;
  }

  /** Somebody isn't connected to another node any more; who they are, where they are gone. */
  wentElsewhere(node: NodeId, uid: Uid): Known | undefined {
    const known = this.get(uid);
    const wasOnline = known !== undefined && this.isOnline(known);
    this.elsewhere.remove(node, uid);
    return wasOnline && !this.isOnline(known) && this.#went(known) ? known : undefined;
  }

  /** Another node has kept users: they are so here, too. */
  learn(users: readonly User[]): Learned {
    const came: Known[] = [];
    const lost: Known[] = [];
    const became: Known[] = [];
    for (const user of users) {
      const known = this.get(user.uid);
      if (known && user.holds && known.role !== user.role) became.push(known);
      if (known && user.holds) this.#holders.change(known, user);
      if (!known && user.holds) came.push(...this.#learnNew(user));
      if (known && !user.holds) lost.push(this.#lose(known));
    }
    return { came, lost, became };
  }

  /** The guests whose time is over, and the longest gone where too many names are held. */
  overdue(): readonly Known[] {
    const now = this.#options.clock.now();
    const gone = [...this.#holders.all()].filter(({ goneAt, role }) =>
      goneAt > 0 && role === "guest"
    );
    const guests = this.#holders.count((role) => role === "guest");
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
    if (this.get(known.uid) !== known) return;
    const { isOver } = known;
    known.isOver = true;
    this.#holders.remove(known);
    try {
      await this.#options.accounts.save([userOf(known, false)]);
    } catch (error) {
      if (!this.#holders.called(known.key)) this.#holders.add(known);
      known.isOver = isOver;
      throw error;
    }
  }

  async #newGuest(
    { user: name = "", agent = "" }: Pick<Command<"hello">, "user" | "agent">,
    { mayOwn, alsoKept = () => Promise.resolve() }: Coming,
  ): Promise<Welcome> {
    const key = this.#freeKey(name, mayOwn);
    const user: User = { uid: randomText(9) as Uid, name, key, role: "guest", holds: true };
    const { known, kept: login } = await this.#hold(user, () => {
      const { uid } = user;
      return Promise.all([this.logins.make(uid, agent), alsoKept(uid)]).then(([login]) => login);
    });
    return { known, ...login, isNew: true };
  }

  async #again(
    token: string,
    { user: wanted, agent }: Pick<Command<"hello">, "user" | "agent">,
    { mayOwn }: Coming,
  ): Promise<Welcome> {
    const login = await this.loginOf(token);
    if (login === undefined) {
      const why = "this login is unknown, too old, or was ended";
      throw new ChatError(
        "bad_login",
        `Cannot log in: ${why}; come with a password, or as a guest`,
      );
    }
    const { uid, hash } = login;
    this.#options.bans?.requireUser(uid);
    const held = this.get(uid);
    // They are on their way: their time may not end before they are here.
    if (held && held.goneAt > 0) held.goneAt = this.#options.clock.now();
    const welcome = held ? { known: held } : await this.#revive(uid, { wanted, mayOwn });
    await this.logins.use(login, agent);
    return { ...welcome, token, login: hash, isNew: false };
  }

  /** What a token lets in with, where it does. */
  async loginOf(token: string): Promise<Login | undefined> {
    const login = await this.logins.find(token);
    if (login !== undefined || !this.#options.nodes) return login;
    // It may have just been made on another node.
    await this.#options.nodes.caughtUp();
    return await this.logins.find(token);
  }

  /** Gives a user whose name is no longer held theirs again, or the one they want now. */
  async #revive(
    uid: Uid,
    { wanted, mayOwn = false }: { readonly wanted?: string; readonly mayOwn?: boolean },
  ): Promise<{ known: Known; renamedFrom?: string }> {
    const user = await this.#options.accounts.user(uid);
    if (user === undefined) throw new ChatError("bad_login", "Cannot log in: the user is gone");
    const back = this.get(uid);
    if (back) return { known: back };
    const isKept = this.#options.ownership.keeps(user.key) && !mayOwn;
    const isFree = !this.#holders.called(user.key) && !isKept;
    const name = isFree || wanted === undefined ? user.name : wanted;
    const key = this.#freeKey(name, mayOwn);
    const { known } = await this.#hold({ ...user, name, key, holds: true }, () => {
      return Promise.resolve();
    });
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
    const holder = this.#holders.called(key);
    if (holder) throw takenName(name, holder);
    const isOwners = this.#options.ownership.keeps(key);
    if (isOwners && !mayOwn) throw keptName(name);
    // Who owns the server is no impostor.
    if (!isOwners && key === nameKey(operatorName)) throw operatorsName(name);
    return key;
  }

  /** Gives a user the name that is theirs from now on, and keeps that with what belongs to it. */
  async #hold<T>(
    user: User,
    alsoKept: () => Promise<T>,
  ): Promise<{ readonly known: Known; readonly kept: T }> {
    const { accounts, clock } = this.#options;
    const known = newKnown(user, clock.now());
    this.#holders.add(known);
    const saved = accounts.save([user]);
    try {
      const [kept] = await Promise.all([alsoKept(), saved]);
      // What other nodes have said of them meanwhile was kept before this.
      if (!known.isOver) this.#holders.change(known, user);
      return { known, kept };
    } catch (error) {
      this.#holders.remove(known);
      // Where it is kept, and what belongs to it isn't, they don't have it after all.
      await saved.then(() => accounts.save([userOf(known, false)])).catch(() => {});
      const holder = this.#holders.called(user.key);
      const isTaken = error instanceof ChatError && error.code === "name_taken";
      throw isTaken && holder ? takenName(user.name, holder) : error;
    }
  }

  #learnNew(user: User): readonly Known[] {
    const known = newKnown(user, this.#options.clock.now());
    this.#holders.add(known);
    return this.isOnline(known) && this.#came(known) ? [known] : [];
  }

  #lose(known: Known): Known {
    if (this.isOnline(known)) this.#online--;
    this.#holders.remove(known);
    return known;
  }

  #came(known: Known): boolean {
    known.goneAt = 0;
    if (this.get(known.uid) !== known) return false;
    this.#online++;
    return true;
  }

  #went(known: Known): boolean {
    known.goneAt = this.#options.clock.now();
    if (this.get(known.uid) !== known) return false;
    this.#online--;
    return true;
  }
}

function operatorsName(name: string): ChatError {
  const whose = "what whoever runs the server is called in rooms";
  return new ChatError("name_taken", `The name "${name}" is ${whose}: choose another one`);
}
