/** All that a store's file holds, to be compared with another node's. */

import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "@std/assert";
import type { DataFolder } from "../backend/folder.ts";

/** Whatever has a folder with a store in it. */
interface Stored {
  readonly folder: DataFolder;
}

/** What differs without anybody seeing it: how far an index of cids is filed. */
const own = new Set(["filed"]);

/** Each table's rows, as texts in their order. */
export function dumpOf({ folder }: Stored): Readonly<Record<string, readonly string[]>> {
  using db = new DatabaseSync(`${folder.path}/parley.db`, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name)).filter((name) => !own.has(name));
  return Object.fromEntries(tables.map((table) => {
    const rows = db.prepare(`SELECT * FROM "${table}"`).all().filter((row) => {
      return table !== "meta" || !own.has(String(row.key));
    });
    // What was deleted is written over by as many bytes, or was never there.
    return [table, rows.map((row) => JSON.stringify(row).replaceAll("\\u0000", "")).sort()];
  }));
}

/** The rows in which two stores differ, with their tables. */
export function differences(
  one: ReturnType<typeof dumpOf>,
  other: ReturnType<typeof dumpOf>,
): readonly string[] {
  return Object.keys(one).flatMap((table) => {
    const [here, there] = [new Set(one[table]), new Set(other[table])];
    const only = [...here.symmetricDifference(there)];
    return only.map((row) => `${table}: ${row}`);
  });
}

/** Up to where a store has come in the order of its nodes. */
export function positionOf({ folder }: Stored): number {
  using db = folder.database();
  const value = db.prepare("SELECT value FROM meta WHERE key = 'position'").get()?.value;
  return typeof value === "number" ? value : 0;
}

/** Insists that two stores hold the same. */
export function same(one: Stored, other: Stored): void {
  assertEquals(differences(dumpOf(one), dumpOf(other)), []);
}
