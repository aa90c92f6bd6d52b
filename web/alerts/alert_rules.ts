/** Which messages are told of, as this user chose for all conversations and for each. Pure. */

import type { CallLevel } from "../../lib/client/call_levels.ts";
import { callLevelCalled } from "../../lib/client/calling.ts";
import { isObject } from "../../lib/wire/fields.ts";
import { type Keep, readObject } from "../offline/keep.ts";
import type { Key, Row } from "../model.ts";

/** Choices of conversations, by key; one without any goes by the choice for all. */
export type Levels = ReadonlyMap<Key, CallLevel>;

/** What there is to tell at a glance: the title, the icon of the tab, that of the program. */
export interface Marks {
  /** Messages that weren't seen yet, in conversations that aren't silenced. */
  readonly unread: number;
  /** How many of these call. */
  readonly calling: number;
}

/** What all conversations together come to. */
export function marksOf(rows: readonly Row[], levels: Levels, usual: CallLevel): Marks {
  let unread = 0;
  let calling = 0;
  for (const row of rows) {
    const level = levels.get(row.key) ?? usual;
    if (level === "none") continue;
    unread += row.unread;
    calling += level === "all" || row.with !== undefined ? row.unread : row.mentions;
  }
  return { unread, calling };
}

/** Of each server by itself: keys mean something else elsewhere. */
function nameFor(server: string): string {
  return `levels.${server}`;
}

/** The choices that are kept for a server. */
export function readLevels(keep: Keep, server: string): Levels {
  const kept = readObject(keep, nameFor(server));
  const all = isObject(kept) ? Object.entries(kept) : [];
  return new Map(all.flatMap(([key, word]) => {
    const level = typeof word === "string" ? callLevelCalled(word) : undefined;
    return level === undefined ? [] : [[key, level] as const];
  }));
}

/** Keeps them. */
export function keepLevels(keep: Keep, server: string, levels: Levels): void {
  if (levels.size === 0) keep.remove(nameFor(server));
  else keep.set(nameFor(server), JSON.stringify(Object.fromEntries(levels)));
}
