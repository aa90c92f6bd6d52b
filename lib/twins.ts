/** Finds what waits by the cid that somebody gave it, without making a key for each. */

import type { Deed } from "./peer/deeds.ts";
import type { Uid } from "./names.ts";

/** What waits, by whose it is and what they call it. What has no cid isn't kept. */
export class Twins<T> {
  #byUser = new Map<Uid, Map<string, T>>();

  get isEmpty(): boolean {
    return this.#byUser.size === 0;
  }

  /** What waits under the cid of a deed. */
  of({ by, cid }: Pick<Deed, "by" | "cid">): T | undefined {
    return cid === undefined ? undefined : this.#byUser.get(by.uid)?.get(cid);
  }

  /** From now on, `one` waits under the cid of a deed. */
  add({ by, cid }: Deed, one: T): void {
    if (cid === undefined) return;
    const theirs = this.#byUser.get(by.uid);
    if (theirs) theirs.set(cid, one);
    else this.#byUser.set(by.uid, new Map([[cid, one]]));
  }

  /** What waited under the cid of a deed doesn't any more. */
  delete({ by, cid }: Deed): void {
    const theirs = this.#byUser.get(by.uid);
    if (theirs === undefined || cid === undefined) return;
    theirs.delete(cid);
    if (theirs.size === 0) this.#byUser.delete(by.uid);
  }

  /** Nothing waits. A map that lives long leaves its tables to the collector of old memory. */
  clear(): void {
    this.#byUser = new Map();
  }
}
