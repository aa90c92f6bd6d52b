/** The index file: texts by their trigrams and, where there are any, by pairs of characters. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { folded } from "../text.ts";
import { checkpoint, integerIn, openToWrite, type Row, textIn, textOrNothing } from "./database.ts";
import { blockOf, blockTrigram, blockWord, pairsIn, type Plan, within } from "./grams.ts";

/** Another layout, or another way to fold texts, makes the index anew. */
const layout = "2";
const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE message (
    n INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, at INTEGER NOT NULL, k INTEGER NOT NULL
  );
  -- Folded texts by the number of the event that brought them. As in the log, rows are added at
  -- the end and never change their length; what goes is written over in place.
  CREATE TABLE content (k INTEGER PRIMARY KEY, text TEXT NOT NULL);
  CREATE VIRTUAL TABLE trigrams USING fts5 (
    text, block, content = '', detail = none, columnsize = 0, tokenize = 'trigram case_sensitive 1'
  );
  CREATE VIRTUAL TABLE pairs USING fts5 (
    text, block, content = '', detail = none, columnsize = 0, tokenize = 'ascii'
  );
  INSERT INTO trigrams (trigrams, rank) VALUES ('secure-delete', 1);
  INSERT INTO pairs (pairs, rank) VALUES ('secure-delete', 1);
  -- By itself FTS5 merges much at once: a commit in a hundred took 40 ms of the processor.
  INSERT INTO trigrams (trigrams, rank) VALUES ('automerge', 0);
  INSERT INTO pairs (pairs, rank) VALUES ('automerge', 0);
`;

/** Pages merged at once, about a millisecond of work, and the texts that make so much necessary. */
const mergePages = 16;
export const textsAMerge = 100;

/** Numbers between the texts that are trimmed and those that stay: more than three pages hold. */
const trimApart = 2000;
/** Texts trimmed at once. */
const trimMax = 500;

/** Part of the index to look at, and how much of it at once. */
export interface Window {
  readonly before: number;
  readonly from: number;
  /** A JSON array of conversations, or `null` for all. */
  readonly among: string | null;
  readonly limit: number;
}

type Finders = Readonly<Record<"trigrams" | "pairs" | "both" | "scan", StatementSync>>;

/** Owns the file; whatever it throws leaves no transaction open. */
export class SearchIndex implements Disposable {
  readonly #db: DatabaseSync;
  readonly #meta: StatementSync;
  readonly #text: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #addText: StatementSync;
  readonly #blank: StatementSync;
  readonly #trim: StatementSync;
  readonly #addTrigrams: StatementSync;
  readonly #removeTrigrams: StatementSync;
  readonly #addPairs: StatementSync;
  readonly #removePairs: StatementSync;
  readonly #merges: readonly StatementSync[];
  readonly #find: Finders;
  readonly #nth: StatementSync;
  readonly #old: StatementSync;

  /** Opens the file, and lays it out where it is new. */
  constructor(path: string, store: string) {
    const db = openToWrite(path);
    this.#db = db;
    try {
      db.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;");
      if (!hasMeta(db)) this.#layOut(store);
      this.#meta = db.prepare("SELECT value FROM meta WHERE key = ?");
      this.#text = db.prepare(
        "SELECT message.k, text FROM message JOIN content ON content.k = message.k WHERE n = ?",
      );
      this.#add = db.prepare("INSERT INTO message (n, conversation, at, k) VALUES (?, ?, ?, ?)");
      this.#addText = db.prepare("INSERT INTO content (k, text) VALUES (?, ?)");
      this.#blank = db.prepare(
        `UPDATE content SET text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT) WHERE k = ?`,
      );
      // Taking out what is far enough from what stays makes none of that move.
      this.#trim = db.prepare(
        `DELETE FROM content WHERE k IN (
           SELECT k FROM content WHERE k < (SELECT min(k) FROM message) - ? ORDER BY k LIMIT ?
         )`,
      );
      this.#remove = db.prepare("DELETE FROM message WHERE n = ?");
      this.#addTrigrams = db.prepare("INSERT INTO trigrams (rowid, text, block) VALUES (?, ?, ?)");
      this.#removeTrigrams = db.prepare(
        "INSERT INTO trigrams (trigrams, rowid, text, block) VALUES ('delete', ?, ?, ?)",
      );
      this.#addPairs = db.prepare("INSERT INTO pairs (rowid, text, block) VALUES (?, ?, ?)");
      this.#removePairs = db.prepare(
        "INSERT INTO pairs (pairs, rowid, text, block) VALUES ('delete', ?, ?, ?)",
      );
      this.#merges = ["trigrams", "pairs"].map((table) =>
        db.prepare(`INSERT INTO ${table} (${table}, rank) VALUES ('merge', ${mergePages})`)
      );
      this.#find = findStatements(db);
      this.#nth = db.prepare("SELECT n FROM message ORDER BY n DESC LIMIT 1 OFFSET ?");
      this.#old = db.prepare("SELECT n, at FROM message WHERE n > ? ORDER BY n LIMIT ?");
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Up to which event the log is in it. */
  get position(): number {
    return Number(this.#kept("position"));
  }

  /** Up to when what is forgotten in the log is gone here too. */
  get forgotten(): number {
    return Number(this.#kept("forgotten"));
  }

  /** Whether it belongs to this store, in this layout. */
  isOf(store: string): boolean {
    return this.#kept("store") === store && this.#kept("layout") === layout;
  }

  /** Makes changes, all or none, and notes how far they go. */
  change(run: () => { readonly position?: number; readonly forgotten?: number }): void {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      for (const [key, value] of Object.entries(run())) this.#keep(key, value);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /**
   * Takes in a message as it stands after the event number `k`; one without text is taken out.
   * Inside `change` only.
   */
  put(message: Row, k: number): void {
    const n = integerIn(message, "n");
    const words = textOrNothing(message, "words");
    const now = words === undefined ? undefined : folded(words);
    const known = this.#text.get(n);
    if (known !== undefined) {
      if (textIn(known, "text") === now) return;
      this.#takeOut(n, known);
    }
    if (now === undefined) return;
    this.#add.run(n, message.conversation, message.at, k);
    this.#addText.run(k, now);
    this.#addTrigrams.run(n, now, blockTrigram(blockOf(n)));
    const pairs = pairsIn(now);
    if (pairs !== "") this.#addPairs.run(n, pairs, blockWord(blockOf(n)));
  }

  /** Takes out the message with that number, if it is there. Inside `change` only. */
  remove(n: number): void {
    const known = this.#text.get(n);
    if (known !== undefined) this.#takeOut(n, known);
  }

  /** Merges a little of what was put in; to be called once for {@linkcode textsAMerge} texts. */
  merge(): void {
    for (const merge of this.#merges) merge.run();
  }

  /** Gives back the room of texts that are gone, some at a time. Inside `change` only. */
  trim(): void {
    this.#trim.run(trimApart, trimMax);
  }

  /** The numbers of messages that may have what is looked for, newest first. */
  candidates(plan: Plan, { before, from, among, limit }: Window): number[] {
    const blocks = { from: blockOf(from), to: blockOf(before - 1) };
    const trigrams = plan.trigrams && within(plan.trigrams, blocks, blockTrigram);
    const pairs = plan.pairs && within(plan.pairs, blocks, blockWord);
    const bindings = [before, from, among, limit, ...plan.words];
    const rows = trigrams !== undefined && pairs !== undefined
      ? this.#find.both.all(...bindings, trigrams, pairs)
      : trigrams !== undefined
      ? this.#find.trigrams.all(...bindings, trigrams)
      : pairs !== undefined
      ? this.#find.pairs.all(...bindings, pairs)
      : this.#find.scan.all(...bindings);
    return rows.map((row) => integerIn(row, "n"));
  }

  /** The number of the `count`th newest message, or 0 where there are fewer. */
  nth(count: number): number {
    const row = this.#nth.get(count);
    return row === undefined ? 0 : integerIn(row, "n");
  }

  /** The next messages in their order, each with its time. */
  messages(after: number, limit: number): Row[] {
    return this.#old.all(after, limit);
  }

  /** Leaves nothing of what was taken out in the file beside the database. */
  erase(): void {
    checkpoint(this.#db, "TRUNCATE");
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #takeOut(n: number, known: Row): void {
    const text = textIn(known, "text");
    this.#removeTrigrams.run(n, text, blockTrigram(blockOf(n)));
    const pairs = pairsIn(text);
    if (pairs !== "") this.#removePairs.run(n, pairs, blockWord(blockOf(n)));
    this.#remove.run(n);
    this.#blank.run(integerIn(known, "k"));
  }

  #layOut(store: string): void {
    this.#db.exec(`BEGIN IMMEDIATE; ${schema}`);
    const meta = { store, layout, position: 0, forgotten: 0 };
    for (const [key, value] of Object.entries(meta)) this.#keep(key, value);
    this.#db.exec("COMMIT");
  }

  #keep(key: string, value: string | number | undefined): void {
    if (value === undefined) return;
    this.#db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(key, value);
  }

  #kept(key: string): unknown {
    return this.#meta.get(key)?.value;
  }
}

function hasMeta(db: DatabaseSync): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get() !== undefined;
}

function findStatements(db: DatabaseSync): Finders {
  const has = [5, 6, 7].map((word) => `instr(c.text, ?${word}) > 0`).join(" AND ");
  const among = "(?3 IS NULL OR m.conversation IN (SELECT value FROM json_each(?3)))";
  const from = (table: string) =>
    `SELECT m.n FROM ${table} CROSS JOIN message AS m ON m.n = ${table}.rowid
     CROSS JOIN content AS c ON c.k = m.k
     WHERE ${table} MATCH ?8 AND ${table}.rowid < ?1 AND ${table}.rowid >= ?2
     AND ${has} AND ${among}`;
  const newest = (table: string) => `${from(table)} ORDER BY ${table}.rowid DESC LIMIT ?4`;
  return {
    trigrams: db.prepare(newest("trigrams")),
    pairs: db.prepare(newest("pairs")),
    both: db.prepare(
      `WITH paired AS MATERIALIZED (
         SELECT rowid AS n FROM pairs WHERE pairs MATCH ?9 AND rowid < ?1 AND rowid >= ?2
       )
       ${from("trigrams")} AND trigrams.rowid IN (SELECT n FROM paired)
       ORDER BY trigrams.rowid DESC LIMIT ?4`,
    ),
    scan: db.prepare(
      `SELECT m.n FROM message AS m CROSS JOIN content AS c ON c.k = m.k
       WHERE m.n < ?1 AND m.n >= ?2 AND ${has} AND ${among}
       ORDER BY m.n DESC LIMIT ?4`,
    ),
  };
}
