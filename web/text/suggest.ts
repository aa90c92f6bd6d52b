/** What the word at the cursor may become: a command, a person, a room, an emoji. Pure. */

import { alsoOf, rowOf, slashCalled, slashNames, usageOf } from "../../lib/client/slash.ts";
import type { Completes } from "../../lib/client/slash_row.ts";
import { nameKey } from "../../lib/names.ts";

/** One thing that a word may become. */
export interface Suggestion {
  /** What stands in the word's place. */
  readonly insert: string;
  readonly label: string;
  /** What it is, in a few words. */
  readonly detail?: string;
}

/** What the word from `from` to `to` may become, the likeliest first. */
export interface Suggestions {
  readonly from: number;
  readonly to: number;
  readonly all: readonly Suggestion[];
}

/** What is known to choose from. */
export interface KnownWords {
  /** The likeliest first. */
  readonly users: Iterable<string>;
  readonly rooms: readonly string[];
  /** Names of files. */
  readonly files: readonly string[];
  /** Emoji whose short names begin with a word; none until their table is there. */
  emoji(start: string, most: number): readonly { readonly emoji: string; readonly name: string }[];
}

const most = 8;

/** What the word before `caret` may become; `undefined` where nothing comes to mind. */
export function suggest(text: string, caret: number, known: KnownWords): Suggestions | undefined {
  const before = text.slice(0, caret);
  const word = /\S*$/.exec(before)?.[0] ?? "";
  const from = caret - word.length;
  const all = before.startsWith("/") && !before.startsWith("//")
    ? inCommand(before, word, known)
    : inText(word, known);
  // A word that is whole needs no list under it.
  const isWhole = all.length === 1 && all[0].insert.trimEnd() === word;
  return all.length === 0 || isWhole ? undefined : { from, to: caret, all: all.slice(0, most) };
}

function inText(word: string, known: KnownWords): Suggestion[] {
  const shortcode = /^:([a-z0-9_+-]{2,})$/i.exec(word)?.[1];
  if (shortcode !== undefined) return emojiFrom(shortcode, known);
  if (word.startsWith("@")) return namesFrom(word.slice(1), known.users, "@");
  if (word.startsWith("#")) return namesFrom(word.slice(1), known.rooms, "#");
  return [];
}

function inCommand(before: string, word: string, known: KnownWords): Suggestion[] {
  const [, name, rest] = /^\/(\S*)(\s[^]*)?$/.exec(before) ?? [];
  if (rest === undefined) return commandsFrom(name ?? "");
  const slash = slashCalled(name ?? "");
  if (slash === undefined) return inText(word, known);
  const { completes, completesNext } = rowOf(slash);
  const isFirst = rest.trimStart() === word;
  const wanted = isFirst
    ? completes
    : completesNext ?? (completes === "emoji" ? completes : undefined);
  const found = wanted === undefined ? [] : argumentsFrom(word, wanted, known);
  return found.length > 0 ? found : inText(word, known);
}

function commandsFrom(start: string): Suggestion[] {
  const wanted = start.toLowerCase();
  const named = slashNames.filter((name) => name.startsWith(wanted));
  const also = slashNames.filter((name) =>
    !named.includes(name) && alsoOf(name).some((other) => other.startsWith(wanted))
  );
  return [...named, ...wanted === "" ? [] : also].map((name) => ({
    insert: rowOf(name).takes === "" ? `/${name}` : `/${name} `,
    label: usageOf(name),
    detail: rowOf(name).help,
  }));
}

function argumentsFrom(word: string, completes: Completes, known: KnownWords): Suggestion[] {
  switch (completes) {
    case "command":
      return commandsFrom(word.replace(/^\//, "")).map((each) => ({
        ...each,
        insert: each.insert.slice(1).trimEnd(),
      }));
    case "emoji":
      return word.length < 2 ? [] : emojiFrom(word.replace(/^:/, ""), known);
    case "user":
      return namesFrom(word.replace(/^@/, ""), known.users, word.startsWith("@") ? "@" : "");
    case "room":
      return namesFrom(word.replace(/^#/, ""), known.rooms, "");
    case "place":
      return word.startsWith("@")
        ? namesFrom(word.slice(1), known.users, "@")
        : namesFrom(word.replace(/^#/, ""), known.rooms, "");
    case "file":
      return namesFrom(word, known.files, "");
    case "path":
      return [];
    default:
      return completes satisfies never;
  }
}

function namesFrom(start: string, names: Iterable<string>, sign: string): Suggestion[] {
  const key = nameKey(start);
  const begin: string[] = [];
  const within: string[] = [];
  for (const name of names) {
    const at = nameKey(name).indexOf(key);
    if (at === 0) begin.push(name);
    else if (at > 0 && within.length < most) within.push(name);
    // Of thousands only the first few are shown.
    if (begin.length === most) break;
  }
  return [...begin, ...within]
    .slice(0, most)
    .map((name) => ({ insert: `${sign}${name} `, label: `${sign}${name}` }));
}

function emojiFrom(start: string, known: KnownWords): Suggestion[] {
  return known.emoji(start, most).map(({ emoji, name }) => ({
    insert: `${emoji} `,
    label: `${emoji} :${name}:`,
  }));
}
