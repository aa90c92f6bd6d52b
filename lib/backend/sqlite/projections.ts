/** What follows from the events and is kept beside them, in the same transaction. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent } from "../../events.ts";

/** How many speakers are remembered, so that not each message looks for its own. */
const speakersMax = 10_000;

/** Applies events to members, messages, reactions and speakers. */
export class Projections {
  /** Whether something was taken from the file since this was last set to `false`. */
  erased = false;
  readonly #join: StatementSync;
  readonly #leave: StatementSync;
  readonly #edit: StatementSync;
  readonly #hushEdit: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteEdits: StatementSync;
  readonly #deleteReactions: StatementSync;
  readonly #react: StatementSync;
  readonly #unreact: StatementSync;
  readonly #speak: StatementSync;
  readonly #speakers = new Set<string>();

  constructor(db: DatabaseSync) {
    this.#join = db.prepare(
      "INSERT OR REPLACE INTO member (conversation, uid, user) VALUES (?, ?, ?)",
    );
    this.#leave = db.prepare("DELETE FROM member WHERE conversation = ? AND uid = ?");
    this.#edit = db.prepare(
      `UPDATE event SET text = ?, edited = ?
       WHERE conversation = ? AND seq = ? AND kind = 'said' AND deleted IS NULL`,
    );
    this.#hushEdit = db.prepare("UPDATE event SET text = NULL, digest = NULL WHERE n = ?");
    this.#delete = db.prepare(
      `UPDATE event SET text = NULL, edited = NULL, deleted = ?, digest = NULL
       WHERE conversation = ? AND seq = ? AND kind = 'said'`,
    );
    this.#deleteEdits = db.prepare(
      `UPDATE event SET text = NULL, digest = NULL
       WHERE conversation = ? AND target = ? AND kind = 'edited'`,
    );
    this.#deleteReactions = db.prepare(
      "DELETE FROM reaction WHERE conversation = ? AND target = ?",
    );
    this.#react = db.prepare(
      `INSERT OR IGNORE INTO reaction (conversation, target, emoji, uid, user, n)
       VALUES (?, ?, ?, ?, ?, ?)`,
    );
    this.#unreact = db.prepare(
      "DELETE FROM reaction WHERE conversation = ? AND target = ? AND emoji = ? AND uid = ?",
    );
    this.#speak = db.prepare("INSERT OR IGNORE INTO speaker (uid) VALUES (?)");
  }

  /** Applies the event number `n`, which is in the table already. */
  apply(conversation: number, n: number, event: LogEvent): void {
    const { uid, user } = event;
    switch (event.t) {
      case "joined":
        this.#join.run(conversation, uid, user);
        return;
      case "left":
        this.#leave.run(conversation, uid);
        return;
      case "said":
        this.#spoke(uid);
        return;
      case "edited": {
        const { target, text, at } = event;
        const { changes } = this.#edit.run(text ?? null, at, conversation, target);
        // Whatever came first, nothing of a deleted message may stay.
        if (changes === 0) this.#hushEdit.run(n);
        return;
      }
      case "deleted":
        this.#delete.run(event.at, conversation, event.target);
        this.#deleteEdits.run(conversation, event.target);
        this.#deleteReactions.run(conversation, event.target);
        this.erased = true;
        return;
      case "reacted":
        if (event.on) this.#react.run(conversation, event.target, event.emoji, uid, user, n);
        else this.#unreact.run(conversation, event.target, event.emoji, uid);
        return;
      case "retitled":
        return;
      default:
        event satisfies never;
    }
  }

  #spoke(uid: string): void {
    if (this.#speakers.has(uid)) return;
    if (this.#speakers.size >= speakersMax) this.#speakers.clear();
    this.#speak.run(uid);
    this.#speakers.add(uid);
  }
}
