/** Who may not come to the server at all: users, and addresses. All are in memory. */

import { addressBlock } from "../addresses.ts";
import type { Clock } from "../clock.ts";
import { ChatError } from "../errors.ts";
import type { Person } from "../events.ts";
import { checkFields, integer, note, opaque, optional } from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { nameKey, type Uid } from "../names.ts";
import type { News } from "../nodes.ts";
import { forGood } from "../moderation/rules.ts";
import type { Records, StoredRecord } from "../store.ts";

/** Whom a ban is for. */
export type Banned =
  | { readonly is: "user"; readonly user: Person }
  /** As {@linkcode addressBlock} gives it. */
  | { readonly is: "address"; readonly address: string };

/** One ban. */
export interface Ban {
  readonly whom: Banned;
  /** Milliseconds since 1970; {@linkcode forGood} where it doesn't end by itself. */
  readonly until: number;
  readonly reason?: string;
}

/** What {@linkcode Bans} need. */
export interface BansOptions {
  readonly records: Records;
  readonly clock: Pick<Clock, "now">;
}

const kind = "ban";
const fields = {
  user: optional(note(limits.idCharsMax * 4)),
  until: integer(0),
  reason: optional(note(limits.noteCharsMax)),
} as const;

/** Every ban that isn't over. */
export class Bans {
  readonly #options: BansOptions;
  readonly #byKey = new Map<string, Ban>();

  private constructor(options: BansOptions) {
    this.#options = options;
  }

  /** With those that were kept. */
  static async load(options: BansOptions): Promise<Bans> {
    const bans = new Bans(options);
    for (const record of await options.records.all(kind)) {
      bans.#byKey.set(record.key, banOf(record));
    }
    await bans.sweep();
    return bans;
  }

  /** How many there are. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Those that are kept; some may be over. */
  all(): readonly Ban[] {
    return [...this.#byKey.values()];
  }

  /** Why a user may not be here: a refusal that ends the connection. */
  whyUser(uid: Uid): ChatError | undefined {
    return this.#why(userKey(uid));
  }

  /** That a user may be here. @throws {ChatError} `banned`, which ends the connection */
  requireUser(uid: Uid): void {
    const why = this.whyUser(uid);
    if (why) throw why;
  }

  /** That whoever is at an address may be here. @throws {ChatError} the same */
  requireAddress(address: string): void {
    if (this.#byKey.size === 0) return;
    const block = addressBlock(address);
    const why = block === undefined ? undefined : this.#why(block);
    if (why) throw why;
  }

  /** A banned user by the name that they had. */
  called(name: string): Person | undefined {
    const key = nameKey(name);
    const now = this.#options.clock.now();
    for (const { whom, until } of this.#byKey.values()) {
      if (until <= now || whom.is !== "user") continue;
      if (nameKey(whom.user.user) === key) return whom.user;
    }
    return undefined;
  }

  /**
   * Keeps a ban, in one commit with what `alsoKept` keeps; resolves when it is on disk.
   *
   * @throws {ChatError} `not_allowed` where it is one too many
   */
  async add(ban: Ban, alsoKept: () => Promise<unknown> = nothing): Promise<void> {
    const { whom, until, reason } = ban;
    const key = keyOf(whom);
    if (!this.#byKey.has(key) && this.#byKey.size >= limits.bansMax) await this.sweep();
    if (!this.#byKey.has(key) && this.#byKey.size >= limits.bansMax) {
      throw new ChatError(
        "not_allowed",
        `Cannot ban more than ${limits.bansMax}: unban some first`,
      );
    }
    const value = {
      ...whom.is === "user" && { user: whom.user.user },
      until,
      ...reason !== undefined && { reason },
    };
    await Promise.all([this.#options.records.put(kind, key, value), alsoKept()]);
    this.#byKey.set(key, ban);
  }

  /** Takes a ban back, where there is one, in one commit with what `alsoKept` keeps. */
  async remove(whom: Banned, alsoKept: () => Promise<unknown> = nothing): Promise<void> {
    const key = keyOf(whom);
    if (!this.#byKey.has(key)) return;
    await Promise.all([this.#options.records.put(kind, key, undefined), alsoKept()]);
    this.#byKey.delete(key);
  }

  /** Another node has kept a record; the ban that is new by it. */
  learn(record: Extract<News, { is: "record" }>): Ban | undefined {
    const { key, value } = record;
    if (record.kind !== kind) return undefined;
    if (value === undefined) return void this.#byKey.delete(key);
    const ban = banOf({ key, value });
    this.#byKey.set(key, ban);
    return ban.until > this.#options.clock.now() ? ban : undefined;
  }

  /** Drops those that are over. */
  async sweep(): Promise<void> {
    const now = this.#options.clock.now();
    for (const key of [...this.#byKey.keys()]) {
      // As it is by now: somebody may have been banned again while others were dropped.
      const ban = this.#byKey.get(key);
      if (ban === undefined || ban.until > now) continue;
      await this.#options.records.put(kind, key, undefined);
      if (this.#byKey.get(key) === ban) this.#byKey.delete(key);
    }
  }

  #why(key: string): ChatError | undefined {
    const { clock } = this.#options;
    const ban = this.#byKey.get(key);
    return ban && ban.until > clock.now() ? bannedError(ban, clock) : undefined;
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

/** What whoever is banned hears. */
export function bannedError({ until, reason }: Ban, clock: Pick<Clock, "now">): ChatError {
  const why = reason === undefined ? "" : `: ${reason}`;
  const lasting = until === forGood ? {} : { retryMs: Math.max(1, until - clock.now()) };
  return new ChatError("banned", `You are banned from this server${why}`, {
    ...lasting,
    ends: true,
  });
}

function userKey(uid: Uid): string {
  return `@${uid}`;
}

function keyOf(whom: Banned): string {
  return whom.is === "user" ? userKey(whom.user.uid) : whom.address;
}

function banOf({ key, value }: StoredRecord): Ban {
  const checked = checkFields(fields, value);
  if (!checked) throw new TypeError(`The ban of "${key}", as it was kept, is none`);
  const { user, until, reason } = checked;
  const uid = key.startsWith("@") ? opaque<Uid>().check(key.slice(1)) : undefined;
  const whom: Banned = uid === undefined
    ? { is: "address", address: key }
    : { is: "user", user: { user: user ?? uid, uid } };
  return { whom, until, ...reason !== undefined && { reason } };
}
