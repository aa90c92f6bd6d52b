/** How a list's rows have moved between two drawings of it. Pure. */

import { indexOfSeq } from "../../lib/client/messages.ts";
import type { StoredEvent } from "../../lib/events.ts";

/** What became of the rows that were there. */
export interface Moves {
  /** Rows that came in front. */
  readonly prepended: number;
  /** Rows gone from the front. */
  readonly dropped: number;
}

/**
 * How `now` came from `before`: rows come at both ends and go in front. `undefined` where the two
 * have nothing in common.
 */
export function movesOf(
  before: readonly StoredEvent[],
  now: readonly StoredEvent[],
): Moves | undefined {
  if (before.length === 0 || now.length === 0) return undefined;
  const prepended = indexOfSeq(now, before[0].seq);
  if (prepended >= 0) return { prepended, dropped: 0 };
  const dropped = indexOfSeq(before, now[0].seq);
  return dropped >= 0 ? { prepended: 0, dropped } : undefined;
}
