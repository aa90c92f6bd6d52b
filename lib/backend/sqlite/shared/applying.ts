/** Takes the entries of the order that several nodes share into this node's own store. */

import { type Clock, pause } from "../../../clock.ts";
import { ChatError } from "../../../errors.ts";
import type { News, NodeId } from "../../../nodes.ts";
import type { Entry } from "../../order.ts";
import { failureOf } from "../commit_queue.ts";
import type { Packed } from "../packed.ts";
import type { Applied, Done, EntryWorks, Taken, Work } from "../work.ts";
import { newsOf, packedEntries, worksIn } from "./entries.ts";
import { Pace } from "./pace.ts";
import type { Publishing } from "./publishing.ts";

/** Characters of entries that are applied in one transaction: some tens of milliseconds. */
const charsMax = 4 * 1024 * 1024;
/** Time until what this machine couldn't store is tried again. */
const retryMs = 500;
/** What applying needs. */
export interface ApplyingOptions {
  readonly clock: Clock;
  readonly node: NodeId;
  readonly publishing: Publishing;
  apply(entries: Packed<readonly EntryWorks[]>): Promise<Applied>;
  /** Entries are in the store. */
  onApplied(taken: Taken, entries: readonly Entry[]): void;
  /** What another node has asked for is in the store. */
  onNews(news: News): void;
  /** Whether this store is stuck: its disk is full. */
  onStuck(isStuck: boolean): void;
}

/** Applies one transaction at a time; owns the position that it has come to. */
export class Applying {
  readonly #options: ApplyingOptions;
  readonly #pace: Pace;
  #position: number;
  #isStuck = false;
  #isClosed = false;
  /** Whether something of this node's was answered in this turn of the event loop. */
  #hasAnswered = false;
  #waiting: { readonly position: number; readonly resolve: () => void }[] = [];

  constructor(position: number, options: ApplyingOptions) {
    this.#position = position;
    this.#options = options;
    this.#pace = new Pace(options.clock);
  }

  /** Of the last entry that is in the store. */
  get position(): number {
    return this.#position;
  }

  /** Resolves when everything up to a position is in the store, and told. */
  async reached(position: number): Promise<void> {
    if (this.#position >= position || this.#isClosed) return;
    await new Promise<void>((resolve) => this.#waiting.push({ position, resolve }));
  }

  /**
   * Applies what comes next; resolves when it is in the store, however long that takes.
   *
   * @throws {Error} where this version doesn't know what it is.
   */
  async take(entries: readonly Entry[]): Promise<void> {
    const { clock, node } = this.#options;
    this.#pace.begin(entries.length, entries.filter((entry) => entry.node !== node).length);
    for (let from = 0; from < entries.length && !this.#isClosed;) {
      let chars = 0;
      let to = from;
      while (to < entries.length && (to === from || chars < charsMax)) {
        chars += entries[to++].text.length;
      }
      from += await this.#takeSome(entries.slice(from, to));
    }
    const { restMs } = this.#pace;
    if (restMs > 0 && !this.#isClosed) await pause(clock, restMs);
  }

  /** Applies nothing more. */
  close(): void {
    this.#isClosed = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Takes the first of some entries, mostly all; how many. */
  async #takeSome(entries: readonly Entry[]): Promise<number> {
    const { node, publishing, onApplied } = this.#options;
    const works = entries.map((entry) => this.#worksOfOthers(entry));
    const taken = await this.#apply(packedEntries(entries));
    if (taken === undefined) return 0;
    const count = taken.entries.length;
    onApplied(taken, entries.slice(0, count));
    for (const [index, entry] of entries.slice(0, count).entries()) {
      const done = taken.entries[index];
      if (entry.node === node) {
        publishing.applied(entry.number, done);
        this.#hasAnswered = true;
      } else if (done !== null) {
        await this.#tell(works[index], done);
      }
      this.#reach(entry.position);
    }
    return count;
  }

  #worksOfOthers(entry: Entry): readonly Work[] {
    return entry.node === this.#options.node || entry.number === 0 ? [] : worksIn(entry);
  }

  async #tell(works: readonly Work[], done: readonly Done[]): Promise<void> {
    const news = works.flatMap((work, index) => newsOf(work, done[index]) ?? []);
    if (news.length === 0) return;
    if (this.#hasAnswered) {
      // Whoever was answered acts on it before it hears what came later.
      await new Promise<void>((resolve) => this.#options.clock.soon(resolve));
      this.#hasAnswered = false;
    }
    for (const one of news) this.#options.onNews(one);
  }

  #reach(position: number): void {
    this.#position = position;
    if (this.#waiting.length === 0) return;
    const isReached = (one: { readonly position: number }) => one.position <= position;
    const reached = this.#waiting.filter(isReached);
    this.#waiting = this.#waiting.filter((one) => !isReached(one));
    for (const { resolve } of reached) resolve();
  }

  /** An entry is kept for good by all nodes: this one doesn't go on without it. */
  async #apply(entries: Packed<readonly EntryWorks[]>): Promise<Taken | undefined> {
    while (!this.#isClosed) {
      const applied = await this.#options.apply(entries);
      if (!("failed" in applied)) {
        this.#setStuck(undefined);
        return applied;
      }
      this.#setStuck(failureOf(applied.failed));
      await pause(this.#options.clock, retryMs);
    }
    return undefined;
  }

  #setStuck(reason: ChatError | undefined): void {
    const isStuck = reason !== undefined;
    this.#options.publishing.refuse(reason);
    if (isStuck === this.#isStuck) return;
    this.#isStuck = isStuck;
    this.#options.onStuck(isStuck);
  }
}
