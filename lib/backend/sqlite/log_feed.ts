/** What the search thread reads of the log. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { integerIn, openToRead, type Row, textIn } from "./database.ts";
import { standingEvents, standingWords } from "./rows.ts";
import { Standing } from "./standing.ts";

/** Reads the log through a connection of its own. */
export class LogFeed implements Disposable {
  readonly standing: Standing;
  readonly #db: DatabaseSync;
  readonly #last: StatementSync;
  readonly #after: StatementSync;
  readonly #target: StatementSync;
  readonly #keeps: StatementSync;
  readonly #forgotten: StatementSync;
  readonly #tail: StatementSync;
  readonly #edited: StatementSync;
  readonly #key: StatementSync;
  readonly #id: StatementSync;

  constructor(path: string) {
    const db = openToRead(path);
    this.#db = db;
    this.standing = new Standing(db);
    this.#last = db.prepare(
      `SELECT max(coalesce((SELECT max(n) FROM event), 0),
                  coalesce((SELECT value FROM meta WHERE key = 'n'), 0)) AS n`,
    );
    this.#after = db.prepare(`${standingEvents()} WHERE event.n > ? ORDER BY event.n LIMIT ?`);
    this.#target = db.prepare(
      `${standingEvents()} WHERE conversation = ? AND seq = ? AND kind = 'said'`,
    );
    this.#keeps = db.prepare(
      `SELECT 1 FROM event JOIN conversation ON conversation.id = event.conversation
       WHERE n = ? AND event.seq >= first`,
    );
    this.#forgotten = db.prepare(
      "SELECT coalesce((SELECT value FROM meta WHERE key = 'forgotten'), 0) AS at",
    );
    this.#tail = db.prepare(
      `${standingWords()} WHERE event.n < ?1 AND event.n > ?2 AND kind = 'said'
       AND deleted IS NULL AND (?3 IS NULL OR conversation IN (SELECT value FROM json_each(?3)))
       ORDER BY event.n DESC LIMIT ?4`,
    );
    this.#edited = db.prepare(
      `SELECT DISTINCT said.n FROM event AS edit INDEXED BY event_edited
       CROSS JOIN event AS said ON said.conversation = edit.conversation AND said.seq = edit.target
       WHERE edit.n > ?1 AND edit.kind = 'edited' AND said.n <= ?1 AND said.kind = 'said'`,
    );
    this.#key = db.prepare("SELECT key FROM conversation WHERE id = ?");
    this.#id = db.prepare("SELECT id FROM conversation WHERE key = ?");
  }

  /** The number of the last event ever. */
  last(): number {
    return integerIn(this.#one(this.#last.get()), "n");
  }

  /** The next events in their order, as they stand. */
  after(n: number, limit: number): Row[] {
    return this.#after.all(n, limit);
  }

  /** The message that an event is about, or `undefined` where it is forgotten. */
  target(conversation: number, seq: number): Row | undefined {
    return this.#target.get(conversation, seq);
  }

  /** Whether an event isn't forgotten. */
  keeps(n: number): boolean {
    return this.#keeps.get(n) !== undefined;
  }

  /** Up to when events were forgotten. */
  forgotten(): number {
    return integerIn(this.#one(this.#forgotten.get()), "at");
  }

  /** Numbers and words of messages between two others, the newest first. */
  tail(
    { before, after, among, limit }: {
      before: number;
      after: number;
      /** A JSON array of conversations, or `null` for all. */
      among: string | null;
      limit: number;
    },
  ): Row[] {
    return this.#tail.all(before, after, among, limit);
  }

  /** The messages up to `n` that were edited after it, the newest first. */
  edited(n: number): number[] {
    const numbers = this.#edited.all(n).map((row) => integerIn(row, "n"));
    return numbers.sort((one, other) => other - one);
  }

  /** The name of a conversation. */
  key(conversation: number): string {
    return textIn(this.#one(this.#key.get(conversation)), "key");
  }

  /** The number of a conversation, or `undefined` where it never began. */
  id(key: string): number | undefined {
    const row = this.#id.get(key);
    return row && integerIn(row, "id");
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  #one(row: Row | undefined): Row {
    if (row === undefined) throw new TypeError("The database doesn't answer what it always does");
    return row;
  }
}
