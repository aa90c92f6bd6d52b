/**
 * Drops what is older than it may be, a slice at a time so that commits don't wait long. Its texts
 * are written over at once, and nobody reads before a conversation's first seq. The rows are
 * taken out when they are far enough from rows that stay, so that none of those are moved: see
 * schema.ts.
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cids } from "./cids.ts";
import { integerIn } from "./database.ts";
import type { Places } from "./places.ts";
import { blankEvent } from "./rows.ts";
import { headOf } from "./standing.ts";
import type { Done } from "./work.ts";

/** Events looked at in one slice. */
const eventsMax = 1000;
/** Conversations looked at in one slice. */
const conversationsMax = 200;
/** Rows between those that are taken out and those that stay: more than a few pages hold. */
const trimApart = 500;

/** Forgets through one connection, inside a transaction that is already open. */
export class Forgetting {
  readonly #cids: Cids;
  readonly #places: Pick<Places, "forgotten">;
  readonly #next: StatementSync;
  readonly #oldest: StatementSync;
  readonly #blank: StatementSync;
  readonly #revised: StatementSync;
  readonly #oldestKept: StatementSync;
  readonly #take: StatementSync;
  readonly #reactions: StatementSync;
  readonly #oldestRows: StatementSync;
  readonly #begins: StatementSync;
  readonly #keep: StatementSync;

  /** `places` hears of what goes before it does. */
  constructor(
    db: DatabaseSync,
    { cids, places }: { readonly cids: Cids; readonly places: Pick<Places, "forgotten"> },
  ) {
    this.#cids = cids;
    this.#places = places;
    this.#next = db.prepare(
      "SELECT * FROM conversation WHERE id >= ? AND first <= seq ORDER BY id LIMIT 1",
    );
    this.#oldest = db.prepare(
      "SELECT seq, at FROM event WHERE conversation = ? AND seq >= ? ORDER BY seq LIMIT ?",
    );
    this.#blank = db.prepare(`${blankEvent} WHERE conversation = ? AND seq >= ? AND seq < ?`);
    this.#revised = db.prepare(
      `DELETE FROM revised
       WHERE n IN (SELECT n FROM event WHERE conversation = ? AND seq >= ? AND seq < ?)`,
    );
    this.#oldestKept = db.prepare(
      `SELECT event.n FROM event CROSS JOIN conversation ON conversation.id = event.conversation
       WHERE event.seq >= conversation.first ORDER BY event.n LIMIT 1`,
    );
    this.#oldestRows = db.prepare(
      "SELECT n, conversation, uid, cid FROM event WHERE n < ? ORDER BY n LIMIT ?",
    );
    this.#take = db.prepare("DELETE FROM event WHERE n = ?");
    this.#reactions = db.prepare("DELETE FROM reaction WHERE conversation = ? AND target < ?");
    this.#begins = db.prepare("UPDATE conversation SET first = ? WHERE id = ?");
    this.#keep = db.prepare(
      `INSERT INTO meta (key, value) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value)`,
    );
  }

  /** Forgets a slice; says where the next one begins, or that there is none. */
  slice({ at, from, n }: { at: number; from: number; n: number }): Done {
    // The number of the last event isn't given again.
    this.#keep.run("n", n);
    let left = eventsMax;
    let id = from;
    for (let looked = 0; looked < conversationsMax; looked++) {
      const row = this.#next.get(id);
      if (row === undefined) {
        // From now on the search index takes out what went: sooner it wouldn't find all of it.
        this.#keep.run("forgotten", at);
        return 0;
      }
      const head = headOf(row);
      id = head.id;
      const { seen, first } = this.#cut(id, { at, from: head.first, limit: left });
      if (first > head.first) this.#drop(id, head.first, first);
      left -= seen;
      if (left <= 0) return { is: "forgotten up to", from: id };
      id++;
    }
    return { is: "forgotten up to", from: id };
  }

  /** Takes out a slice of the rows that are forgotten. */
  trim(): Done {
    const kept = this.#oldestKept.get();
    const before = kept === undefined ? Number.MAX_SAFE_INTEGER : integerIn(kept, "n") - trimApart;
    const rows = this.#oldestRows.all(before, eventsMax);
    if (rows.length > 0 && this.#cids.fileAll(eventsMax)) return { is: "trimmed in part" };
    for (const row of rows) {
      if (row.cid !== null) this.#cids.forget(row);
      this.#take.run(integerIn(row, "n"));
    }
    return rows.length === eventsMax ? { is: "trimmed in part" } : 0;
  }

  /** Where a log begins when what is older than `at` is gone; a log has no holes. */
  #cut(
    conversation: number,
    { at, from, limit }: { at: number; from: number; limit: number },
  ): { seen: number; first: number } {
    let seen = 0;
    for (const row of this.#oldest.iterate(conversation, from, limit)) {
      seen++;
      if (integerIn(row, "at") >= at) return { seen, first: integerIn(row, "seq") };
    }
    return { seen, first: from + seen };
  }

  #drop(conversation: number, from: number, first: number): void {
    this.#places.forgotten(conversation, from, first);
    this.#blank.run(conversation, from, first);
    this.#revised.run(conversation, from, first);
    this.#reactions.run(conversation, first);
    this.#begins.run(first, conversation);
  }
}
