/** What was decided and waits for its turn to be committed. */

import type { Deed, Stored } from "./peer/deeds.ts";
import type { ChatError } from "./errors.ts";
import type { LogEvent } from "./events.ts";
import type { Message } from "./rooms.ts";

/** One deed that waits. */
export interface Pending {
  readonly deed: Deed;
  /** The message that the deed is about, as it was when this was decided. */
  message: Message | undefined;
  /** `undefined`: nothing changes, but the answer waits for what was decided before. */
  event: LogEvent | undefined;
  readonly promise: Promise<Stored>;
  resolve(stored: Stored): void;
  reject(error: ChatError): void;
}

/** An append holds at most this many events: a commit of some milliseconds. */
export const appendEventsMax = 5000;
/** About what an event takes beside the text that somebody wrote. */
const eventChars = 250;

/** As many from the start as one append takes, of about `charsMax` characters; at least one. */
export function batchOf(pending: readonly Pending[], charsMax = Infinity): readonly Pending[] {
  if (charsMax === Infinity) return pending.slice(0, appendEventsMax);
  let chars = 0;
  const over = pending.findIndex(({ event }) => {
    if (event) chars += eventChars + ("text" in event ? event.text?.length ?? 0 : 0);
    return chars > charsMax;
  });
  return pending.slice(
    0,
    over < 0 ? appendEventsMax : Math.min(Math.max(over, 1), appendEventsMax),
  );
}
