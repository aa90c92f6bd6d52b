/** What stands on notifications, and which conversations count on the icon. */

import { assert, assertEquals } from "@std/assert";
import type { StoredEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";
import { keepLevels, marksOf, readLevels } from "../../web/alerts/alert_rules.ts";
import { alertText, missedText } from "../../web/alerts/alert_text.ts";
import { memoryKeep } from "../../web/offline/keep.ts";
import type { Row } from "../../web/model.ts";
import { titleOf } from "../../web/title.ts";

const bob = "b" as Uid;

function said(text: string, isPrivate = false): StoredEvent {
  const place = isPrivate ? { room: "@Bob", with: bob } : { room: "dev" };
  return { t: "said", ...place, seq: 1, at: 0, user: "Bob", uid: bob, text };
}

const texts: readonly [string, string][] = [
  ["look at **this**, @alice", "look at this, @alice"],
  ["the killer is ||the cook|| they say", "the killer is [spoiler] they say"],
  ["use `rm -rf` now", "use [code] now"],
  ["so:\n```\nsecret = 1\n```\ndone", "so: [code] done"],
  ["```\nnever closed", "[code]"],
  ["> quoted\n\n- one\n- two", "quoted one, two"],
  ["| a | b |\n| - | - |\n| 1 | 2 |", "[table]"],
  ["_waves_", "Bob waves"],
  ["a\u202eb\u0007c", "abc"],
];

for (const [text, body] of texts) {
  Deno.test(`a notification of ${JSON.stringify(text)} says ${JSON.stringify(body)}`, () => {
    assertEquals(alertText(said(text), 1), { title: "Bob in #dev", body });
  });
}

Deno.test("a spoiler that a long text cuts off is hidden all the same", () => {
  const { body } = alertText(said(`it is ||${"the cook ".repeat(100)}||`), 1);
  assertEquals(body, "it is [spoiler]");
});

Deno.test("a notification is short, and cuts no letter in half", () => {
  const { body } = alertText(said("😀".repeat(250)), 1);
  assertEquals([...body].length, 161);
  assert(body.endsWith("😀…"));
});

Deno.test("several messages of one conversation stand on one notification", () => {
  assertEquals(alertText(said("three"), 3), { title: "3 messages in #dev", body: "Bob: three" });
  assertEquals(alertText(said("psst", true), 1), { title: "Bob", body: "psst" });
  assertEquals(alertText(said("psst", true), 2), { title: "2 messages from Bob", body: "psst" });
});

Deno.test("what was missed is told with the fullest conversations first", () => {
  const counts = new Map([["a", 1], ["b", 5], ["@Bob", 2], ["c", 1], ["d", 1], ["e", 1]]);
  assertEquals(missedText(counts), {
    title: "11 messages while you were away",
    body: "#b 5, @Bob 2, #a 1, #c 1, and 2 more",
  });
});

function row(key: string, unread: number, mentions: number): Row {
  const place = key.startsWith("@") ? { room: key, with: bob } : { room: key };
  return { ...place, key, topic: "", unread, mentions, isHere: false, hasDraft: false, unsent: 0 };
}

Deno.test("what is silenced counts nowhere, what calls counts as that", () => {
  const rows = [row("lobby", 5, 1), row("dev", 3, 0), row("ops", 9, 9), row("@b", 2, 0)];
  const levels = new Map([["dev", "all"], ["ops", "none"]] as const);
  assertEquals(marksOf(rows, levels, "mentions"), { unread: 10, calling: 1 + 3 + 2 });
  assertEquals(marksOf(rows, levels, "none"), { unread: 3, calling: 3 });
  assertEquals(titleOf(10, { room: "dev" }), "(10) #dev · Parley");
  assertEquals(titleOf(0, undefined), "Parley");
});

Deno.test("levels are kept for each server by itself, whatever stood there", () => {
  const keep = memoryKeep();
  keepLevels(keep, "one", new Map([["dev", "all"], ["__proto__", "none"]]));
  assertEquals([...readLevels(keep, "one")], [["dev", "all"], ["__proto__", "none"]]);
  assertEquals(readLevels(keep, "two").size, 0);
  keep.set("levels.one", '{"dev":"loud","ops":7,"lobby":"none"}');
  assertEquals([...readLevels(keep, "one")], [["lobby", "none"]]);
  keepLevels(keep, "one", new Map());
  assertEquals(keep.names("levels"), []);
});
