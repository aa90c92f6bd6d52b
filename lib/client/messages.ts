/** A conversation's shown messages, oldest first, and what happens to them. Pure. */

import type { StoredEvent } from "../events.ts";

/** A message. */
export type Said = Extract<StoredEvent, { t: "said" }>;

/** Where the event `seq` is in `messages`, or -1. */
export function indexOfSeq(messages: readonly StoredEvent[], seq: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = messages[middle].seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/**
 * `message` after an event that may be about it. Applying an event again that the message already
 * shows changes nothing.
 */
export function afterEvent(message: Said, event: StoredEvent): Said {
  if (!("target" in event) || event.target !== message.seq) return message;
  if (message.deleted !== undefined) return message;
  switch (event.t) {
    case "edited":
      // Without a text it was deleted since, which an event to come says.
      return event.text === undefined
        ? message
        : { ...message, text: event.text, edited: event.at };
    case "deleted": {
      const { text: _text, edited: _edited, reactions: _reactions, ...rest } = message;
      return { ...rest, deleted: event.at };
    }
    case "reacted":
      return { ...message, reactions: afterReaction(message.reactions ?? {}, event) };
    default:
      event satisfies never;
      return message;
  }
}

function afterReaction(
  reactions: Readonly<Record<string, readonly string[]>>,
  event: { readonly emoji: string; readonly on: boolean; readonly user: string },
): Readonly<Record<string, readonly string[]>> {
  const changed: Record<string, readonly string[]> = Object.assign(Object.create(null), reactions);
  const others = (changed[event.emoji] ?? []).filter((user) => user !== event.user);
  if (event.on) changed[event.emoji] = [...others, event.user];
  else if (others.length > 0) changed[event.emoji] = others;
  else delete changed[event.emoji];
  return changed;
}
