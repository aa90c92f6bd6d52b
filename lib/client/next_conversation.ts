/** Which conversation comes next. Pure. */

import { conversationsJoined } from "./find_conversation.ts";
import type { ChatState, ConversationView } from "./state.ts";

/** Where to go on from `here`: where somebody waits for an answer, or where there is news. */
export function conversationNext(
  known: Pick<ChatState, "conversations">,
  here: ConversationView,
): ConversationView | undefined {
  const others = conversationsJoined(known).filter(({ key }) => key !== here.key);
  return others.find(({ with: other, unread }) => other !== undefined && unread > 0) ??
    others.find(({ unread }) => unread > 0) ?? others[0];
}
