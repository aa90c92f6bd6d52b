/** Which conversation is meant. Pure. */

import { nameKey } from "../names.ts";
import type { ChatState, ConversationView } from "./state.ts";

type Known = Pick<ChatState, "conversations">;

/** The conversations that this user is in. */
export function conversationsJoined({ conversations }: Known): readonly ConversationView[] {
  return [...conversations.values()].filter(({ joined }) => joined);
}

/** The conversation that is called `name`, where this user is in it. */
export function conversationCalled(known: Known, name: string): ConversationView | undefined {
  const key = nameKey(name);
  return conversationsJoined(known).find(({ room }) => nameKey(room) === key);
}
