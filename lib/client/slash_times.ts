/** How long something lasts, as people type it. Pure. */

import type { Wrong } from "./slash_row.ts";
import { firstWord } from "./slash_words.ts";

const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 } as const;
const units = "[smhdwy]|secs?|seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|years?";
const time = new RegExp(`^([1-9]\\d{0,5})(${units})$`, "i");

/** Seconds as people write them: `90s`, `5m`, `2hours`, `7d`; `undefined` for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit = ""] = time.exec(text) ?? [];
  const letter = unit.charAt(0).toLowerCase();
  if (!isUnit(letter)) return undefined;
  return Number(number) * unitSeconds[letter];
}

function isUnit(letter: string): letter is keyof typeof unitSeconds {
  return Object.hasOwn(unitSeconds, letter);
}

/**
 * How long, and why, both of which may be missing. A number isn't taken for a reason: what was to
 * last an hour would last for good.
 */
export function timeAndReason(
  rest: string,
): { readonly seconds?: number; readonly reason?: string } | Wrong {
  const [word, others] = firstWord(rest);
  const seconds = secondsOf(word);
  if (seconds === undefined && /^\d/.test(word)) {
    return noTime(word, "a REASON doesn't begin with a number");
  }
  if (seconds === undefined) return reasonOf(rest);
  return { seconds, ...reasonOf(others) };
}

/** Why, which may be missing. */
export function reasonOf(reason: string): { readonly reason?: string } {
  return reason === "" ? {} : { reason };
}

/** What whoever typed a time hears that is none; `or`: what else it can't be. */
export function noTime(text: string, or?: string): Wrong {
  const number = /^[1-9]\d{0,5}/.exec(text)?.[0] ?? "10";
  const how = `write it like ${number}s, ${number}m, ${number}h or ${number}d`;
  const sentence = `${JSON.stringify(text)} is no TIME: ${how}`;
  return { is: "wrong", sentence: or === undefined ? sentence : `${sentence}; ${or}` };
}
