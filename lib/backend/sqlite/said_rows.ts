/**
 * Adds messages to the log, many with one statement. They are nearly all that is ever added, and
 * what they have in common, or what goes up by one, needn't be bound for each of them: binding was a
 * fifth of what adding one took.
 */

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { LogEvent } from "../../events.ts";

/** A message that quotes nothing. */
export type PlainSaid = Extract<LogEvent, { readonly t: "said" }> & { readonly quote?: undefined };

/** Whether an event is a message that quotes nothing. */
export function isPlainSaid(event: LogEvent): event is PlainSaid {
  return event.t === "said" && event.quote === undefined;
}

/** Rows added by one statement, where there are as many. */
const rowsUsual = 20;

/** Adds plain messages of one conversation at a time. */
export class SaidRows {
  readonly #one: StatementSync;
  readonly #many: StatementSync;

  constructor(db: DatabaseSync) {
    this.#one = db.prepare(inserting(1));
    this.#many = db.prepare(inserting(rowsUsual));
  }

  /** Adds messages that follow one another, the first as number `n` of all events. */
  add(n: number, conversation: number, messages: readonly PlainSaid[]): void {
    for (let at = 0; at < messages.length;) {
      const rows = messages.length - at < rowsUsual ? 1 : rowsUsual;
      const values: SQLInputValue[] = [n + at, conversation, messages[at].seq];
      for (let index = at; index < at + rows; index++) {
        const said = messages[index];
        values.push(said.at, said.uid, said.user, said.text ?? null, said.cid ?? null);
      }
      (rows === 1 ? this.#one : this.#many).run(...values);
      at += rows;
    }
  }
}

/** The statement for so many rows: `?1` is the first one's n, `?2` the conversation, `?3` its seq. */
function inserting(rows: number): string {
  const values = Array.from({ length: rows }, (_, index) => {
    return `(?1 + ${index}, ?2, ?3 + ${index}, ?, 'said', 1, ?, ?, ?, ?)`;
  });
  return `INSERT INTO event (n, conversation, seq, at, kind, shown, uid, user, text, cid)
    VALUES ${values.join()}`;
}
