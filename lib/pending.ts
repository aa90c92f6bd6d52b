/** What was decided and waits for its turn to be committed. */

import type { Deed, Stored } from "./peer/deeds.ts";
import type { ChatError } from "./errors.ts";
import type { LogEvent } from "./events.ts";
import { applyToMessage, type Message, newMessage } from "./rooms.ts";

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

/** Gives those that are events the seqs behind one, in their order; what they come to. */
export function eventsBehind(batch: readonly Pending[], after: number): readonly LogEvent[] {
  const events: LogEvent[] = [];
  let seq = after;
  for (const one of batch) {
    if (one.event === undefined) continue;
    seq++;
    if (one.event.seq !== seq) one.event = { ...one.event, seq };
    events.push(one.event);
  }
  return events;
}

/** How many are events. */
export function eventCount(pending: readonly Pending[]): number {
  let count = 0;
  for (const { event } of pending) if (event) count++;
  return count;
}

/** Message `seq` as what was decided leaves it; `message` is how it stands in the log. */
export function messageWith(
  decided: readonly (LogEvent | undefined)[],
  seq: number,
  message: Message | undefined,
): Message | undefined {
  for (const event of decided) {
    if (event?.seq === seq && event.t === "said") message ??= newMessage(event);
    // What was committed while it was read changes nothing when it is applied again.
    if (message && event) message = applyToMessage(message, event);
  }
  return message;
}

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
