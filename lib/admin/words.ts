/** The table of what `deno task admin` can be told, from which checks, `--help` and docs follow. */

import { path, toggle } from "../config/option.ts";
import type { Row } from "../config/options.ts";

/** What may stand behind words, beside the options that name a server's folders. */
export const flags = {
  withMessages: toggle("remove what they wrote and shared, too"),
} as const satisfies Readonly<Record<string, Row>>;

/** A flag's name in the table. */
export type FlagName = keyof typeof flags;

/** All flags in the order of the table. */
export const flagNames = Object.keys(flags) as readonly FlagName[];
/** The rows that flags have. */
export const flagRows: Readonly<Record<string, Row>> = flags;

/** One row of the table. */
export interface WordRow {
  /** What has to stand behind it; in brackets, what may. */
  readonly operands: readonly Operand[];
  readonly flags: readonly FlagName[];
  readonly help: string;
}

/** What stands behind a word, without a flag. */
export interface Operand {
  /** Stands for it in `--help`. */
  readonly name: string;
  readonly optional?: true;
  /** Completes the sentence "it must be …". */
  readonly must: string;
  /** Whether `text` can be one. */
  is(text: string): boolean;
}

const folder: Operand = {
  name: "DIR",
  must: path("FOLDER", "").must,
  is: (text) => path("FOLDER", "").read(text) !== undefined,
};

/** Every word. */
export const words = {
  backup: {
    operands: [folder],
    flags: [],
    help: "copy messages, users and shared files to DIR, also while the server runs",
  },
  restore: {
    operands: [folder],
    flags: [],
    help: "make a server's folders, which must be empty, out of the backup in DIR",
  },
} as const satisfies Readonly<Record<string, WordRow>>;

/** A word. */
export type WordName = keyof typeof words;
/** All words in the order of the table. */
export const wordNames = Object.keys(words) as readonly WordName[];

/** Whether it is a word. */
export function isWord(text: string): text is WordName {
  return Object.hasOwn(words, text);
}
