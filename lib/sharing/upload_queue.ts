/**
 * The server's one queue of uploads: who may send now, and who waits at which place. Pure: the time
 * is given, and what has to be told is answered.
 *
 * Next is who sends least already, and among these who waits longest: so each user sends one file
 * while others wait. A place is given up by silence; its sender asks for another one with `resume`.
 */

import { limits } from "../limits.ts";
import type { TransferId, Uid } from "../names.ts";

/** What a sender has to be told: place 0 is `granted`, another one `queued`. */
export interface Placed {
  readonly transfer: TransferId;
  readonly place: number;
}

/** How busy the queue is. */
export interface QueueLoad {
  /** How many send. */
  readonly sending: number;
  /** How many wait for a place. */
  readonly waiting: number;
  /** Bytes that came since the start. */
  readonly bytes: number;
}

interface Entry {
  readonly transfer: TransferId;
  readonly uid: Uid;
  isGranted: boolean;
  /** Since when its connection is lost. */
  lostAt: number | undefined;
  /** When a byte came last, or it was granted. */
  heardAt: number;
  /** What came since then, while others waited. */
  slow: { readonly from: number; bytes: number } | undefined;
  /** The place that its sender knows of. */
  told: number;
}

/**
 * How many of the places of all nodes are those of one of them, the `index`th from 0: as many as of
 * any other, but for those that are left over, and at least one.
 */
export function shareOf(
  most: number,
  { count, index }: { readonly count: number; readonly index: number },
): number {
  return Math.max(1, Math.floor(most / count) + (index < most % count ? 1 : 0));
}

/** Transfers that send or wait to send. */
export class UploadQueue {
  #most: number;
  /** In the order in which they came. */
  readonly #entries = new Map<TransferId, Entry>();
  #bytes = 0;

  /** `most` send at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** So many send at once from now on; those that do go on. */
  resize(most: number, now: number): void {
    if (most === this.#most) return;
    this.#most = most;
    this.#grant(now);
  }

  /** 0: it sends. Above: its place among those that wait. `undefined`: it isn't in the queue. */
  place(transfer: TransferId): number | undefined {
    const entry = this.#entries.get(transfer);
    if (!entry || entry.isGranted) return entry && 0;
    return this.#waiting().indexOf(entry) + 1;
  }

  /**
   * A sender is there: the transfer gets a place, or keeps the one that it has. What is answered
   * counts as told to its sender.
   */
  enter(transfer: TransferId, uid: Uid, now: number): number {
    const entry = this.#entries.get(transfer);
    if (entry) entry.lostAt = undefined;
    else this.#entries.set(transfer, fresh(transfer, uid, now));
    this.#grant(now);
    const place = this.place(transfer) ?? 0;
    this.#entries.get(transfer)!.told = place;
    return place;
  }

  /** Its connection is lost. */
  lose(transfer: TransferId, now: number): void {
    const entry = this.#entries.get(transfer);
    if (entry) entry.lostAt ??= now;
  }

  /** How much there is to do, and was done since the start. */
  get load(): QueueLoad {
    const sending = this.#count(({ isGranted }) => isGranted);
    return { sending, waiting: this.#entries.size - sending, bytes: this.#bytes };
  }

  /** It ended: finished, cancelled, or its bytes were wrong. */
  leave(transfer: TransferId, now: number): void {
    this.#entries.delete(transfer);
    this.#grant(now);
  }

  /** Bytes of it came. */
  heard(transfer: TransferId, bytes: number, now: number): void {
    const entry = this.#entries.get(transfer);
    if (!entry) return;
    this.#bytes += bytes;
    entry.heardAt = now;
    if (entry.slow) entry.slow.bytes += bytes;
  }

  /** Takes places from those that gave them up; to be called each second or so. */
  check(now: number): void {
    const all = [...this.#entries.values()];
    for (const entry of all) {
      if (this.#isGivenUp(entry, now)) this.#entries.delete(entry.transfer);
    }
    this.#grant(now);
  }

  /** Who has another place than they were told. They count as told from now on. */
  moves(): readonly Placed[] {
    const places = new Map(this.#waiting().map((entry, index) => [entry, index + 1]));
    const moved: Placed[] = [];
    for (const entry of this.#entries.values()) {
      const place = places.get(entry) ?? 0;
      if (place === entry.told) continue;
      entry.told = place;
      moved.push({ transfer: entry.transfer, place });
    }
    return moved;
  }

  #isGivenUp(entry: Entry, now: number): boolean {
    if (entry.lostAt !== undefined && now - entry.lostAt >= limits.placeLostMs) return true;
    if (!entry.isGranted) return false;
    return now - entry.heardAt >= limits.placeSilentMs || this.#isTooSlow(entry, now);
  }

  /** Measured over whole minutes in which somebody else waited. */
  #isTooSlow(entry: Entry, now: number): boolean {
    const othersWait = [...this.#entries.values()].some(({ uid, isGranted }) =>
      !isGranted && uid !== entry.uid
    );
    if (!othersWait) {
      entry.slow = undefined;
      return false;
    }
    entry.slow ??= { from: now, bytes: 0 };
    const ms = now - entry.slow.from;
    if (ms < limits.placeSlowMs) return false;
    const isSlow = entry.slow.bytes * 1000 < limits.placeBytesPerSecondMin * ms;
    entry.slow = { from: now, bytes: 0 };
    return isSlow;
  }

  #grant(now: number): void {
    const granted = this.#count(({ isGranted }) => isGranted);
    for (const entry of this.#waiting().slice(0, Math.max(0, this.#most - granted))) {
      entry.isGranted = true;
      entry.heardAt = now;
    }
  }

  #count(counts: (entry: Entry) => boolean): number {
    let count = 0;
    for (const entry of this.#entries.values()) if (counts(entry)) count++;
    return count;
  }

  /** Those that wait, next first. */
  #waiting(): readonly Entry[] {
    const before = new Map<Uid, number>();
    const entries = [...this.#entries.values()];
    for (const { uid, isGranted } of entries) {
      if (isGranted) before.set(uid, (before.get(uid) ?? 0) + 1);
    }
    const ranked = entries.filter(({ isGranted }) => !isGranted).map((entry) => {
      const rank = before.get(entry.uid) ?? 0;
      before.set(entry.uid, rank + 1);
      return { entry, rank };
    });
    // Stable: of one rank, the first come is first.
    return ranked.sort((one, other) => one.rank - other.rank).map(({ entry }) => entry);
  }
}

function fresh(transfer: TransferId, uid: Uid, now: number): Entry {
  return {
    transfer,
    uid,
    isGranted: false,
    lostAt: undefined,
    heardAt: now,
    slow: undefined,
    // No place is this one: whoever isn't answered with theirs is told.
    told: -1,
  };
}
