/** Which entries of the index a word is found by. */

/** Trigrams asked for in one search: more make it slower, and what is found is looked at anyway. */
const trigramsMax = 8;

/** Writing systems that don't put spaces between words, so that two characters are a word. */
const dense = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]/u;

/**
 * Numbers of events in one block. Each entry says which block it is of, and each question which
 * blocks it is about: a bound on the number alone doesn't keep FTS5 from walking through all of a
 * common trigram's entries where there is no hit.
 */
export const blockSize = 65_536;

/** Which block an event is of. */
export function blockOf(n: number): number {
  return Math.floor(n / blockSize);
}

/** The one trigram that says the block; its characters are none that people write. */
export function blockTrigram(block: number): string {
  return String.fromCodePoint(0x10fffd, 0x101000 + (block >> 12), 0x100000 + (block & 0xfff));
}

/** The word that says the block among the pairs. */
export function blockWord(block: number): string {
  return `b${block}`;
}

/** A question to a table, in the blocks from `from` to `to`. */
export function within(
  question: string,
  { from, to }: { from: number; to: number },
  tokenOf: (block: number) => string,
): string {
  const blocks = Array.from({ length: to - from + 1 }, (_, index) => `"${tokenOf(from + index)}"`);
  return `(${blocks.join(" OR ")}) AND ${question}`;
}

/** What to ask the two tables for; `undefined` where a table can't help. */
export interface Plan {
  readonly trigrams?: string;
  readonly pairs?: string;
  /** The longest words, empty where there are fewer, to look for in what the tables find. */
  readonly words: readonly [string, string, string];
}

/** How the words of a search, folded and at least one, are looked for. */
export function planOf(words: readonly string[]): Plan {
  const trigrams = words.flatMap(trigramsOf);
  const pairs = words.filter((word) => [...word].length === 2).flatMap(pairsOf);
  const [one, two = "", three = ""] = words.toSorted((one, two) => two.length - one.length);
  return {
    words: [one, two, three],
    ...(trigrams.length > 0 ? { trigrams: allOf(spread(trigrams, trigramsMax)) } : undefined),
    ...(pairs.length > 0 ? { pairs: allOf(pairs) } : undefined),
  };
}

/** The pairs of neighbours in a folded text that are both of a dense writing, spaces between. */
export function pairsIn(text: string): string {
  // Nearly all texts have none, and this is the shortest way to see it.
  return dense.test(text) ? pairsOf(text).join(" ") : "";
}

function pairsOf(text: string): string[] {
  const pairs = new Set<string>();
  let before = "";
  for (const character of text) {
    const now = dense.test(character) ? character : "";
    if (before !== "" && now !== "") pairs.add(before + now);
    before = now;
  }
  return [...pairs];
}

function trigramsOf(word: string): string[] {
  const characters = [...word];
  return characters.slice(2).map((last, index) => characters[index] + characters[index + 1] + last);
}

function spread(all: readonly string[], most: number): readonly string[] {
  if (all.length <= most) return all;
  const step = (all.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => all[Math.round(index * step)]);
}

function allOf(grams: readonly string[]): string {
  return [...new Set(grams)].map((gram) => `"${gram.replaceAll('"', '""')}"`).join(" AND ");
}
