/** What Tab makes of the line so far. Pure. */

import { alsoOf, rowOf, slashCalled, slashNames } from "../client/slash.ts";
import type { Completes } from "../client/slash_row.ts";
import type { ChatState } from "../client/state.ts";
import type { SharedFile } from "../events.ts";
import { nameKey } from "../names.ts";
import { emojiNames, emojiOf } from "../client/emoji.ts";
import { printableLine } from "../printable.ts";

/** What a line's last word can become. */
export interface Completion {
  /** The end of the line that is replaced. */
  readonly word: string;
  readonly replacements: readonly string[];
}

/** What is known to complete to. */
export interface Known {
  readonly rooms: readonly string[];
  readonly users: readonly string[];
  /** Names of files. */
  readonly files?: readonly string[];
  /** What a path that is being typed can go on with; folders end with a `/`. */
  paths?(typed: string): readonly string[];
  /** The user's own name, which needs no completing. */
  readonly me?: string;
}

const shortnamesMax = 30;

/** The names that a chat's state knows, and those of `rooms` and `files`. */
export function knownIn(
  state: ChatState,
  rooms: Iterable<string>,
  files: readonly SharedFile[] = [],
): Known {
  const conversations = [...state.conversations.values()];
  const own = conversations.filter((one) => one.with === undefined).map((one) => one.room);
  const pairs = conversations.filter((one) => one.with !== undefined).map((one) => one.room);
  const members = conversations.flatMap((one) => [...one.members?.values() ?? []]);
  const users = [
    ...[...state.users.values()].filter(({ online }) => online).map(({ user }) => user),
    ...members.map(({ user }) => user),
    ...pairs.map((room) => room.replace(/^@/, "")),
    ...conversations.flatMap((one) => one.messages.slice(-100).map(({ user }) => user)),
  ];
  const shared = conversations.flatMap(({ messages }) =>
    messages.flatMap((message) => message.t === "shared" ? [message.file] : [])
  );
  return {
    rooms: distinct([...own, ...rooms]),
    users: distinct(users),
    files: fileNames([...files, ...shared]),
    ...state.me === undefined ? {} : { me: state.me.user },
  };
}

/** What the line can go on with: each replaces its last word. */
export function complete(line: string, known: Known): Completion {
  const word = /\S*$/.exec(line)?.[0] ?? "";
  const before = line.slice(0, line.length - word.length);
  const shortcode = /:[a-z0-9_+-]{2,}$/i.exec(word)?.[0];
  if (before === "" && /^\/[^/]*$/.test(word)) return { word, replacements: slashesFrom(word) };
  const name = /^\/(\S+)\s/.exec(before)?.[1];
  const slash = name === undefined ? undefined : slashCalled(name);
  if (slash !== undefined) {
    const { completes, completesNext } = rowOf(slash);
    const isFirst = before.trim() === `/${name}`;
    const rest = /^\/\S+\s+(.*)$/s.exec(line)?.[1] ?? "";
    if (completes === "path" || completes === "file") {
      const isBehind = completesNext !== undefined && /(?<!\\)\s/.test(rest);
      if (!isBehind) return namesWithSpaces(rest, completes, known, completesNext !== undefined);
      return { word, replacements: argumentsFrom(word, completesNext, known) };
    }
    if (completes !== undefined && (isFirst || completes === "emoji")) {
      const replacements = argumentsFrom(word, completes, known);
      if (replacements.length > 0) return { word, replacements };
    }
  }
  if (shortcode !== undefined) return { word: shortcode, replacements: emojiFrom(shortcode) };
  if (word.startsWith("@")) return { word, replacements: usersFrom(word, known, "@") };
  if (word.startsWith("#")) return { word, replacements: roomsFrom(word, known, "#") };
  if (word === "" || (name !== undefined && slash === undefined)) return { word, replacements: [] };
  // A name at the beginning of a line is who it is for.
  return { word, replacements: usersFrom(word, known, before === "" ? "@" : "") };
}

function slashesFrom(word: string): string[] {
  const start = word.slice(1).toLowerCase();
  const main = slashNames.filter((name) => name.startsWith(start));
  const other = slashNames.flatMap(alsoOf).filter((name) => name.startsWith(start));
  const found = main.length > 0 ? main : other;
  return found.map((name) => `/${name} `);
}

/** Paths and files may have spaces: what was typed so far is all of it. */
function namesWithSpaces(
  typed: string,
  completes: "path" | "file",
  known: Known,
  isFollowed: boolean,
): Completion {
  if (completes === "file") {
    const key = nameKey(typed);
    const files = known.files ?? [];
    return { word: typed, replacements: files.filter((name) => nameKey(name).startsWith(key)) };
  }
  const paths = known.paths?.(isFollowed ? typed.replaceAll(/\\(.)/g, "$1") : typed) ?? [];
  const replacements = paths.map((path) => {
    if (!isFollowed) return path;
    return path.replaceAll(/[\s\\]/g, "\\$&") + (path.endsWith("/") ? "" : " ");
  });
  return { word: typed, replacements };
}

function argumentsFrom(word: string, completes: Completes, known: Known): string[] {
  switch (completes) {
    case "command":
      return slashNames.filter((name) => name.startsWith(word.replace(/^\//, "").toLowerCase()));
    case "emoji":
      return word.length < 2 ? [] : emojiFrom(word);
    case "user":
      return usersFrom(word, known, word.startsWith("@") ? "@" : "");
    case "room":
      return roomsFrom(word, known, word.startsWith("#") ? "#" : "");
    case "place":
      return word.startsWith("@")
        ? usersFrom(word, known, "@")
        : roomsFrom(word, known, word.startsWith("#") ? "#" : "");
    case "path":
    case "file":
      return [];
    default:
      return completes satisfies never;
  }
}

function usersFrom(word: string, known: Known, sign: string): string[] {
  return namesFrom(word.replace(/^@/, ""), known.users.filter((user) => user !== known.me))
    .map((name) => `${sign}${name} `);
}

function roomsFrom(word: string, known: Known, sign: string): string[] {
  return namesFrom(word.replace(/^#/, ""), known.rooms).map((name) => `${sign}${name} `);
}

function namesFrom(start: string, names: readonly string[]): string[] {
  const key = nameKey(start);
  return names.filter((name) => nameKey(name).startsWith(key)).sort();
}

/** A short name that is whole becomes its emoji, as does the only one that is left. */
function emojiFrom(word: string): string[] {
  const start = word.replace(/^:/, "");
  const whole = emojiOf(start);
  if (whole !== undefined) return [`${whole} `];
  const names = emojiNames(start, shortnamesMax);
  if (names.length === 1) return [`${emojiOf(names[0])} `];
  return names.map((name) => `:${name}:`);
}

/** Names of files, with the folders above them and without. */
function fileNames(files: readonly { readonly name: string; readonly folder?: string }[]) {
  const names = files.flatMap(({ name, folder }) =>
    folder === undefined ? [name] : [name, `${folder}/${name}`]
  );
  return [...new Set(names.filter((name) => name === printableLine(name)))];
}

/** Names that can be typed: what others made up must not act on the screen. */
function distinct(names: readonly string[]): string[] {
  const typed = names.filter((name) => name === printableLine(name) && !/\s/.test(name));
  return [...new Map(typed.map((name) => [nameKey(name), name])).values()];
}
