/** What the library has of a conversation's files, for whoever decides about one. */

import type { Conversation } from "../conversation.ts";

/** In a room where so much is said, others seldom remove what one removes at the same time. */
const triesMax = 5;

/**
 * Reads from the library what is still so when this resolves: where another node's events came
 * meanwhile, once more. What comes later is known to the conversation when it decides.
 */
export async function readStill<T>(
  { room }: Pick<Conversation, "room">,
  read: () => Promise<T>,
): Promise<T> {
  for (let tries = 1;; tries++) {
    const { seq } = room;
    const found = await read();
    if (room.seq === seq || tries === triesMax) return found;
  }
}
