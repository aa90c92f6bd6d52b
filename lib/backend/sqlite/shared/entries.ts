/** Work as the text of an entry, and what other nodes' work comes to for the core. */

import { parseLine } from "../../../wire/decode.ts";
import { isObject } from "../../../wire/fields.ts";
import type { News } from "../../../nodes.ts";
import type { Entry } from "../../order.ts";
import type { Packed } from "../packed.ts";
import { movedTo } from "../../../store.ts";
import type { Done, EntryWorks, Work } from "../work.ts";

const opening = '{"works":[';

/** Each kind of work: a newer Parley may know more of them. */
const kinds: { readonly [K in Work["do"]]: true } = {
  append: true,
  save: true,
  account: true,
  credential: true,
  login: true,
  "use login": true,
  "drop logins": true,
  mark: true,
  "forget logins": true,
  transfer: true,
  finishing: true,
  drop: true,
  freed: true,
  record: true,
  audit: true,
  forget: true,
  trim: true,
  erased: true,
};

/** The text of an entry, of works that are packed. */
export function textOf(works: readonly Packed<Work>[]): string {
  return `${opening}${works.join()}]}`;
}

/**
 * The works of an entry. What is in them was checked by the node that published it.
 *
 * @throws {Error} where there is a kind of work that this version doesn't know.
 */
export function worksIn({ text, position }: Pick<Entry, "text" | "position">): readonly Work[] {
  const works = text.startsWith(opening) ? parseLine(text)?.works : undefined;
  if (Array.isArray(works) && works.every(isWork)) return works;
  throw new Error(
    `entry ${position} of the nodes' order isn't what this version knows: a newer Parley may have ` +
      "written it; start that one here, too",
  );
}

/** Entries as the writer takes them; the texts of other nodes were read by {@linkcode worksIn}. */
export function packedEntries(entries: readonly Entry[]): Packed<readonly EntryWorks[]> {
  const packed = entries.map(({ position, node, number, text }) => {
    const place = JSON.stringify({ position, node, number });
    // What founds a store isn't work.
    return `${place.slice(0, -1)},${number === 0 ? '"works":[]}' : text.slice(1)}`;
  });
  return `[${packed.join()}]` as Packed<readonly EntryWorks[]>;
}

function isWork(value: unknown): value is Work {
  return isObject(value) && typeof value.do === "string" && Object.hasOwn(kinds, value.do);
}

/** What the core hears of a work that another node has asked for, and of what became of it. */
export function newsOf(work: Work, done: Done): News | undefined {
  if (done !== 0 && done.is !== "moved") return undefined;
  switch (work.do) {
    case "append":
      return {
        is: "appended",
        append: done === 0 ? work.append : movedTo(work.append, done.after),
      };
    case "save":
      return { is: "users", users: work.users };
    case "account":
      return { is: "users", users: [work.user] };
    case "drop logins":
      return { is: "logins dropped", hashes: work.hashes };
    case "mark":
      return { is: "marked", uid: work.uid, mark: work.mark };
    case "record": {
      const { kind, key } = work;
      const value = work.value === undefined ? undefined : parseLine(work.value);
      return { is: "record", kind, key, ...value && { value } };
    }
    case "transfer":
      return { is: "transfer", record: work.record };
    case "finishing":
      return { is: "finishing", transfer: work.transfer, file: work.file };
    case "drop":
      return { is: "transfer dropped", transfer: work.transfer };
    case "freed":
      return { is: "freed", file: work.file };
    case "credential":
    case "login":
    case "use login":
    case "forget logins":
    case "audit":
    case "forget":
    case "trim":
    case "erased":
      return undefined;
    default:
      work satisfies never;
      return undefined;
  }
}
