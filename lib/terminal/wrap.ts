/** How wide text is on a screen, and how it is cut into lines there. */

import stringWidth from "string-width";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The columns that `text` takes on a screen; colours take none. */
export function width(text: string): number {
  return stringWidth(text);
}

/** The characters of `text` as people count them. */
export function characters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** `text` in at most `columns` columns, ended by `…` where it was longer. */
export function shorten(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = "";
  let used = 0;
  for (const character of characters(text)) {
    const wide = width(character);
    if (used + wide > columns - 1) break;
    kept += character;
    used += wide;
  }
  return `${kept.trimEnd()}…`;
}

/** The same with the `…` in its middle: names of files tell as much by their ends. */
export function shortenMiddle(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let tail = "";
  for (const character of characters(text).toReversed()) {
    if (width(character + tail) > columns / 2) break;
    tail = character + tail;
  }
  return shorten(text, columns - width(tail)) + tail;
}

/** `text` with spaces up to `columns` columns. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/**
 * `text` without colours as lines of at most `columns` columns, cut between words and, where a
 * word is longer than a line or its script has no spaces, between characters. Its newlines stay.
 */
export function wrap(text: string, columns: number): string[] {
  const most = Math.max(2, columns);
  return text.split("\n").flatMap((line) => width(line) <= most ? [line] : wrapLine(line, most));
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = [];
  let current = "";
  let used = 0;
  for (const piece of pieces(line)) {
    const wide = width(piece);
    if (used > 0 && used + wide > columns) {
      lines.push(current.trimEnd());
      current = "";
      used = 0;
      // The space that a line is cut at belongs to no line.
      if (piece.trim() === "") continue;
    }
    if (wide <= columns) {
      current += piece;
      used += wide;
      continue;
    }
    for (const character of characters(piece)) {
      const one = width(character);
      if (used + one > columns) {
        lines.push(current.trimEnd());
        current = "";
        used = 0;
      }
      current += character;
      used += one;
    }
  }
  if (current.trimEnd() !== "" || lines.length === 0) lines.push(current.trimEnd());
  return lines;
}

/** Words with the space before them apart, and each wide character by itself. */
function pieces(line: string): string[] {
  return line
    .split(/([ \t]+)/)
    .filter((piece) => piece !== "")
    .flatMap((piece) => wideScript.test(piece) ? splitWide(piece) : [piece]);
}

/** Scripts that are written without spaces and may be cut at any character. */
const wideScript = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Punctuation that must not begin a line. */
const closing = /^[、。，．！？：；）］｝」』】〉》”’,.!?:;)\]}…]/u;

function splitWide(word: string): string[] {
  const split: string[] = [];
  let narrow = false;
  for (const character of characters(word)) {
    const isNarrow = !wideScript.test(character);
    const joins = closing.test(character) || (isNarrow && narrow);
    if (joins && split.length > 0) split.push(split.pop() + character);
    else split.push(character);
    narrow = isNarrow;
  }
  return split;
}
