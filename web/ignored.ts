/** Whose messages are hidden, kept over reloads. */

import { checkFields, list, opaque } from "../lib/wire/fields.ts";
import type { Uid } from "../lib/names.ts";
import { type Keep, readObject } from "./offline/keep.ts";

const name = "ignored";
const fields = { uids: list(opaque<Uid>(), 10_000) } as const;

/** Those that are kept. */
export function readIgnored(keep: Keep): ReadonlySet<Uid> {
  return new Set(checkFields(fields, readObject(keep, name) ?? {})?.uids);
}

/** Keeps these, and no others. */
export function keepIgnored(keep: Keep, uids: ReadonlySet<Uid>): void {
  if (uids.size === 0) keep.remove(name);
  else keep.set(name, JSON.stringify({ uids: [...uids] }));
}
