/** Whether a message names somebody. */

import { nameKey } from "../names.ts";

const before = /[\p{L}\p{N}\p{M}_]$/u;
/** A name may hold `.` and `-`, and a sentence may end behind one. */
const after = /^(?:[\p{L}\p{N}\p{M}_]|[.-][\p{L}\p{N}])/u;

/** Whether `text` has `name` as a word, with or without an `@`, in any case. */
export function mentions(text: string, name: string): boolean {
  const words = nameKey(text);
  const word = nameKey(name);
  if (word === "") return false;
  for (let at = words.indexOf(word); at >= 0; at = words.indexOf(word, at + 1)) {
    const end = at + word.length;
    // Two units each side hold any one character.
    if (before.test(words.slice(Math.max(0, at - 2), at))) continue;
    if (!after.test(words.slice(end, end + 3))) return true;
  }
  return false;
}
