/** Screens and events for the terminal's tests. */

import { noRules } from "../../lib/moderation/rules.ts";
import type { ConversationView } from "../../lib/client/state.ts";
import type { StoredEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";
import { paintFor } from "../../lib/terminal/paint.ts";
import type { View } from "../../lib/terminal/view.ts";

/** A uid of a test. */
export function uid(text: string): Uid {
  return text as string as Uid;
}

/** Two minutes past two on this machine's clock. */
export const at = new Date(2025, 2, 3, 14, 2).getTime();

/** Alice looking at the lobby, without colours. */
export function viewOf(more: Partial<View> = {}): View {
  return {
    columns: 80,
    paint: paintFor(false),
    here: { room: "lobby" },
    me: { user: "Alice", uid: uid("a") },
    ...more,
  };
}

/** Something that Bob said in the lobby. */
export function said(
  text: string,
  more: Partial<Extract<StoredEvent, { t: "said" }>> = {},
): Extract<StoredEvent, { t: "said" }> {
  return { t: "said", seq: 7, at, room: "lobby", user: "Bob", uid: uid("b"), text, ...more };
}

/** A conversation that nothing has happened in. */
export function conversationOf(more: Partial<ConversationView> = {}): ConversationView {
  return {
    key: "lobby",
    room: "lobby",
    topic: "",
    joined: true,
    seq: 0,
    rules: noRules,
    role: "guest",
    messages: [],
    older: false,
    lost: new Map(),
    unread: 0,
    mentions: 0,
    readSeq: 0,
    seenSeq: 0,
    outgoing: [],
    ...more,
  };
}
