/** Finds messages: what isn't indexed yet in the log itself, the rest by the index. */

import { eventBytes, hasWords, wordsOf } from "../text.ts";
import { integerIn, textIn, textOrNothing } from "./database.ts";
import { blockOf, blockSize, type Plan, planOf } from "./grams.ts";
import type { LogFeed } from "./log_feed.ts";
import type { FoundRows, Wanted } from "./search_calls.ts";
import type { SearchIndex } from "./search_index.ts";

/** Time for one search; then it answers what it has, and where to go on. */
const findMs = 50;
/** Newest messages that are looked through for words that no index has. */
const scannedMax = 100_000;
/** Conversations up to which the database is told which are wanted; beyond it's nearly all. */
const amongMax = 500;
/** Messages looked at between two looks at the time. */
const rowsAtOnce = 256;
/** Events of the log, wanted or not, that are passed over between two such looks. */
const tailAtOnce = 8192;
/** Blocks of the index that are looked at at once, at most. */
const blocksMax = 64;
/** Time for so many of them: after it fewer are looked at. */
const windowMs = 16;

/** What a search looks at. */
export interface Sources {
  readonly log: LogFeed;
  /** Missing where there is no index that can be used: then the log is looked through. */
  readonly index: SearchIndex | undefined;
  /** Milliseconds, from any beginning. */
  readonly now: () => number;
}

/** Looks for what is wanted, newest first. */
export function find(wanted: Wanted, sources: Sources): FoundRows {
  const words = wordsOf(wanted.text);
  return words.length === 0 ? { hits: [] } : new Finding(wanted, words, sources).run();
}

/** One search under way. */
class Finding {
  readonly #wanted: Wanted;
  readonly #words: readonly string[];
  readonly #sources: Sources;
  readonly #conversations: ReadonlySet<string>;
  readonly #among: string | null;
  readonly #until: number;
  readonly #keys = new Map<number, string>();
  readonly #hits: FoundRows["hits"][number][] = [];
  #bytes = 0;
  /** Everything from here on was looked at. */
  #before: number;

  constructor(wanted: Wanted, words: readonly string[], sources: Sources) {
    this.#wanted = wanted;
    this.#words = words;
    this.#sources = sources;
    this.#conversations = new Set(wanted.conversations);
    this.#among = amongOf(wanted.conversations, sources.log);
    this.#until = sources.now() + findMs;
    this.#before = Math.min(wanted.before, sources.log.last() + 1);
  }

  run(): FoundRows {
    const position = this.#sources.index?.position ?? 0;
    const complete = this.#tail(position) && this.#indexed(position);
    return complete ? { hits: this.#hits } : { hits: this.#hits, next: this.#before };
  }

  /** Looks through what isn't indexed; whether all of it was looked at. */
  #tail(position: number): boolean {
    while (this.#before > position + 1) {
      const after = Math.max(position, this.#before - 1 - tailAtOnce);
      const rows = this.#sources.log.tail({
        before: this.#before,
        after,
        among: this.#among,
        limit: rowsAtOnce,
      });
      for (const row of rows) {
        const n = integerIn(row, "n");
        if (hasWords(textIn(row, "words"), this.#words) && !this.#hit(n)) return false;
        this.#before = n;
      }
      if (rows.length < rowsAtOnce) this.#before = after + 1;
      if (this.#before > position + 1 && this.#late()) return false;
    }
    return true;
  }

  /** Looks through the index, a window at a time; whether all of it was looked at. */
  #indexed(position: number): boolean {
    const { index, log, now } = this.#sources;
    if (index === undefined || this.#before <= 1) return true;
    const plan = planOf(this.#words);
    const least = leastOf(plan, index);
    const edited = log.edited(position).filter((n) => n < this.#before);
    let blocks = 1;
    while (this.#before > least) {
      const began = now();
      const block = blockOf(this.#before - 1) + 1 - blocks;
      const from = Math.max(least, block * blockSize);
      if (!this.#window(plan, index, { from, edited })) return false;
      const took = now() - began;
      if (took < windowMs / 2) blocks = Math.min(blocks * 2, blocksMax);
      else if (took > windowMs) blocks = Math.max(1, blocks >> 1);
      if (this.#before > least && this.#late()) return false;
    }
    return true;
  }

  /** Looks at one window, down to `from` unless there was too much in it. */
  #window(
    plan: Plan,
    index: SearchIndex,
    { from, edited }: { from: number; edited: number[] },
  ): boolean {
    const window = { before: this.#before, from, among: this.#among, limit: rowsAtOnce };
    const found = index.candidates(plan, window);
    const down = found.length < rowsAtOnce ? from : found[found.length - 1];
    // The index knows edited messages by their old text.
    while (edited.length > 0 && edited[0] >= down) found.push(edited.shift() ?? 0);
    for (const n of new Set(found.sort((one, other) => other - one))) {
      if (!this.#hit(n)) return false;
    }
    this.#before = down;
    return true;
  }

  /** Takes a message where it has the words and is wanted; whether there is room for another. */
  #hit(n: number): boolean {
    const { standing } = this.#sources.log;
    const row = standing.numbered(n);
    this.#before = n;
    const text = row && textOrNothing(row, "words");
    if (row === undefined || text === undefined || !hasWords(text, this.#words)) return true;
    const conversation = this.#keyOf(integerIn(row, "conversation"));
    if (!this.#conversations.has(conversation)) return true;
    const event = standing.stands(row);
    this.#hits.push({ conversation, event });
    this.#bytes += eventBytes(event);
    return this.#hits.length < this.#wanted.limit && this.#bytes < this.#wanted.bytes;
  }

  #keyOf(conversation: number): string {
    const known = this.#keys.get(conversation);
    if (known !== undefined) return known;
    const key = this.#sources.log.key(conversation);
    this.#keys.set(conversation, key);
    return key;
  }

  #late(): boolean {
    return this.#sources.now() >= this.#until;
  }
}

/** The lowest number worth looking at. */
function leastOf(plan: Plan, index: SearchIndex): number {
  return plan.trigrams === undefined && plan.pairs === undefined ? index.nth(scannedMax) : 0;
}

function amongOf(conversations: readonly string[], log: LogFeed): string | null {
  if (conversations.length > amongMax) return null;
  return JSON.stringify(conversations.flatMap((key) => log.id(key) ?? []));
}
