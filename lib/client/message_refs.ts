/** Which message is meant by words like `^2` and `@bob`. Pure. */

import { ChatError } from "../errors.ts";
import type { StoredEvent } from "../events.ts";
import { nameKey, type Uid } from "../names.ts";
import type { Said } from "./messages.ts";
import type { MessageRef } from "./slash_row.ts";

/** A reference that isn't a seq. */
export type WordRef = Exclude<MessageRef, { by: "seq" }>;

/**
 * The message that is meant: of those that `ref` fits the newest, or one before it.
 *
 * @throws {ChatError} where there is none among `messages`.
 */
export function messageMeant(
  messages: readonly StoredEvent[],
  ref: WordRef,
  of: { readonly me: Uid | undefined; readonly whose: "own" | "others" },
): Said {
  const said = messages.filter(isSaid);
  if (ref.by === "user") {
    const key = nameKey(ref.user);
    const found = said.findLast((event) => nameKey(event.user) === key);
    if (found) return found;
    throw wrong(`${ref.user} has said nothing here that is known`);
  }
  const isOwn = of.whose === "own";
  const found = said.filter(({ uid }) => (uid === of.me) === isOwn).at(-1 - ref.back);
  if (found) return found;
  throw wrong(
    isOwn ? "You have said nothing here that is known" : "Nobody else has said that much here",
  );
}

function wrong(sentence: string): ChatError {
  return new ChatError("bad_message", sentence);
}

function isSaid(event: StoredEvent): event is Said {
  return event.t === "said" && event.text !== undefined;
}
