/**
 * Who holds which name. A guest is the holder of a token: whoever shows it is that user again, on
 * as many devices as they like. A name is held while its user is connected and for a while after.
 */

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
import type { Command } from "./protocol.ts";
import type { Accounts, User } from "./store.ts";

/** Something that hears what happens: a connected peer. */
export interface Listener {
  /** Queues whole lines. The bytes are shared and must not change. */
  hear(...lines: readonly Uint8Array[]): void;
  readonly uid: Uid;
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
  /** When they made the rooms of the last hour. */
  roomsMadeAt: readonly number[];
}

/** What `hello` comes to. */
export interface Welcome {
  readonly known: Known;
  /** What brings this user back. */
  readonly token: string;
  /** The hash of that, by which the login is known. */
  readonly login: string;
  /** Whether nobody has seen them before. */
  readonly isNew: boolean;
  /** Their name before, where somebody else has it by now. */
  readonly renamedFrom?: string;
  /** The room that they have just been invited to. */
  readonly invited?: ConversationId;
}

/** What {@linkcode People} needs. */
export interface PeopleOptions {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly bounds: Bounds;
}

/** When a token was used last is kept about so exactly. */
const usedMs = 60_000;

/** Everybody who holds a name, bounded by connections and the time that names outlive them. */
export class People {
  readonly #options: PeopleOptions;
  readonly #byUid = new Map<Uid, Known>();
  readonly #byKey = new Map<NameKey, Known>();
  #sorted: readonly Known[] | undefined;
  #online = 0;

  private constructor(options: PeopleOptions) {
    this.#options = options;
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

  /** All, by their names. */
  sorted(): readonly Known[] {
    this.#sorted ??= [...this.#byUid.values()].sort((a, b) => a.key < b.key ? -1 : 1);
    return this.#sorted;
  }

  /**
   * Who is there: the user of the token, or a new guest. `alsoKept` keeps what else is to be known of
   * a new one, and is called when it will be in one commit with them.
   *
   * @throws {ChatError} `bad_login`, `name_invalid`, `name_taken`, `disk_full`, `unavailable`
   */
  async hello(
    command: Command<"hello">,
    alsoKept?: (uid: Uid) => Promise<void>,
  ): Promise<Welcome> {
    const { token, user, agent = "" } = command;
    return token === undefined
      ? await this.#newGuest(user, agent, alsoKept)
      : await this.#again(token, user, agent);
  }

  /**
   * The user of a token, who is there for a moment only.
   *
   * @throws {ChatError} `bad_login`, `name_taken` where their name is somebody else's by now,
   * `disk_full`, `unavailable`
   */
  async ofToken(token: string): Promise<Welcome> {
    return await this.#again(token, undefined, undefined);
  }

  /** Whether a token would bring its user back. */
  async isLogin(token: string): Promise<boolean> {
    const { accounts, clock } = this.#options;
    const login = await accounts.login(await hashOf(token));
    return login !== undefined && clock.now() - login.at <= limits.tokenMs;
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
    const tooMany = this.#byUid.size - this.#options.bounds.connectionsMax * 2;
    const oldest = tooMany > 0
      ? gone.toSorted((a, b) => a.goneAt - b.goneAt).slice(0, tooMany)
      : [];
    const late = gone.filter(({ goneAt }) => now - goneAt >= limits.guestGraceMs);
    return [...new Set([...late, ...oldest])];
  }

  /** Gives up the name of somebody without a connection; nothing happens where they are back. */
  async release(known: Known): Promise<void> {
    if (known.goneAt === 0) return;
    this.#remove(known);
    try {
      await this.#options.accounts.save([userOf(known, false)]);
    } catch (error) {
      if (!this.#byKey.has(known.key)) this.#add(known);
      throw error;
    }
  }

  async #newGuest(
    name: string | undefined,
    agent: string,
    alsoKept: (uid: Uid) => Promise<void> = () => Promise.resolve(),
  ): Promise<Welcome> {
    const key = this.#freeKey(name ?? "");
    const user: User = {
      uid: randomText(9) as Uid,
      name: name ?? "",
      key,
      role: "guest",
      holds: true,
    };
    const known = newKnown(user, this.#options.clock.now());
    this.#add(known);
    try {
      const [login] = await Promise.all([
        this.#newLogin(known.uid, agent),
        this.#options.accounts.save([user]),
        alsoKept(known.uid),
      ]);
      return { known, ...login, isNew: true };
    } catch (error) {
      this.#remove(known);
      throw error;
    }
  }

  async #newLogin(uid: Uid, agent: string): Promise<Pick<Welcome, "token" | "login">> {
    const token = randomText(24);
    const hash = await hashOf(token);
    await this.#options.accounts.saveLogin({ hash, uid, agent, at: this.#options.clock.now() });
    return { token, login: hash };
  }

  async #again(
    token: string,
    wanted: string | undefined,
    agent: string | undefined,
  ): Promise<Welcome> {
    const { accounts, clock } = this.#options;
    const hash = await hashOf(token);
    const login = await accounts.login(hash);
    if (login === undefined || clock.now() - login.at > limits.tokenMs) {
      throw new ChatError(
        "bad_login",
        "Cannot log in: the token is unknown or too old; go without",
      );
    }
    const { uid } = login;
    const held = this.#byUid.get(uid);
    // They are on their way: their time may not end before they are here.
    if (held && held.goneAt > 0) held.goneAt = clock.now();
    const welcome = held ? { known: held } : await this.#revive(uid, wanted);
    // What is used again and again for a moment is kept as used now and then.
    if (agent !== undefined || clock.now() - login.at >= usedMs) {
      await accounts.useLogin({ hash, uid, agent: agent ?? login.agent, at: clock.now() });
    }
    return { ...welcome, token, login: hash, isNew: false };
  }

  /** Gives a user whose name is no longer held theirs again, or the one they want now. */
  async #revive(
    uid: Uid,
    wanted: string | undefined,
  ): Promise<{ known: Known; renamedFrom?: string }> {
    const user = await this.#options.accounts.user(uid);
    if (user === undefined) throw new ChatError("bad_login", "Cannot log in: the user is gone");
    const back = this.#byUid.get(uid);
    if (back) return { known: back };
    const isFree = !this.#byKey.has(user.key);
    const name = isFree || wanted === undefined ? user.name : wanted;
    const known = newKnown({ ...user, name, key: this.#freeKey(name) }, this.#options.clock.now());
    this.#add(known);
    try {
      await this.#options.accounts.save([userOf(known, true)]);
    } catch (error) {
      this.#remove(known);
      throw error;
    }
    return name === user.name ? { known } : { known, renamedFrom: user.name };
  }

  #freeKey(name: string): NameKey {
    if (!isName(name, this.nameRule)) {
      const rule = nameRuleText(this.nameRule);
      throw new ChatError(
        "name_invalid",
        `Cannot be called ${JSON.stringify(name)}: a name is ${rule}`,
      );
    }
    const key = nameKey(name);
    if (!this.#byKey.has(key)) return key;
    throw new ChatError("name_taken", `The name "${name}" is taken: choose another one`);
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

/** Most make no rooms, and there are many. */
const never = [] as const;

function newKnown(user: User, goneAt: number): Known {
  return {
    uid: user.uid,
    person: { user: user.name, uid: user.uid },
    key: user.key,
    role: user.role,
    listeners: new Set(),
    rooms: new Set(),
    partners: undefined,
    away: undefined,
    goneAt,
    roomsMadeAt: never,
  };
}

function userOf({ uid, person, key, role }: Known, holds: boolean): User {
  return { uid, name: person.user, key, role, holds };
}

async function hashOf(token: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true });
}
