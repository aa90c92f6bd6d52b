/**
 * Finds what was stored under a cid, for good. Cids are random, so an index of them is written all
 * over: each would cost a page of its own in each commit. They are kept in memory instead, until
 * there is a crowd of them, and filed in the order of their hashes, a slice with each commit; what
 * wasn't filed is read from the log again at a start. Nearly all are new: a filter in memory knows,
 * and the disk isn't asked.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Uid } from "../../names.ts";
import { contentDigest, hash53, type Repeat, repeatKey } from "../../store.ts";
import { BloomFilter } from "./bloom_filter.ts";
import { Crowd } from "./crowd.ts";
import { integerIn, type Row, textIn } from "./database.ts";
import { eventOf, standingEvents } from "./rows.ts";
import { RowsAtOnce } from "./rows_at_once.ts";

/** How many make a crowd: as many again may come while it is filed. */
const crowdUsual = 60_000;
/** Cids filed with a commit, at least. */
const sliceMin = 200;
/** Cids that the filter learns with a commit, of those that were filed before a start. */
const learnedMax = 500;

/** A crowd that is being filed. */
interface Filing {
  readonly crowd: Crowd;
  /** Its hashes, ascending. */
  readonly hashes: Float64Array;
  /** How many of them are filed. */
  done: number;
}

/** An event, as far as its cid goes. */
interface Labelled {
  readonly uid: Uid;
  /** Who sent it, where it is about somebody else. */
  readonly by_uid?: Uid;
  readonly cid?: string;
}

/** Cids through the connection that writes. Made anew with it: nothing is kept of a failed commit. */
export class Cids {
  readonly #crowdMax: number;
  readonly #filed: StatementSync;
  readonly #event: StatementSync;
  readonly #file: RowsAtOnce;
  readonly #mark: StatementSync;
  readonly #forget: StatementSync;
  readonly #unlearned: StatementSync;
  /** All cids but those that were filed before this was made and have a hash over `#learned`. */
  readonly #filter = new BloomFilter();
  #learned = -1;
  #recent = new Crowd();
  #filing: Filing | undefined;

  constructor(db: DatabaseSync, crowdMax: number = crowdUsual) {
    this.#crowdMax = crowdMax;
    this.#filed = db.prepare(
      `SELECT hash, n FROM json_each(?) AS wanted CROSS JOIN filed ON filed.hash = wanted.value`,
    );
    this.#event = db.prepare(
      `${standingEvents()} JOIN conversation ON conversation.id = event.conversation
       WHERE event.n = ? AND event.conversation = ? AND event.uid = ? AND event.cid = ?
         AND event.seq >= conversation.first`,
    );
    this.#file = new RowsAtOnce(db, { table: "filed", columns: ["hash", "n"], or: "IGNORE" }, 100);
    this.#mark = db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('filed', ?)");
    this.#forget = db.prepare("DELETE FROM filed WHERE hash = ? AND n = ?");
    this.#unlearned = db.prepare("SELECT hash FROM filed WHERE hash > ? ORDER BY hash LIMIT ?");
    const unfiled = db.prepare(
      `SELECT n, conversation, uid, cid FROM event WHERE cid IS NOT NULL
       AND n > coalesce((SELECT value FROM meta WHERE key = 'filed'), 0)`,
    );
    for (const row of unfiled.iterate()) this.add(hashIn(row), integerIn(row, "n"));
    this.#learn();
  }

  /** What each event's cid is found by. */
  hashes(conversation: number, events: readonly Labelled[]): (number | undefined)[] {
    return events.map(({ uid, by_uid, cid }) => {
      return cid === undefined ? undefined : hashOf(conversation, by_uid ?? uid, cid);
    });
  }

  /** Takes note of an event that was added in this transaction. */
  add(hash: number | undefined, n: number): void {
    if (hash === undefined) return;
    this.#recent.add(hash, n);
    this.#filter.add(hash);
  }

  /** What was stored in a conversation under cids of these, by {@linkcode repeatKey}. */
  repeats(
    conversation: number,
    events: readonly Labelled[],
    hashes: readonly (number | undefined)[],
  ): [string, Repeat][] {
    const doubtful = hashes.filter((hash) => hash !== undefined && !this.#isNew(hash));
    if (doubtful.length === 0) return [];
    const filed = new Crowd();
    for (const row of this.#filed.all(`[${doubtful.join()}]`)) {
      filed.add(integerIn(row, "hash"), integerIn(row, "n"));
    }
    return hashes.flatMap((hash, index) => {
      const { by_uid, cid } = events[index];
      const uid = by_uid ?? events[index].uid;
      if (hash === undefined || cid === undefined) return [];
      const crowds = [this.#recent, this.#filing?.crowd, filed];
      const numbers = crowds.flatMap((crowd) => crowd?.of(hash) ?? []);
      const repeat = this.#repeat(numbers, [conversation, uid, cid]);
      return repeat ? [[repeatKey(uid, cid), repeat]] : [];
    });
  }

  /** Files a slice where there is a crowd; inside a transaction, after `added` events. */
  file(added: number): void {
    if (this.#filing === undefined && this.#recent.size >= this.#crowdMax) this.#begin();
    if (this.#filing) this.#slice(this.#filing, Math.max(sliceMin, added * 2));
    this.#learn();
  }

  /** Files up to `most` even where there is no crowd; `false` when nothing is left to file. */
  fileAll(most: number): boolean {
    if (this.#filing === undefined && this.#recent.size > 0) this.#begin();
    if (this.#filing) this.#slice(this.#filing, most);
    return this.#filing !== undefined || this.#recent.size > 0;
  }

  /** Takes out the cid of an event that goes, which is a row with `n`, `conversation`, `uid`, `cid`. */
  forget(row: Row): void {
    this.#forget.run(hashIn(row), integerIn(row, "n"));
  }

  /** Whether no event has such a cid, as far as that is known without asking the disk. */
  #isNew(hash: number): boolean {
    return hash <= this.#learned && !this.#filter.mayHave(hash);
  }

  /** Goes on to learn what was filed before this was made, in the order of the hashes. */
  #learn(): void {
    if (this.#learned === Infinity) return;
    const rows = this.#unlearned.all(this.#learned, learnedMax);
    for (const row of rows) {
      this.#learned = integerIn(row, "hash");
      this.#filter.add(this.#learned);
    }
    if (rows.length < learnedMax) this.#learned = Infinity;
  }

  #repeat(numbers: readonly number[], key: readonly [number, string, string]): Repeat | undefined {
    for (const n of numbers) {
      const row = this.#event.get(n, ...key);
      if (row) return repeatOf(row);
    }
    return undefined;
  }

  #begin(): void {
    const crowd = this.#recent;
    // As many as came may come again.
    this.#recent = new Crowd(crowd.size);
    this.#filing = { crowd, hashes: crowd.sorted(), done: 0 };
  }

  #slice(filing: Filing, most: number): void {
    const { crowd, hashes } = filing;
    const end = Math.min(filing.done + most, hashes.length);
    const rows: number[] = [];
    for (; filing.done < end; filing.done++) {
      const hash = hashes[filing.done];
      for (const n of crowd.of(hash)) rows.push(hash, n);
    }
    this.#file.add(rows);
    if (end < hashes.length) return;
    this.#mark.run(crowd.last);
    this.#filing = undefined;
  }
}

function hashIn(row: Row): number {
  return hashOf(integerIn(row, "conversation"), textIn(row, "uid"), textIn(row, "cid"));
}

function hashOf(conversation: number, uid: string, cid: string): number {
  return hash53(`${conversation} ${uid} ${cid}`);
}

/** A text that went took with it what it could be compared with. */
function repeatOf(row: Row): Repeat {
  const repeat = { seq: integerIn(row, "seq"), at: integerIn(row, "at") };
  if (row.edited !== null || row.deleted !== null) return repeat;
  return { ...repeat, digest: contentDigest(eventOf(row)) };
}
