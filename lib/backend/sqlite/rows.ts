/** Events as rows of the table `event`, and back. */

import type { SQLInputValue } from "node:sqlite";
import { doerOf, isChangeKind, isShown, type LogEvent } from "../../events.ts";
import { parseLine } from "../../wire/decode.ts";
import type { Into } from "./rows_at_once.ts";
import { integerIn, integerOrNothing, type Row, textIn, textOrNothing } from "./database.ts";

/** Where events go; {@linkcode bindingsOf} gives the values. */
export const intoEvents: Into = {
  table: "event",
  columns: [
    ...["n", "conversation", "seq", "at", "kind", "shown", "uid", "user"],
    ...["text", "target", "detail", "cid"],
  ],
};

/** Writes over what an event said, in place: see the table. */
export const blankEvent = `
  UPDATE event SET text = CAST(zeroblob(length(CAST(text AS BLOB))) AS TEXT)
`;

/** What {@linkcode eventOf} takes beside the text that stands: a long one shan't be read twice. */
const columnsRead = intoEvents.columns.filter((column) => column !== "text")
  .map((column) => `event.${column}`).join();

/** Reads events as they stand, without reactions; `index` where the planner shan't choose. */
export function standingEvents(index = ""): string {
  return standing(`${columnsRead}, revised.edited, revised.deleted`, index);
}

/** Reads their numbers and what they say only, where many are looked through. */
export function standingWords(): string {
  return standing("event.n", "");
}

function standing(columns: string, index: string): string {
  return `
    SELECT ${columns}, CASE
      WHEN revised.deleted IS NOT NULL THEN NULL
      WHEN revised.newest IS NULL THEN event.text
      ELSE (SELECT newest.text FROM event AS newest WHERE newest.n = revised.newest)
    END AS words FROM event ${index} LEFT JOIN revised ON revised.n = event.n
  `;
}

/** A row of {@linkcode intoEvents}. */
export function bindingsOf(n: number, conversation: number, event: LogEvent): SQLInputValue[] {
  const { t, seq, at, cid } = event;
  // Whoever did it, whose cid it is: whom it is about is in the detail.
  const { uid, user } = doerOf(event);
  const text = "text" in event ? event.text ?? null : null;
  const target = "target" in event ? event.target : null;
  const shown = isShown(t) ? 1 : 0;
  const detail = detailOf(event);
  return [n, conversation, seq, at, t, shown, uid, user, text, target, detail, cid ?? null];
}

/** What has no column of its own, as JSON. */
function detailOf(event: LogEvent): string | null {
  switch (event.t) {
    case "joined":
    case "edited":
    case "deleted":
      return null;
    case "left":
      return event.reason === undefined ? null : JSON.stringify({ reason: event.reason });
    case "said":
      return event.quote === undefined ? null : JSON.stringify({ quote: event.quote });
    case "reacted":
      return JSON.stringify({ emoji: event.emoji, on: event.on });
    case "retitled":
      return JSON.stringify({ topic: event.topic });
    case "kicked":
    case "unbanned":
    case "muted":
    case "unmuted":
    case "appointed":
    case "locked":
    case "slowed":
    case "made_readonly": {
      const { t: _t, seq: _seq, at: _at, cid: _cid, ...detail } = event;
      return JSON.stringify(detail);
    }
    case "shared":
    case "removed":
    case "declined":
    case "taken":
      return JSON.stringify({ file: event.file });
    default:
      event satisfies never;
      return null;
  }
}

/**
 * The event of a row of {@linkcode standingEvents}, without the reactions. What is in the file was
 * checked before it came there, and isn't held to bounds that may have changed since.
 */
export function eventOf(row: Row): LogEvent {
  const t = textIn(row, "kind");
  const seq = integerIn(row, "seq");
  if (!isChangeKind(t)) throw new TypeError(`Event ${seq} in the database is of no known kind`);
  const detail = textOrNothing(row, "detail");
  const own: Record<string, unknown> = {
    ...(detail === undefined ? undefined : parseLine(detail)),
  };
  put(own, "text", textOrNothing(row, "words"));
  put(own, "cid", textOrNothing(row, "cid"));
  put(own, "target", integerOrNothing(row, "target"));
  if (t === "said") {
    put(own, "edited", integerOrNothing(row, "edited"));
    put(own, "deleted", integerOrNothing(row, "deleted"));
  }
  const who = { user: textIn(row, "user"), uid: textIn(row, "uid") };
  const rest: object = own;
  return { t, seq, at: integerIn(row, "at"), ...who, ...rest } as LogEvent;
}

function put(record: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) record[name] = value;
}
