/** Those who hold names, by who they are and by what names are compared by. */

import type { Role } from "./wire/command_row.ts";
import type { NameKey, Uid } from "./names.ts";
import type { Known } from "./known.ts";
import type { User } from "./store.ts";

/** All of them. */
export class Holders {
  readonly #byUid = new Map<Uid, Known>();
  readonly #byKey = new Map<NameKey, Known>();
  #sorted: readonly Known[] | undefined;

  /** How many there are. */
  get size(): number {
    return this.#byUid.size;
  }

  get(uid: Uid): Known | undefined {
    return this.#byUid.get(uid);
  }

  /** Who holds a name. */
  called(key: NameKey): Known | undefined {
    return this.#byKey.get(key);
  }

  /** All, in no order. */
  all(): Iterable<Known> {
    return this.#byUid.values();
  }

  /** All, by their names. */
  sorted(): readonly Known[] {
    this.#sorted ??= [...this.#byUid.values()].sort((a, b) => a.key < b.key ? -1 : 1);
    return this.#sorted;
  }

  /** How many have such a role. */
  count(fits: (role: Role) => boolean): number {
    let count = 0;
    for (const { role } of this.#byUid.values()) if (fits(role)) count++;
    return count;
  }

  add(known: Known): void {
    this.#byUid.set(known.uid, known);
    this.#byKey.set(known.key, known);
    this.#sorted = undefined;
  }

  remove(known: Known): void {
    this.#byUid.delete(known.uid);
    // It may be somebody else's by now: two nodes gave it away, and one of them came first.
    if (this.#byKey.get(known.key) === known) this.#byKey.delete(known.key);
    this.#sorted = undefined;
  }

  /** Somebody is, and is called, what was kept of them. */
  change(known: Known, { name, key, role }: User): void {
    this.remove(known);
    known.person = { user: name, uid: known.uid };
    known.key = key;
    known.role = role;
    this.add(known);
  }
}
