/** What follows from the events and is kept beside them, in the same transaction. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent } from "../../events.ts";
import { integerIn } from "./database.ts";
import type { LibraryWrites } from "./library_writes.ts";
import { blankEvent } from "./rows.ts";
import type { Head } from "./standing.ts";

/** How many speakers are remembered, so that not each message looks for its own. */
const speakersMax = 10_000;

/** The conversation of an event. */
type Within = Pick<Head, "id" | "first">;

/** Applies events to members, messages, reactions, speakers and files. */
export class Projections {
  /** Whether something was taken from the file since this was last set to `false`. */
  erased = false;
  readonly #join: StatementSync;
  readonly #leave: StatementSync;
  readonly #message: StatementSync;
  readonly #edits: StatementSync;
  readonly #revise: StatementSync;
  readonly #blank: StatementSync;
  readonly #deleteReactions: StatementSync;
  readonly #react: StatementSync;
  readonly #unreact: StatementSync;
  readonly #speak: StatementSync;
  readonly #speakers = new Set<string>();
  readonly #library: LibraryWrites;
  readonly #onHushed: (conversation: number, n: number) => void;

  /** `onHushed` hears of each event whose text has to go wherever it is. */
  constructor(
    db: DatabaseSync,
    { library, onHushed }: {
      readonly library: LibraryWrites;
      readonly onHushed: (conversation: number, n: number) => void;
    },
  ) {
    this.#library = library;
    this.#onHushed = onHushed;
    this.#join = db.prepare(
      "INSERT OR REPLACE INTO member (conversation, uid, user) VALUES (?, ?, ?)",
    );
    this.#leave = db.prepare("DELETE FROM member WHERE conversation = ? AND uid = ?");
    this.#message = db.prepare(
      `SELECT event.n, deleted FROM event LEFT JOIN revised ON revised.n = event.n
       WHERE conversation = ? AND seq = ? AND kind = 'said'`,
    );
    this.#edits = db.prepare(
      "SELECT n FROM event WHERE conversation = ? AND target = ? AND kind = 'edited'",
    );
    this.#revise = db.prepare(
      "INSERT OR REPLACE INTO revised (n, newest, edited, deleted) VALUES (?, ?, ?, ?)",
    );
    this.#blank = db.prepare(`${blankEvent} WHERE n = ?`);
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
  apply(conversation: Within, n: number, event: LogEvent): void {
    const { uid, user } = event;
    const { id } = conversation;
    switch (event.t) {
      case "joined":
        this.#join.run(id, uid, user);
        return;
      case "left":
      case "kicked":
        this.#leave.run(id, uid);
        return;
      case "said":
        this.#spoke(uid);
        return;
      case "edited":
        this.#edit(conversation, n, event);
        return;
      case "deleted":
        this.#delete(conversation, event);
        return;
      case "reacted":
        if (event.on) this.#react.run(id, event.target, event.emoji, uid, user, n);
        else this.#unreact.run(id, event.target, event.emoji, uid);
        return;
      case "retitled":
      case "unbanned":
      case "muted":
      case "unmuted":
      case "appointed":
      case "locked":
      case "slowed":
      case "made_readonly":
        return;
      case "shared":
        this.#library.share(id, n, event);
        return;
      case "removed":
      case "declined":
        this.erased ||= this.#library.remove(id, event.file);
        return;
      case "taken":
        this.#library.take(id, event.file);
        return;
      default:
        event satisfies never;
    }
  }

  #edit({ id, first }: Within, n: number, event: LogEvent & { readonly t: "edited" }): void {
    const message = this.#message.get(id, event.target);
    if (message === undefined || message.deleted !== null || event.target < first) {
      // Whatever came first, nothing of a deleted message may stay.
      this.#hush(id, n, event.at);
      return;
    }
    const said = integerIn(message, "n");
    this.#blank.run(said);
    this.#revise.run(said, n, event.at, null);
  }

  #delete({ id }: Within, { at, target }: LogEvent & { readonly t: "deleted" }): void {
    const message = this.#message.get(id, target);
    if (message !== undefined) this.#hush(id, integerIn(message, "n"), at);
    for (const edit of this.#edits.all(id, target)) this.#hush(id, integerIn(edit, "n"), at);
    this.#deleteReactions.run(id, target);
  }

  #hush(conversation: number, n: number, at: number): void {
    this.#onHushed(conversation, n);
    this.#blank.run(n);
    this.#revise.run(n, null, null, at);
    this.erased = true;
  }

  #spoke(uid: string): void {
    if (this.#speakers.has(uid)) return;
    if (this.#speakers.size >= speakersMax) this.#speakers.clear();
    this.#speak.run(uid);
    this.#speakers.add(uid);
  }
}
