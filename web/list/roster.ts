/** People in order, kept so while they come and go: only those who moved are put in their place. */

import type { KnownUser } from "../../lib/client/state.ts";

/** Made once: it is much faster than comparing texts anew each time. */
const byName = new Intl.Collator(undefined, { sensitivity: "base" });
/** Of more than this part of all, sorting everybody is as fast as finding the place of each. */
const manyPart = 1 / 16;

/** Somebody under what they are known by, which stays when anything else about them changes. */
export type Entry = readonly [id: string, user: KnownUser];

/**
 * Those online first, then by name. An entry counts as changed when its object is another one, so
 * that a change costs a look at each, and not a comparison of names.
 */
export class Roster {
  #known = new Map<string, KnownUser>();
  #sorted: readonly KnownUser[] = [];

  /** Everybody as they are now, in order; the same list where nothing has changed. */
  take(all: Iterable<Entry>): readonly KnownUser[] {
    const before = this.#known;
    const now = new Map<string, KnownUser>();
    const came: KnownUser[] = [];
    const gone = new Set<KnownUser>();
    for (const [id, user] of all) {
      now.set(id, user);
      const old = before.get(id);
      if (old === user) continue;
      came.push(user);
      if (old !== undefined) gone.add(old);
    }
    if (now.size < before.size + came.length - gone.size) {
      for (const [id, user] of before) if (!now.has(id)) gone.add(user);
    }
    this.#known = now;
    if (came.length === 0 && gone.size === 0) return this.#sorted;
    const isMany = came.length > now.size * manyPart;
    this.#sorted = isMany ? [...now.values()].sort(inOrder) : this.#merged(came, gone);
    return this.#sorted;
  }

  /** The list without those who went or changed, and with those who came in their places. */
  #merged(came: KnownUser[], gone: ReadonlySet<KnownUser>): readonly KnownUser[] {
    const rest = gone.size === 0 ? this.#sorted : this.#sorted.filter((user) => !gone.has(user));
    if (came.length === 0) return rest;
    const all: KnownUser[] = [];
    let from = 0;
    for (const user of came.sort(inOrder)) {
      const to = placeOf(user, rest, from);
      for (; from < to; from++) all.push(rest[from]);
      all.push(user);
    }
    for (; from < rest.length; from++) all.push(rest[from]);
    return all;
  }
}

/** How many at the front are online. */
export function onlineCount(sorted: readonly KnownUser[]): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle].online) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Behind which of `sorted`, from `from` on, somebody belongs. */
function placeOf(user: KnownUser, sorted: readonly KnownUser[], from: number): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(sorted[middle], user) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inOrder(one: KnownUser, other: KnownUser): number {
  return Number(other.online) - Number(one.online) || byName.compare(one.user, other.user) ||
    (one.user < other.user ? -1 : Number(one.user > other.user));
}
