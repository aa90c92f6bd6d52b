/** What is told apart in code, and how the worker that finds it is asked. Pure. */

import type { Grammar } from "./languages.ts";

/** The kinds of words; what has no colour of its own is `plain`. */
export const kinds = [
  "plain",
  "keyword",
  "type",
  "string",
  "number",
  "comment",
  "name",
  "attribute",
  "meta",
  "added",
  "removed",
] as const;

/** Pairs of an index of {@linkcode kinds} and a length in UTF-16 units, in the order of the text. */
export type Runs = readonly number[];

/** What the worker is asked. */
export interface Asked {
  readonly text: string;
  readonly grammar: Grammar;
}

/** A part of a text, with its kind. */
export interface Coloured {
  readonly kind: (typeof kinds)[number];
  readonly text: string;
}

/** The parts of `text`; `undefined` where the runs aren't those of that text. */
export function partsOf(text: string, runs: Runs): readonly Coloured[] | undefined {
  const parts: Coloured[] = [];
  let at = 0;
  for (let index = 0; index < runs.length; index += 2) {
    const end = at + runs[index + 1];
    parts.push({ kind: kinds[runs[index]] ?? "plain", text: text.slice(at, end) });
    at = end;
  }
  return at === text.length ? parts : undefined;
}
