/** Where the words of a search stand in a text. Pure. */

/** A part of a text. */
export interface MarkedPart {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Words looked for; a search has few. */
const wordsMax = 12;

/** `text` in parts, with every word of `words` marked, in any case. */
export function markedParts(text: string, words: string): readonly MarkedPart[] {
  const wanted = words.split(/\s+/).filter((word) => word !== "").slice(0, wordsMax);
  if (wanted.length === 0) return [{ text, isMarked: false }];
  // The longest first: of two words that begin alike, the one that stands there.
  const sorted = [...wanted].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(`(${sorted.map((word) => RegExp.escape(word)).join("|")})`, "giu");
  return text.split(pattern)
    .map((part, index) => ({ text: part, isMarked: index % 2 === 1 }))
    .filter((part) => part.text !== "");
}
