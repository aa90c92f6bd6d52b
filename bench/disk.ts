/** What the disk and the index take, beside what a server makes of them. */

import { delay } from "@std/async/delay";
import { indexFile, logFile, openToRead } from "../lib/backend/sqlite/database.ts";
import { percentile } from "./statistics.ts";

/** A small page, as a commit of one message writes some. */
const pageBytes = 4096;
/** Time between two looks at the index. */
const lookMs = 50;
/** Time after which nobody waits for the index any more. */
const waitMs = 120_000;

/** Milliseconds that this folder's disk takes to have a page for good. */
export async function syncTimes(
  folder: string,
  count: number,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const path = `${folder}/sync`;
  const times: number[] = [];
  {
    using file = await Deno.open(path, { write: true, create: true });
    const page = new Uint8Array(pageBytes);
    for (let index = 0; index < count; index++) {
      const began = performance.now();
      await file.write(page);
      await file.syncData();
      times.push(performance.now() - began);
    }
  }
  await Deno.remove(path);
  times.sort((one, other) => one - other);
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

/**
 * How many events a server's index is behind its log now, and how long it takes to have them all. It
 * is read from the files: a search also looks through what isn't indexed yet, and so doesn't tell.
 */
export async function indexLag(
  folder: string,
): Promise<{ readonly events: number; readonly seconds: number }> {
  const began = performance.now();
  const events = behind(folder);
  while (behind(folder) > 0) {
    if (performance.now() - began > waitMs) throw new Error("The search index doesn't catch up");
    await delay(lookMs);
  }
  return { events, seconds: (performance.now() - began) / 1000 };
}

function behind(folder: string): number {
  const last = numberIn(logFile(folder), "SELECT max(n) AS value FROM event");
  return last - indexed(indexFile(folder));
}

/** Up to which event an index has the log; a server that has just begun may not have made it yet. */
function indexed(path: string): number {
  const isMade = numberIn(path, "SELECT 1 AS value FROM sqlite_schema WHERE name = 'meta'") === 1;
  return isMade ? numberIn(path, "SELECT value FROM meta WHERE key = 'position'") : 0;
}

function numberIn(path: string, query: string): number {
  const db = openToRead(path);
  try {
    return Number(db.prepare(query).get()?.value ?? 0);
  } finally {
    db.close();
  }
}
