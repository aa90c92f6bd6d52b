/**
 * Where several nodes write in one order: which of its entries this store has, so that each is taken
 * once, and which of them hold what was deleted since. It all changes with what the entries change.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TransferId } from "../../names.ts";
import type { NodeId } from "../../nodes.ts";
import { integerIn, type Row, textIn } from "./database.ts";
import type { Done, EntryWorks, Erasing, Work } from "./work.ts";

/** Nodes whose last entry is known: those that were heard of last. Each start makes another one. */
const nodesMax = 1000;

/** Writes through one connection, inside a transaction that is already open. */
export class Places {
  readonly #number: StatementSync;
  readonly #newest: StatementSync;
  readonly #keepNode: StatementSync;
  readonly #dropNodes: StatementSync;
  readonly #keepPosition: StatementSync;
  readonly #entry: StatementSync;
  readonly #entryOf: StatementSync;
  readonly #entriesOf: StatementSync;
  readonly #keepThumb: StatementSync;
  readonly #thumb: StatementSync;
  readonly #dropThumb: StatementSync;
  readonly #refuse: StatementSync;
  readonly #refused: StatementSync;
  readonly #erase: StatementSync;
  readonly #erased: StatementSync;
  readonly #forgetRefused: StatementSync;
  readonly #open: StatementSync;
  readonly #keepMoved: StatementSync;
  readonly #behind: StatementSync;
  #position: number;
  /** The entry whose works are done now, the number of this one, and whether any event is kept yet. */
  #current: { readonly position: number; work: number; hasEvents: boolean } | undefined;
  #erasing = new Map<number, Erasing>();

  constructor(db: DatabaseSync) {
    this.#number = db.prepare("SELECT number FROM node WHERE name = ?");
    this.#newest = db.prepare("SELECT name, number FROM node WHERE position = ?");
    this.#keepNode = db.prepare(
      "INSERT OR REPLACE INTO node (name, number, position) VALUES (?, ?, ?)",
    );
    this.#dropNodes = db.prepare(
      `DELETE FROM node WHERE name NOT IN
         (SELECT name FROM node ORDER BY position DESC LIMIT ${nodesMax})`,
    );
    this.#keepPosition = db.prepare(
      "INSERT OR REPLACE INTO meta (key, value) VALUES ('position', ?)",
    );
    this.#entry = db.prepare("INSERT INTO entry (n, position) VALUES (?, ?)");
    this.#entryOf = db.prepare("SELECT position FROM entry WHERE n <= ? ORDER BY n DESC LIMIT 1");
    this.#entriesOf = db.prepare(
      `SELECT DISTINCT
         (SELECT position FROM entry WHERE entry.n <= event.n ORDER BY entry.n DESC LIMIT 1) AS position
       FROM event WHERE conversation = ? AND seq >= ? AND seq < ? AND text IS NOT NULL`,
    );
    this.#keepThumb = db.prepare(
      "INSERT OR IGNORE INTO thumb_entry (transfer, position) VALUES (?, ?)",
    );
    this.#thumb = db.prepare("SELECT position FROM thumb_entry WHERE transfer = ?");
    this.#dropThumb = db.prepare("DELETE FROM thumb_entry WHERE transfer = ?");
    this.#refuse = db.prepare(
      "INSERT OR IGNORE INTO refused (conversation, position) VALUES (?, ?)",
    );
    this.#refused = db.prepare("SELECT position FROM refused WHERE conversation = ?");
    this.#erase = db.prepare("INSERT OR REPLACE INTO erasing (position, since) VALUES (?, ?)");
    this.#erased = db.prepare("DELETE FROM erasing WHERE position = ? AND since <= ?");
    this.#open = db.prepare("SELECT position, since FROM erasing ORDER BY position");
    this.#forgetRefused = db.prepare("DELETE FROM refused WHERE position = ?");
    this.#keepMoved = db.prepare("INSERT INTO moved (position, work, behind) VALUES (?, ?, ?)");
    this.#behind = db.prepare("SELECT behind FROM moved WHERE position = ? AND work = ?");
    const row = db.prepare("SELECT value AS position FROM meta WHERE key = 'position'").get();
    this.#position = row === undefined ? 0 : integerIn(row, "position");
  }

  /** The place of the last entry that was applied; 0 where there is none. */
  get position(): number {
    return this.#position;
  }

  /** Who published that one; `undefined` where it was kept before, under an earlier place. */
  get newest(): Pick<EntryWorks, "node" | "number"> | undefined {
    const row = this.#newest.get(this.#position);
    return row && { node: textIn(row, "name") as NodeId, number: integerIn(row, "number") };
  }

  /** Begins with an entry; `false` where nothing is to be done for it. */
  begin({ position, node, number }: EntryWorks): boolean {
    this.#position = position;
    this.#current = { position, work: -1, hasEvents: false };
    const row = this.#number.get(node);
    if (number <= (row === undefined ? 0 : integerIn(row, "number"))) return false;
    this.#keepNode.run(node, number, position);
    if (row === undefined) this.#dropNodes.run();
    return true;
  }

  /** Keeps the place of the last one. */
  end(): void {
    this.#keepPosition.run(this.#position);
    this.#current = undefined;
  }

  /** The next work of the entry is done. */
  next(): void {
    if (this.#current) this.#current.work++;
  }

  /** It is an append that came behind a later seq than it knew of. */
  moved(behind: number): void {
    if (this.#current) this.#keepMoved.run(this.#current.position, this.#current.work, behind);
  }

  /** What an append came behind, as work of an entry; `undefined` where that was what it knew of. */
  behind(position: number, work: number): number | undefined {
    const row = this.#behind.get(position, work);
    return row && integerIn(row, "behind");
  }

  /** Events from number `n` on are kept now. */
  kept(n: number): void {
    if (this.#current === undefined || this.#current.hasEvents) return;
    this.#current.hasEvents = true;
    this.#entry.run(n, this.#current.position);
  }

  /** Events for a conversation aren't kept. */
  refused(conversation: number): void {
    if (this.#current) this.#refuse.run(conversation, this.#current.position);
  }

  /** The text of event `n` has to go, with what of its conversation wasn't kept: it may be in that. */
  hushed(conversation: number, n: number): void {
    if (this.#current === undefined) return;
    this.#eraseFrom([this.#entryOf.get(n), ...this.#refused.all(conversation)]);
  }

  /** The texts of a conversation's events from one seq up to before another have to go. */
  forgotten(conversation: number, from: number, first: number): void {
    if (this.#current === undefined) return;
    const entries = this.#entriesOf.all(conversation, from, first);
    this.#eraseFrom([...entries, ...this.#refused.all(conversation)]);
  }

  /** A thumbnail came with this entry. */
  pictured(transfer: TransferId): void {
    if (this.#current) this.#keepThumb.run(transfer, this.#current.position);
  }

  /** The thumbnail of a transfer has to go. */
  unpictured(transfer: TransferId): void {
    this.#eraseFrom([this.#thumb.get(transfer)]);
    this.#dropThumb.run(transfer);
  }

  #eraseFrom(entries: readonly (Row | undefined)[]): void {
    if (this.#current === undefined) return;
    const since = this.#current.position;
    for (const row of entries) {
      if (row === undefined || row.position === null) continue;
      const position = integerIn(row, "position");
      this.#erase.run(position, since);
      this.#erasing.set(position, { position, since });
    }
  }

  /** What was deleted up to entry `since` has gone from one. */
  erased({ position, since }: Work & { readonly do: "erased" }): Done {
    if (this.#erased.run(position, since).changes > 0) this.#forgetRefused.run(position);
    return 0;
  }

  /** All entries from which something is to be taken. */
  erasing(): readonly Erasing[] {
    return this.#open.all().map((row) => ({
      position: integerIn(row, "position"),
      since: integerIn(row, "since"),
    }));
  }

  /** Entries from which something is to be taken since this was asked last. */
  takeErasing(): readonly Erasing[] {
    const erasing = [...this.#erasing.values()];
    this.#erasing.clear();
    return erasing;
  }
}
