/** What a notification says. Pure. */

import { sizeText } from "../../lib/client/amounts.ts";
import { actionIn } from "../../lib/client/doing.ts";
import type { StoredEvent } from "../../lib/events.ts";
import { printable, printableLine } from "../../lib/printable.ts";
import { type Inline, parseInline } from "../text/inline.ts";
import { type Block, parseMarkdown } from "../text/markdown.ts";
import { placeSign } from "../text/places.ts";

/** Read of a text, and shown of it: screens show two lines or three. */
const readChars = 600;
const shownChars = 160;

/** What stands on a notification. */
export interface AlertText {
  readonly title: string;
  readonly body: string;
}

/** About one message, or about the newest of `count` in one conversation. */
export function alertText(event: StoredEvent, count: number): AlertText {
  const name = printableLine(event.user);
  const isAlone = event.with !== undefined;
  if (count > 1) {
    const where = isAlone ? `from ${name}` : `in ${placeSign(event.room)}`;
    const body = isAlone || isAction(event) ? wordsOf(event) : `${name}: ${wordsOf(event)}`;
    return { title: `${count} messages ${where}`, body };
  }
  return { title: isAlone ? name : `${name} in ${placeSign(event.room)}`, body: wordsOf(event) };
}

/** About what came while there was no connection, by the names of the conversations. */
export function missedText(counts: ReadonlyMap<string, number>): AlertText {
  const all = [...counts].toSorted(([, one], [, other]) => other - one);
  const sum = all.reduce((total, [, count]) => total + count, 0);
  const named = all.slice(0, 4).map(([room, count]) => `${placeSign(room)} ${count}`);
  const more = all.length > named.length ? `, and ${all.length - named.length} more` : "";
  return { title: `${sum} messages while you were away`, body: `${named.join(", ")}${more}` };
}

function isAction(event: StoredEvent): boolean {
  return event.t === "said" && event.text !== undefined && actionIn(event.text) !== undefined;
}

/** The gist of an event, on one line: whoever walks past a screen reads no code and no spoiler. */
function wordsOf(event: StoredEvent): string {
  if (event.t === "shared") {
    return `shared ${printableLine(event.file.name)} (${sizeText(event.file.size)})`;
  }
  if (event.t !== "said" || event.text === undefined) return "";
  const text = event.text.slice(0, readChars);
  const isCut = text.length < event.text.length;
  const done = actionIn(text);
  const words = done === undefined
    ? inBlocks(parseMarkdown(printable(text), isCut))
    : `${printableLine(event.user)} ${inLine(parseInline(printable(done), isCut))}`;
  const line = words.replace(/\s+/g, " ").trim();
  const chars = [...line];
  return chars.length > shownChars ? `${chars.slice(0, shownChars).join("")}…` : line;
}

function inBlocks(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    switch (block.is) {
      case "paragraph":
        return inLine(block.inside);
      case "code":
        return "[code]";
      case "quote":
        return inBlocks(block.inside);
      case "list":
        return block.items.map(({ inside }) => inBlocks(inside)).join(", ");
      case "table":
        return "[table]";
      default:
        return block satisfies never;
    }
  }).join(" ");
}

function inLine(pieces: readonly Inline[]): string {
  return pieces.map((piece) => {
    switch (piece.is) {
      case "text":
        return piece.text;
      case "code":
        return "[code]";
      case "spoiler":
        return "[spoiler]";
      case "person":
        return `@${piece.name}`;
      case "room":
        return `#${piece.name}`;
      default:
        return inLine(piece.inside);
    }
  }).join("");
}
