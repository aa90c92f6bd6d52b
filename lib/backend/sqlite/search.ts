/** The thread that searches, and keeps the index, which is behind the log and can be made again. */

import type { DatabaseSync } from "node:sqlite";
import { answerCalls, type Handlers } from "./calls.ts";
import { checkpoint, indexFile, isDamaged, isDiskFull, logFile, openToWrite } from "./database.ts";
import { find } from "./finding.ts";
import { IndexTurns } from "./index_turns.ts";
import { feed, type Slice, sweep } from "./indexing.ts";
import { LogFeed } from "./log_feed.ts";
import type { Told } from "./news.ts";
import type { FoundRows, SearchCalls, Wanted } from "./search_calls.ts";
import { SearchIndex } from "./search_index.ts";

const now = () => performance.now();

const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Nobody wakes this: it ends by itself after a tenth of a millisecond. On a machine with few cores
 * the system would let this thread go on for milliseconds while a message waits to be answered.
 */
function breathe(): void {
  Atomics.wait(nobody, 0, 0, 0.1);
}

/** Owns the index, a connection to the log that reads, and one that copies. */
class SearchThread {
  #folder = "";
  #store = "";
  #log: LogFeed | undefined;
  #index: SearchIndex | undefined;
  #copier: DatabaseSync | undefined;
  readonly #turns = new IndexTurns(now);
  /** Up to when what is forgotten is being taken out, and the message that this has come to. */
  #sweeping: { readonly forgotten: number; readonly after: number } | undefined;
  /** Whether what was taken out is still in the file beside the index. */
  #erasing = false;

  open({ folder, id }: { folder: string; id: string }): null {
    this.#folder = folder;
    this.#store = id;
    this.#log = new LogFeed(logFile(folder));
    return null;
  }

  find(wanted: Wanted): FoundRows {
    this.#turns.sought();
    try {
      return find(wanted, { log: this.#openLog(), index: this.#openIndex(), now });
    } catch (error) {
      // The log has it all: an index that can't be read is as good as none.
      this.#drop(error);
      return find(wanted, { log: this.#openLog(), index: undefined, now });
    }
  }

  lag(): number {
    return Math.max(0, this.#openLog().last() - (this.#openIndex()?.position ?? 0));
  }

  news(told: Told): null {
    this.#turns.tell(told);
    return null;
  }

  copy(): null {
    this.#copier ??= openToWrite(logFile(this.#folder));
    checkpoint(this.#copier, "PASSIVE");
    return null;
  }

  erased(): null {
    while (this.#slice());
    return null;
  }

  close(): null {
    this.#turns.end();
    this.#index?.[Symbol.dispose]();
    this.#log?.[Symbol.dispose]();
    this.#copier?.close();
    return null;
  }

  /** Indexes where that is due; milliseconds until it is again. */
  rest(): number {
    if (this.#turns.waitMs === 0) this.#turn();
    return this.#turns.waitMs;
  }

  /** Indexes for a moment, then leaves the processor and this thread to others for a while. */
  #turn(): void {
    const began = now();
    try {
      if (this.#turns.mayWait(this.#openIndex()?.position ?? 0)) return;
      const more = this.#slice();
      this.#turns.took(now() - began, { more });
    } catch (error) {
      this.#drop(error);
      this.#turns.failed();
    }
  }

  /** Whether there is more to do. */
  #slice(): boolean {
    const log = this.#openLog();
    const index = this.#openIndex();
    if (index === undefined) throw new Error("There is no index to write to");
    const fed = feed({ log, index, now, breathe });
    const done = fed.more ? fed : this.#sweep(log, index);
    if (fed.erased || done.erased) this.#erasing = true;
    if (this.#erasing && !done.more) {
      index.erase();
      this.#erasing = false;
    }
    return done.more;
  }

  #sweep(log: LogFeed, index: SearchIndex): Slice {
    const forgotten = log.forgotten();
    if (index.forgotten >= forgotten) return { more: false, erased: false };
    // What is forgotten while this goes on may be behind it: then it begins again.
    const from = this.#sweeping?.forgotten === forgotten ? this.#sweeping.after : 0;
    const swept = sweep({ log, index, now, breathe }, { forgotten, after: from });
    this.#sweeping = swept.more ? { forgotten, after: swept.after } : undefined;
    return swept;
  }

  #openLog(): LogFeed {
    this.#log ??= new LogFeed(logFile(this.#folder));
    return this.#log;
  }

  /** The index, or `undefined` where there can't be one now, as on a full disk. */
  #openIndex(): SearchIndex | undefined {
    try {
      this.#index ??= openIndex(indexFile(this.#folder), this.#store, this.#openLog().last());
    } catch {
      // `lag` shows it, and the next turn tries again.
    }
    return this.#index;
  }

  /** Gives up the connections after a failure; a damaged index is begun again. */
  #drop(error: unknown): void {
    try {
      this.#index?.[Symbol.dispose]();
      this.#log?.[Symbol.dispose]();
      if (isDamaged(error)) removeIndex(indexFile(this.#folder));
    } catch {
      // What is left is looked at again when it is opened.
    }
    this.#index = undefined;
    this.#log = undefined;
  }
}

/** Opens the index, and begins it again where it isn't one of this log. */
function openIndex(path: string, store: string, last: number): SearchIndex {
  try {
    const index = new SearchIndex(path, store);
    if (index.isOf(store) && index.position <= last) return index;
    index[Symbol.dispose]();
  } catch (error) {
    if (isDiskFull(error)) throw error;
  }
  removeIndex(path);
  return new SearchIndex(path, store);
}

/** Empties the file, so that its mode stays; what is beside it goes. */
function removeIndex(path: string): void {
  Deno.truncateSync(path, 0);
  for (const name of [`${path}-wal`, `${path}-shm`]) {
    try {
      Deno.removeSync(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

const search = new SearchThread();
const handlers: Handlers<SearchCalls> = {
  open: (ask) => search.open(ask),
  find: (wanted) => search.find(wanted),
  lag: () => search.lag(),
  news: (told) => search.news(told),
  copy: () => search.copy(),
  erased: () => search.erased(),
  close: () => search.close(),
};

answerCalls(handlers, () => search.rest());
