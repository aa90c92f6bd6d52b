/**
 * What people may ask for, however many connections they have: by user, and by address, from which
 * as many guests may come as have names.
 */

import { networkOf } from "../addresses.ts";
import type { Clock } from "../clock.ts";
import { ChatError } from "../errors.ts";
import { Bucket } from "./flood.ts";
import { type Bounds, limits } from "../limits.ts";
import type { Known } from "../known.ts";
import { Throttle } from "../entry/throttle.ts";
import { Turns } from "../entry/turns.ts";

/** Who asks, and from where. */
export interface Asker {
  readonly known: Known;
  /** An address, without a port. */
  readonly remote: string;
}

interface Buckets {
  readonly talk: Bucket;
  readonly files: Bucket;
}

/** The bounds of all users and addresses. */
export class Floods {
  readonly #clock: Clock;
  readonly #isBounded: boolean;
  /** As long as their names are held. */
  readonly #buckets = new WeakMap<Known, Buckets>();
  readonly #rooms: Throttle;
  readonly #offers: Throttle;
  readonly #searches = new Turns(limits.searchesRunningMax, limits.searchesWaitingMax);
  readonly #keys = new Turns(limits.keysRunningMax, limits.keysWaitingMax);

  constructor(clock: Clock, { flood }: Pick<Bounds, "flood">) {
    this.#clock = clock;
    this.#isBounded = flood;
    this.#rooms = new Throttle(clock, limits.roomsMadeByAddress);
    this.#offers = new Throttle(clock, limits.offeredByAddress);
  }

  /**
   * What all connections of a user take from; those that only move files share one of their own, so
   * that talking doesn't wait for it. `undefined` where nothing is bounded.
   */
  bucketOf(known: Known, { quiet }: { readonly quiet: boolean }): Bucket | undefined {
    if (!this.#isBounded) return undefined;
    const buckets = this.#buckets.get(known) ??
      { talk: new Bucket(this.#clock), files: new Bucket(this.#clock) };
    this.#buckets.set(known, buckets);
    return quiet ? buckets.files : buckets.talk;
  }

  /**
   * Counts a room that somebody makes.
   *
   * @throws {ChatError} `slow_down`
   */
  countRoom({ known, remote }: Asker): void {
    if (!this.#isBounded) return;
    const now = this.#clock.now();
    const lately = known.roomsMadeAt.filter((at) => now - at < hourMs);
    const perHour = limits.roomsMadePerHour;
    if (lately.length >= perHour) {
      throw tooMany("make a room", `${perHour} an hour is the bound`, lately[0] + hourMs - now);
    }
    const address = networkOf(remote);
    const wait = this.#rooms.wait(address);
    if (wait > 0) throw tooMany("make a room", "too many were made from where you are", wait);
    this.#rooms.count(address, 1);
    known.roomsMadeAt = [...lately, now];
  }

  /**
   * Counts a file that somebody offers; an account is bounded by what it may have on its way.
   *
   * @throws {ChatError} `slow_down`
   */
  countOffer({ known, remote }: Asker): void {
    if (!this.#isBounded || known.role !== "guest") return;
    const address = networkOf(remote);
    const wait = this.#offers.wait(address);
    if (wait > 0) throw tooMany("offer a file", "guests have offered too many from there", wait);
    this.#offers.count(address, 1);
  }

  /**
   * Searches when its turn comes: nobody waits behind all that another one, or another address,
   * asks for.
   *
   * @throws {ChatError} `slow_down` where too many wait; what `find` throws
   */
  search<T>({ known, remote }: Asker, find: () => Promise<T>): Promise<T> {
    return this.#searches.take({ name: known.uid, address: networkOf(remote) }, find);
  }

  /**
   * Works out what the key of a room comes to, in the same way.
   *
   * @throws {ChatError} `slow_down` where too many wait
   */
  key({ known, remote }: Asker, work: () => Promise<string>): Promise<string> {
    return this.#keys.take({ name: known.uid, address: networkOf(remote) }, work);
  }

  /** Forgets what is forgiven; to be called now and then. */
  check(): void {
    for (const throttle of [this.#rooms, this.#offers]) throttle.check();
  }
}

const hourMs = 3_600_000;

function tooMany(what: string, why: string, retryMs: number): ChatError {
  return new ChatError("slow_down", `Cannot ${what}: ${why}`, { retryMs });
}
