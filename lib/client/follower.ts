/** Follows one conversation's log: every event once, in order, whatever the connection does. */

import type { Clock, Stop } from "../clock.ts";
import { ChatError, type RefusalCode, refusalOf } from "../errors.ts";
import type { StoredEvent } from "../events.ts";
import { wireLimits } from "../wire/wire_limits.ts";
import { retryAfterMs } from "./backoff.ts";
import type { UnknownEvent } from "./exchange.ts";

/** An entry of a log, also of a kind that this version doesn't know. */
export type LogEntry = StoredEvent | UnknownEvent;

/** An answer to `history`, its events checked. */
export interface LogPage {
  readonly events: readonly LogEntry[];
  readonly more: boolean;
  readonly seq: number;
  readonly first: number;
}

/** How an entry came to be known: on entering, filling a gap, or as it happened. */
export type Origin = "lines" | "gap" | "live";

/** Entries that didn't come as they happened. */
export interface Gap {
  /** The last seq before it. */
  readonly after: number;
  /** The last seq in it. */
  readonly upTo: number;
  /** How many at its beginning the server no longer has. */
  readonly lost: number;
  /** What follows, or the first page of it. */
  readonly events: readonly LogEntry[];
}

/** What a {@linkcode Follower} is made with. */
export interface FollowerOptions {
  readonly clock: Clock;
  random(): number;
  /** Lines to read on entering. */
  readonly lines: number;
  /** Asks the server. Rejects with a ChatError. */
  page(
    range: { readonly before?: number; readonly after?: number; readonly limit: number },
  ): Promise<LogPage>;
  /** Called for each entry, once, in order. */
  show(entry: LogEntry, origin: Origin): void;
  /** The newest lines were read; whether there are older ones. */
  entered(older: boolean): void;
  /** Told before what could be read of it is shown. */
  gap(gap: Gap): void;
}

/** Live events kept while older ones are read; of more, the oldest are read as well. */
const heldMax = 500;
/** Refusals of `history` that trying again doesn't change. */
const hopeless: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "banned",
  "no_such_room",
  "no_such_user",
  "not_allowed",
  "unsupported",
]);

/**
 * Live events apply when their seq is the next one. Where it isn't, `history` is read from the last
 * one known, and what comes meanwhile is held; so nothing is shown twice or left out.
 */
export class Follower {
  readonly #options: FollowerOptions;
  /** The seq of the last entry shown (or counted, or lost). */
  seq = 0;
  /** Whether the newest lines have been read: before that nothing is shown. */
  isEntered = false;
  /** Whether there was a reason to read it: from then on every event is shown or told as lost. */
  isWanted = false;
  /** The highest seq that is known to exist. */
  #known = 0;
  /** Live entries that can't be shown yet, their seqs without a hole. */
  #held: LogEntry[] = [];
  /** Since when live events begin; `false` without a connection. */
  #begun = false;
  /** Whether the log may have gone on without our knowing: one page tells. */
  #isUnsure = false;
  /** Where the newest lines end; `undefined`: wherever the log ends when it is read. */
  #base: number | undefined;
  /** Changes when the connection does: what was asked before is answered in vain. */
  #turn = {};
  #working = false;
  #stopPause: Stop | undefined;
  /** Refusals in a row. */
  #refusals = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** The log's last seq, as far as is known. */
  get known(): number {
    return this.#known;
  }

  /**
   * Live events begin after `seq` (`undefined`: that isn't known). `idle` reads nothing until there
   * is a reason to.
   */
  begin(seq: number | undefined, options: { readonly idle?: boolean } = {}): void {
    this.#begun = true;
    if (seq === undefined) this.#isUnsure = this.isEntered;
    else this.#known = Math.max(this.#known, seq);
    if (!this.isEntered) {
      // Where it has been begun before, what came since is a gap like any other.
      if (!this.isWanted || this.#base === undefined) this.#base = seq;
      this.seq = this.#base ?? 0;
      if (options.idle && !this.isWanted && this.#held.length === 0) return;
    }
    this.need();
  }

  /** Goes on behind `seq`, up to which an earlier run has shown everything. */
  restore(seq: number): void {
    this.seq = seq;
    this.#known = seq;
    this.isEntered = true;
    this.isWanted = true;
  }

  /** Begins anew: from the next connection on as if nothing had been shown. */
  renew(): void {
    this.#known = 0;
    this.isEntered = false;
    this.isWanted = false;
  }

  /** Reads the newest lines if that was put off. */
  need(): void {
    if (!this.#begun) return;
    this.isWanted = true;
    void this.#work();
  }

  /** A live event. */
  take(entry: LogEntry): void {
    if (entry.seq <= this.seq && (this.isEntered || this.#begun)) return;
    this.#known = Math.max(this.#known, entry.seq);
    if (this.isEntered && !this.#working && entry.seq === this.seq + 1) {
      this.#show(entry, "live");
      return;
    }
    const last = this.#held.at(-1);
    if (last && entry.seq <= last.seq) return;
    if (last && entry.seq !== last.seq + 1) this.#held = [];
    this.#held.push(entry);
    if (this.#held.length > heldMax) this.#held.shift();
    this.need();
  }

  /** The connection is gone: live events end here. */
  cut(): void {
    this.#begun = false;
    this.#isUnsure = false;
    this.#held = [];
    this.#turn = {};
    this.#working = false;
    this.#stopPause?.();
    this.#stopPause = undefined;
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    const turn = this.#turn;
    let told = this.seq - 1;
    while (turn === this.#turn) {
      this.#drain();
      if (this.isEntered && this.seq >= this.#known && !this.#isUnsure) break;
      try {
        if (!this.isEntered) await this.#enter(turn);
        else told = await this.#fill(turn, told);
        if (turn === this.#turn) this.#refusals = 0;
      } catch (error) {
        if (turn === this.#turn) await this.#refused(refusalOf(error));
      }
    }
    if (turn === this.#turn) this.#working = false;
  }

  /** Shows what is held, as far as it follows on. */
  #drain(): void {
    if (!this.isEntered) return;
    const held = this.#held;
    let at = 0;
    while (at < held.length && held[at].seq <= this.seq + 1) {
      const entry = held[at++];
      if (entry.seq === this.seq + 1) this.#show(entry, "live");
    }
    // Showing may have led to a cut, and that to another list.
    if (held === this.#held) held.splice(0, at);
  }

  async #enter(turn: object): Promise<void> {
    const base = this.#base;
    const limit = this.#options.lines;
    if (base === 0 || (base !== undefined && limit === 0)) {
      this.#enterWith({ events: [], more: base > 0, seq: base, first: 1 }, base);
      return;
    }
    const range = base === undefined ? { limit: Math.max(limit, 1) } : { before: base + 1, limit };
    const page = await this.#options.page(range);
    // Where a hello or join came meanwhile, live events begin elsewhere: read once more.
    if (turn === this.#turn && base === this.#base) this.#enterWith(page, base ?? page.seq);
  }

  #enterWith(page: LogPage, base: number): void {
    this.isEntered = true;
    this.seq = base;
    this.#known = Math.max(this.#known, base);
    this.#options.entered(page.more);
    for (const entry of page.events) {
      if (entry.seq <= base) this.#options.show(entry, "lines");
    }
  }

  /** Reads one page of what is missing. Resolves up to where a gap has been told. */
  async #fill(turn: object, told: number): Promise<number> {
    const after = this.seq;
    const page = await this.#options.page({ after, limit: wireLimits.pageMax });
    if (turn !== this.#turn || this.seq !== after) return told;
    if (this.#isUnsure) this.#known = Math.max(this.#known, page.seq);
    this.#isUnsure = false;
    // What comes after it comes as it happens.
    const upTo = (this.#held[0]?.seq ?? this.#known + 1) - 1;
    if (upTo <= after) return told;
    const events = page.events.filter(({ seq }) => seq > after && seq <= upTo);
    const lost = this.#lostBefore(page, events, upTo);
    if (upTo > told && (told <= after || lost > 0)) {
      this.#options.gap({ after, lost, upTo, events });
      if (turn !== this.#turn) return upTo;
    }
    this.seq = after + lost;
    for (const entry of events) {
      if (turn !== this.#turn) break;
      this.#show(entry, "gap");
    }
    return Math.max(told, upTo);
  }

  /** How many entries after the last one known can't be had. */
  #lostBefore(page: LogPage, events: readonly LogEntry[], upTo: number): number {
    if (page.first > this.seq + 1) return Math.min(page.first - 1, upTo) - this.seq;
    if (events.length > 0) return 0;
    // A server that has less than it said: go on behind it rather than ask for ever.
    return upTo - this.seq;
  }

  #show(entry: LogEntry, origin: Origin): void {
    this.seq = entry.seq;
    this.#options.show(entry, origin);
  }

  async #refused(error: ChatError): Promise<void> {
    if (hopeless.has(error.code)) {
      this.#giveUp();
      return;
    }
    this.#refusals++;
    const ms = retryAfterMs(error.retryMs ?? 1000, this.#refusals, this.#options.random());
    await new Promise<void>((resolve) => {
      const stop = this.#options.clock.after(ms, resolve);
      this.#stopPause = () => {
        stop();
        resolve();
      };
    });
  }

  /** What can't be read is lost; live events go on. */
  #giveUp(): void {
    if (!this.isEntered) {
      const base = this.#base ?? (this.#held[0]?.seq ?? 1) - 1;
      this.#enterWith({ events: [], more: false, seq: base, first: 1 }, base);
      return;
    }
    this.#isUnsure = false;
    const upTo = (this.#held[0]?.seq ?? this.#known + 1) - 1;
    const after = this.seq;
    if (upTo <= after) return;
    this.#options.gap({ after, lost: upTo - after, upTo, events: [] });
    this.seq = upTo;
  }
}
