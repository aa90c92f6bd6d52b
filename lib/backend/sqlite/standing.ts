/** Reads the log as it stands now. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent } from "../../events.ts";
import type { Uid } from "../../names.ts";
import type { Message } from "../../rooms.ts";
import type { Range } from "../../store.ts";
import { eventBytes } from "../text.ts";
import { integerIn, type Row, textIn, textOrNothing } from "./database.ts";
import { eventOf, standingEvents } from "./rows.ts";

/** A conversation's own row. */
export interface Head {
  readonly id: number;
  readonly key: string;
  readonly name: string;
  readonly topic: string;
  readonly seq: number;
  readonly first: number;
  /** As {@linkcode rulesOf} reads them. */
  readonly rules?: string;
}

/** A message as it crosses threads. */
export interface MessageRow {
  readonly seq: number;
  readonly author: Uid;
  readonly deleted: boolean;
  readonly reactions: readonly (readonly [emoji: string, uids: readonly Uid[]])[];
}

/** The message that crossed. */
export function messageOf(row: MessageRow): Message {
  const reactions = row.reactions.map(([emoji, uids]) => [emoji, new Set(uids)] as const);
  return { ...row, reactions: new Map(reactions) };
}

/** The head in a row of `conversation`. */
export function headOf(row: Row): Head {
  const rules = textOrNothing(row, "rules");
  return {
    id: integerIn(row, "id"),
    key: textIn(row, "key"),
    name: textIn(row, "name"),
    topic: textIn(row, "topic"),
    seq: integerIn(row, "seq"),
    first: integerIn(row, "first"),
    ...rules !== undefined && { rules },
  };
}

/** Reads through one connection, with statements that are prepared once. */
export class Standing {
  readonly #head: StatementSync;
  readonly #after: StatementSync;
  readonly #before: StatementSync;
  readonly #said: StatementSync;
  readonly #numbered: StatementSync;
  readonly #reactions: StatementSync;

  constructor(db: DatabaseSync) {
    this.#head = db.prepare("SELECT * FROM conversation WHERE key = ?");
    this.#after = db.prepare(
      `${standingEvents()} WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#before = db.prepare(
      `${standingEvents("INDEXED BY event_order")}
       WHERE conversation = ? AND seq < ? AND seq >= ? AND shown ORDER BY seq DESC LIMIT ?`,
    );
    this.#said = db.prepare(
      `SELECT uid, deleted FROM event LEFT JOIN revised ON revised.n = event.n
       WHERE conversation = ? AND seq = ? AND kind = 'said'`,
    );
    this.#numbered = db.prepare(`${standingEvents()} WHERE event.n = ?`);
    this.#reactions = db.prepare(
      `SELECT emoji, uid, user FROM reaction WHERE conversation = ? AND target = ? ORDER BY n`,
    );
  }

  /** The conversation of that name, or `undefined` where it never began. */
  head(key: string): Head | undefined {
    const row = this.#head.get(key);
    return row && headOf(row);
  }

  /** A page of a conversation, and whether the range goes on. */
  page(
    { id, first }: Pick<Head, "id" | "first">,
    range: Range & { readonly bytes: number },
  ): { events: LogEvent[]; more: boolean } {
    // Rows are read one by one: of long texts a page has few, and all others would be garbage.
    const rows = "after" in range
      ? this.#after.iterate(id, Math.max(range.after, first - 1), range.limit + 1)
      : this.#before.iterate(id, range.before, first, range.limit + 1);
    const events: LogEvent[] = [];
    let bytes = 0;
    let more = false;
    for (const row of rows) {
      const event = this.stands(row);
      bytes += eventBytes(event);
      if (events.length === range.limit || (events.length > 0 && bytes > range.bytes)) {
        more = true;
        break;
      }
      events.push(event);
    }
    return { events: "after" in range ? events : events.reverse(), more };
  }

  /** The event of a row, a message with its reactions. */
  stands(row: Row): LogEvent {
    const event = eventOf(row);
    if (event.t !== "said" || event.deleted !== undefined) return event;
    const reactions = this.#reactionsTo(integerIn(row, "conversation"), event.seq, "user");
    return reactions.length === 0 ? event : { ...event, reactions: Object.fromEntries(reactions) };
  }

  /** The row of the event number `n`. */
  numbered(n: number): Row | undefined {
    return this.#numbered.get(n);
  }

  /** A message, or `undefined` where `seq` is none. */
  message({ id, first }: Pick<Head, "id" | "first">, seq: number): MessageRow | undefined {
    const row = this.#said.get(id, seq);
    if (row === undefined || seq < first) return undefined;
    const reactions = this.#reactionsTo<Uid>(id, seq, "uid");
    return { seq, author: textIn(row, "uid") as Uid, deleted: row.deleted !== null, reactions };
  }

  /** Who reacted, by emoji, in the order of the first and then of each. */
  #reactionsTo<Who extends string>(
    conversation: number,
    seq: number,
    column: "uid" | "user",
  ): [string, Who[]][] {
    const found = new Map<string, Who[]>();
    // `iterate` costs more than it saves where there are none, as nearly always.
    for (const row of this.#reactions.all(conversation, seq)) {
      const emoji = textIn(row, "emoji");
      const who = textIn(row, column) as Who;
      const already = found.get(emoji);
      if (already) already.push(who);
      else found.set(emoji, [who]);
    }
    return [...found];
  }
}
