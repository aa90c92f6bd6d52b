import { assertEquals } from "@std/assert";
import type { StoredEvent } from "../../lib/events.ts";
import type { FileId, Uid } from "../../lib/names.ts";
import { rowName, type RowNameOptions } from "../../web/text/row_name.ts";
import { clockTime } from "../../web/text/times.ts";

const at = Date.UTC(2026, 2, 3, 12);
const time = clockTime(at);
const usual: RowNameOptions = { isOwn: false, isSeen: false, isDay: false, also: "", now: at };
const bob = { seq: 7, at, room: "dev", user: "Bob", uid: "u1" as Uid };

function named(event: Partial<StoredEvent>, more: Partial<RowNameOptions> = {}): string {
  return rowName({ ...bob, ...event } as StoredEvent, { ...usual, ...more });
}

Deno.test("rowName() says who, when and what of a message, and what became of it", () => {
  assertEquals(named({ t: "said", text: "**is** there soup?" }), `Bob, ${time}: is there soup?`);
  const changed = { t: "said", text: "two", edited: at, reactions: { "❤️": ["Cathy", "Dan"] } };
  assertEquals(
    named({ ...changed, quote: 3 } as Partial<StoredEvent>),
    `Bob, ${time}: two, an answer, edited, reactions: ❤️ 2`,
  );
  const own = { isOwn: true, isSeen: true, isDay: true };
  assertEquals(named({ t: "said", text: "mine" }, own), `Today. You, ${time}: mine, read`);
});

Deno.test("rowName() says what happened where nobody said anything", () => {
  assertEquals(named({ t: "said" }), `Bob took a message back, ${time}`);
  assertEquals(named({ t: "said", text: "_waves_" }), `Bob waves, ${time}`);
  assertEquals(named({ t: "joined" }, { also: "Ann" }), `Bob joined, and so did Ann, ${time}`);
  assertEquals(
    named({ t: "removed", file: "f" as FileId }, { file: "a.txt" }),
    `Bob took back a.txt, ${time}`,
  );
});

Deno.test("rowName() keeps what is hidden until it is asked for", () => {
  assertEquals(named({ t: "said", text: "it was ||the cook||" }).includes("cook"), false);
});

Deno.test("rowName() takes no control characters from what others write", () => {
  const name = named({ t: "said", text: "a\u202eb\u0007", user: "B\u202eob" });
  assertEquals(["\u202e", "\u0007"].filter((sign) => name.includes(sign)), []);
});
