import { assertEquals } from "@std/assert";
import { mentions } from "../../lib/client/mentions.ts";
import { afterEvent, indexOfSeq, type Said } from "../../lib/client/messages.ts";
import type { StoredEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";

const place = { room: "lobby", user: "bob", uid: "u2" as Uid };
const message: Said = { t: "said", seq: 5, at: 5, text: "hi", ...place };

function about(change: Record<string, unknown>): StoredEvent {
  return { seq: 6, at: 6, target: 5, ...place, ...change } as StoredEvent;
}

for (
  const [text, expected] of [
    ["hi alice", true],
    ["@alice: hi", true],
    ["ALICE!", true],
    ["ａｌｉｃｅ?", true],
    ["thanks, Alice.", true],
    ["(alice)", true],
    ["alice's", true],
    ["malice", false],
    ["alice2", false],
    ["alice_b", false],
    ["alice-b", false],
    ["alice.b", false],
    ["alicé", false],
    ["malice and alice", true],
    ["", false],
  ] as const
) {
  Deno.test(`mentions() is ${expected} for "${text}"`, () => {
    assertEquals(mentions(text, "Alice"), expected);
  });
}

Deno.test("mentions() finds names in other scripts", () => {
  assertEquals(mentions("привет, Иван!", "иван"), true);
  assertEquals(mentions("@小明 来", "小明"), true);
});

Deno.test("indexOfSeq() finds a message among those with holes between them", () => {
  const messages = [1, 4, 5, 9].map((seq) => ({ ...message, seq }));
  assertEquals([1, 4, 5, 9, 0, 2, 10].map((seq) => indexOfSeq(messages, seq)), [
    0,
    1,
    2,
    3,
    -1,
    -1,
    -1,
  ]);
  assertEquals(indexOfSeq([], 1), -1);
});

Deno.test("afterEvent() leaves other messages alone", () => {
  assertEquals(afterEvent(message, about({ t: "deleted", target: 4 })), message);
});

Deno.test("afterEvent() of the same reaction twice counts it once", () => {
  const on = about({ t: "reacted", emoji: "👍", on: true });
  const once = afterEvent(message, on);
  assertEquals(Object.entries(once.reactions ?? {}), [["👍", ["bob"]]]);
  assertEquals(afterEvent(once, on), once);
});

Deno.test("afterEvent() changes a deleted message no more", () => {
  const deleted = afterEvent(message, about({ t: "deleted" }));
  assertEquals("text" in deleted, false);
  assertEquals(afterEvent(deleted, about({ t: "edited", text: "back" })), deleted);
  assertEquals(afterEvent(deleted, about({ t: "reacted", emoji: "👍", on: true })), deleted);
});

Deno.test("afterEvent() of an edit whose text is gone keeps the message", () => {
  assertEquals(afterEvent(message, about({ t: "edited" })), message);
});
