/** Brings the index up to the log, a short slice at a time. */

import { integerIn, type Row, textIn } from "./database.ts";
import type { LogFeed } from "./log_feed.ts";
import { type SearchIndex, textsAMerge } from "./search_index.ts";

/** Events in one slice: in a transaction of 25 a text takes more than twice as long as in one of 500. */
const eventsMax = 500;
/** Events read at once: their texts may be long. */
const readAtOnce = 50;
/** Time for one slice, in milliseconds: a search may be waiting for it. */
const sliceMs = 20;
/** Work between two breaths, in milliseconds. */
const workMs = 0.25;

/** What one slice came to. */
export interface Slice {
  /** Whether there is more to do. */
  readonly more: boolean;
  /** Whether texts were taken out. */
  readonly erased: boolean;
}

/** What a slice is made with. */
export interface Indexing<L> {
  readonly log: L;
  readonly index: SearchIndex;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  /** Leaves the processor for a moment to whoever waits for it. */
  readonly breathe: () => void;
}

/** What {@linkcode feed} needs of the log. */
export type Feed = Pick<LogFeed, "after" | "target">;

/** To be called after each text, which may be long: breathes when that is due. */
function breathing({ now, breathe }: Pick<Indexing<unknown>, "now" | "breathe">): () => void {
  let due = now() + workMs;
  return () => {
    if (now() < due) return;
    breathe();
    due = now() + workMs;
  };
}

/** Takes the next events of the log into the index. */
export function feed({ log, index, now, breathe }: Indexing<Feed>): Slice {
  const until = now() + sliceMs;
  const breatheIfDue = breathing({ now, breathe });
  let rows = log.after(index.position, readAtOnce);
  let at = 0;
  let taken = 0;
  let erased = false;
  if (rows.length === 0) return { more: false, erased };
  index.change(() => {
    let position = index.position;
    while (at < rows.length && taken < eventsMax && (taken === 0 || now() < until)) {
      const row = rows[at++];
      if (take(row, log, index)) erased = true;
      position = integerIn(row, "n");
      taken++;
      breatheIfDue();
      if (at < rows.length) continue;
      rows = log.after(position, readAtOnce);
      at = 0;
    }
    return { position };
  });
  for (let merged = 0; merged < taken; merged += textsAMerge) {
    breathe();
    index.merge();
  }
  return { more: at < rows.length, erased };
}

/** Takes one event in; whether that took something out. */
function take(row: Row, log: Feed, index: SearchIndex): boolean {
  const kind = textIn(row, "kind");
  const n = integerIn(row, "n");
  if (kind === "said") {
    index.put(row, n);
    return false;
  }
  if (kind !== "edited" && kind !== "deleted") return false;
  const target = log.target(integerIn(row, "conversation"), integerIn(row, "target"));
  if (target !== undefined) index.put(target, n);
  return true;
}

/** Takes what the log has forgotten out of the index, from the message number `after` on. */
export function sweep(
  { log, index, now, breathe }: Indexing<Pick<LogFeed, "keeps">>,
  { forgotten, after }: { forgotten: number; after: number },
): Slice & { readonly after: number } {
  const until = now() + sliceMs;
  const rows = index.messages(after, eventsMax);
  const breatheIfDue = breathing({ now, breathe });
  let last = after;
  index.change(() => {
    for (const row of rows) {
      last = integerIn(row, "n");
      // What is younger takes no time.
      if (integerIn(row, "at") >= forgotten) continue;
      if (!log.keeps(last)) index.remove(last);
      breatheIfDue();
      if (now() >= until) break;
    }
    breathe();
    index.trim();
    return last === after ? { forgotten } : {};
  });
  // An earlier run may have taken some out, and ended before nothing was left of them.
  return { more: rows.length > 0, erased: true, after: last };
}
