/** Emoji by the short names that people know from GitHub and elsewhere: `:smile:`. */

import { nameToEmoji } from "gemoji";
import { nearest } from "../nearest.ts";

const shortcode = /:([a-z0-9_+-]+):/g;

/** The emoji called `name`, with or without its colons. */
export function emojiOf(name: string): string | undefined {
  const bare = name.replace(/^:/, "").replace(/:$/, "").toLowerCase();
  return Object.hasOwn(nameToEmoji, bare) ? nameToEmoji[bare] : undefined;
}

/** `text` with the known short names in it as emoji; others stay as they are. */
export function withEmoji(text: string): string {
  return text.replace(shortcode, (written, name: string) => emojiOf(name) ?? written);
}

/** The short names that begin with `start`, the shortest first, at most `most`. */
export function emojiNames(start: string, most: number): string[] {
  const wanted = start.toLowerCase();
  return Object.keys(nameToEmoji)
    .filter((name) => name.startsWith(wanted))
    .sort((one, other) => one.length - other.length || (one < other ? -1 : 1))
    .slice(0, most);
}

/** The short name that may be meant by a word that is none. */
export function nearestEmoji(word: string): string | undefined {
  return nearest(word.replaceAll(":", "").toLowerCase(), Object.keys(nameToEmoji));
}
