import { assertEquals } from "@std/assert";
import { EventLines, wireEvent } from "../../lib/wire/encode.ts";
import type { LogEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";

const alice = "alice" as Uid;
const bob = "bob" as Uid;

function said(seq: number, uid: Uid, text: string, cid?: string): LogEvent {
  return { t: "said", text, seq, at: 1, user: uid, uid, ...cid !== undefined && { cid } };
}

function linesFor(viewer: Uid, events: readonly LogEvent[]): unknown[] {
  const parts = new EventLines(events, { room: "tea" }).for(viewer);
  const text = parts.map((part) => new TextDecoder().decode(part)).join("");
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const texts = [["one byte", "hi"], ["several", "你好 👍"], [
  "several, and many",
  "好".repeat(50_000),
]];
for (const [what, text] of texts) {
  Deno.test(`a cid is shown only to its sender, where a character has ${what}`, () => {
    const events = [
      said(1, alice, text, "c1"),
      said(2, bob, `${text} "}\n`, "c2"),
      said(3, alice, text),
      said(4, alice, text, "c3"),
    ];
    for (const viewer of [alice, bob, "carol" as Uid]) {
      const expected = events.map((event) => wireEvent(event, { room: "tea" }, viewer));
      assertEquals(linesFor(viewer, events), JSON.parse(JSON.stringify(expected)));
    }
  });
}
