import { assertEquals } from "@std/assert";
import { conversationCalled } from "../../lib/client/find_conversation.ts";
import { conversationNext } from "../../lib/client/next_conversation.ts";
import { conversationOf } from "../terminal/views.ts";
import type { ConversationView } from "../../lib/client/state.ts";
import type { Uid } from "../../lib/names.ts";

function known(...all: readonly ConversationView[]) {
  return { conversations: new Map(all.map((each) => [each.key, each])) };
}

const lobby = conversationOf({ key: "lobby", room: "lobby" });
const dev = conversationOf({ key: "dev", room: "Dev", unread: 2 });
const bob = conversationOf({ key: "@b", room: "@Bob", with: "b" as Uid, unread: 1 });
const left = conversationOf({ key: "left", room: "left", unread: 9, joined: false });

Deno.test("a conversation is found by its name in any case, while one is in it", () => {
  const all = known(lobby, dev, bob, left);
  assertEquals(conversationCalled(all, "dev")?.key, "dev");
  assertEquals(conversationCalled(all, "@bob")?.key, "@b");
  assertEquals(conversationCalled(all, "left"), undefined);
});

Deno.test("next is who waits for an answer, then what has news, then any other", () => {
  assertEquals(conversationNext(known(lobby, dev, bob, left), lobby)?.key, "@b");
  assertEquals(conversationNext(known(lobby, dev, bob), bob)?.key, "dev");
  assertEquals(conversationNext(known(lobby, dev, left), dev)?.key, "lobby");
  assertEquals(conversationNext(known(lobby, left), lobby), undefined);
});
