/** Which of some names may be meant by one that is none of them. A leaf. */

import { closestString, levenshteinDistance } from "@std/text";

/** The one of `names` that begins with `given` or is only a few letters off. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const begun = names.find((name) => given.length > 2 && name.startsWith(given));
  if (begun !== undefined) return begun;
  const near = closestString(given, names);
  return levenshteinDistance(given, near) <= Math.max(2, given.length / 3) ? near : undefined;
}
