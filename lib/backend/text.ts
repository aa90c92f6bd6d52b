/** How both backends compare, look through and measure texts, so that they answer alike. */

import { ChatError } from "../errors.ts";
import { utf8Length } from "../wire/fields.ts";
import type { LogEvent } from "../events.ts";

/** What the room and the other's uid add to an event that is sent, at most. */
const placeBytes = 256;

/** What texts are compared by: NFKC, lower-case. */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** The different words that a search asks for, folded. */
export function wordsOf(query: string): readonly string[] {
  return [...new Set(folded(query).split(/\s+/u))].filter((word) => word !== "");
}

/** Whether a text has all of these words somewhere. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const within = folded(text);
  return words.every((word) => within.includes(word));
}

/** About how many bytes an event takes in an answer. */
export function eventBytes(event: LogEvent): number {
  return utf8Length(JSON.stringify(event)) + placeBytes;
}

/**
 * The number that a cursor stands for; without a cursor, one beyond all.
 *
 * @throws {ChatError} `bad_message` where it is none that a search has answered.
 */
export function cursorOf(cursor: string | undefined): number {
  const number = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new ChatError("bad_message", 'Cannot search: "before" must be what a search answered');
}
