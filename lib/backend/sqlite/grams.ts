/** Which entries of the index a word is found by. */

/** Trigrams asked for in one search: more make it slower, and what is found is looked at anyway. */
const trigramsMax = 16;

/** Writing systems that don't put spaces between words, so that two characters are a word. */
const dense = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]/u;

/** What to ask the two tables for; `undefined` where a table can't help. */
export interface Plan {
  readonly trigrams?: string;
  readonly pairs?: string;
  /** Where neither helps, what to look for in each of the newest texts. */
  readonly scan: string;
}

/** How the words of a search, folded and at least one, are looked for. */
export function planOf(words: readonly string[]): Plan {
  const trigrams = words.flatMap(trigramsOf);
  const pairs = words.filter((word) => [...word].length === 2).flatMap(pairsOf);
  const [scan] = words.toSorted((one, other) => other.length - one.length);
  return {
    scan,
    ...(trigrams.length > 0 ? { trigrams: allOf(spread(trigrams, trigramsMax)) } : undefined),
    ...(pairs.length > 0 ? { pairs: allOf(pairs) } : undefined),
  };
}

/** The neighbours in a folded text of which both are in a dense writing, spaces between the pairs. */
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
