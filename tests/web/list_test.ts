import { assert, assertEquals } from "@std/assert";
import type { StoredEvent } from "../../lib/events.ts";
import type { Uid } from "../../lib/names.ts";
import { movesOf } from "../../web/list/align.ts";
import { Heights } from "../../web/list/heights.ts";
import { guessHeight, rowLook, type RowsLook, withRows } from "../../web/list/rows.ts";

const noon = new Date(2026, 2, 4, 12).getTime();

function said(seq: number, more: Partial<Extract<StoredEvent, { t: "said" }>> = {}): StoredEvent {
  return {
    ...{ t: "said", seq, at: noon + seq * 1000, room: "lobby", text: `text ${seq}` },
    ...{ user: "ann", uid: "u1" as Uid },
    ...more,
  };
}

/** The look of `event` behind `before`. */
function lookOf(event: StoredEvent, before: StoredEvent | undefined, how: RowsLook) {
  return before === undefined ? rowLook([event], 0, how) : rowLook([before, event], 1, how);
}

const rows = { readSeq: 0, lost: new Map<number, number>(), uid: "u9" };

Deno.test("Heights.top() sums what is above a row, as it is measured", () => {
  const heights = new Heights();
  heights.append([10, 20, 30]);
  assertEquals([0, 1, 2, 3].map((index) => heights.top(index)), [0, 10, 30, 60]);
  assert(heights.measured(1, 25));
  assert(!heights.measured(1, 25.2));
  assertEquals([0, 1, 2, 3].map((index) => heights.top(index)), [0, 10, 35, 65]);
});

Deno.test("Heights keeps its rows when others come and go at both ends", () => {
  const heights = new Heights();
  heights.append([10, 20]);
  heights.prepend([1, 2, 3]);
  heights.append([40]);
  assertEquals([heights.count, heights.top(3), heights.total], [6, 6, 76]);
  heights.drop(2);
  assertEquals([heights.count, heights.top(1), heights.total], [4, 3, 73]);
  heights.truncate(2);
  heights.append([7]);
  assertEquals([heights.count, heights.total], [3, 20]);
});

Deno.test("Heights.range() has every row in sight and no more than asked for", () => {
  const heights = new Heights();
  heights.append(Array(50_000).fill(40));
  assertEquals(heights.range(4000, 400, 80), { from: 98, to: 113 });
  assertEquals(heights.range(-100, 50, 0), { from: 0, to: 1 });
  assertEquals(heights.range(1e9, 50, 0), { from: 49_999, to: 50_000 });
  assertEquals(new Heights().range(0, 50, 0), { from: 0, to: 0 });
});

Deno.test("Heights.at() is the row that a pixel belongs to", () => {
  const heights = new Heights();
  heights.append([10, 0, 20]);
  assertEquals([-5, 0, 9.9, 10, 29, 99].map((y) => heights.at(y)), [0, 0, 0, 2, 2, 2]);
  assertEquals(new Heights().at(0), -1);
});

Deno.test("rowLook() begins a day with the first message and where the date changes", () => {
  const before = said(1, { at: new Date(2026, 2, 3, 23, 59).getTime() });
  const after = said(2, { at: new Date(2026, 2, 4, 0, 0).getTime() });
  assert(lookOf(before, undefined, rows).isDay);
  assert(lookOf(after, before, rows).isDay);
  assert(!lookOf(said(3), said(2), rows).isDay);
});

Deno.test("rowLook() groups what one author says shortly after each other", () => {
  assert(lookOf(said(2), said(1), rows).isMore);
  const others: readonly (readonly [string, StoredEvent])[] = [
    ["another author", said(2, { uid: "u2" as Uid })],
    ["another name", said(2, { user: "Ann" })],
    ["a longer while", said(2, { at: noon + 400_000 })],
    ["an answer", said(2, { quote: 1 })],
    ["something done", said(2, { text: "_waves_" })],
  ];
  for (const [why, event] of others) assert(!lookOf(event, said(1), rows).isMore, why);
});

Deno.test("rowLook() puts the new line before the first of others that wasn't read", () => {
  const read = { ...rows, readSeq: 5 };
  assertEquals(lookOf(said(6), said(5), read).isNew, true);
  assertEquals(lookOf(said(6), said(5), read).isMore, false);
  assertEquals(lookOf(said(7), said(6), read).isNew, false);
  assertEquals(lookOf(said(6, { uid: "u9" as Uid }), said(5), read).isNew, false);
  assertEquals(lookOf(said(6), said(5), rows).isNew, false);
});

Deno.test("rowLook() tells of a gap where it is", () => {
  const look = { ...rows, lost: new Map([[5, 3]]) };
  assertEquals(lookOf(said(9), said(5), look).lost, 3);
  assertEquals(lookOf(said(10), said(9), look).lost, 0);
  assertEquals(lookOf(said(5), said(4), look).lost, 0);
});

Deno.test("rowLook() tells of those who come one after the other in the last one's row", () => {
  const joined = (seq: number, user: string): StoredEvent => ({
    ...{ t: "joined", seq, at: noon + seq, room: "dev", user, uid: user as Uid },
  });
  const all = [joined(1, "a"), joined(2, "b"), joined(3, "c"), said(4), joined(5, "d")];
  const looks = all.map((_, index) => rowLook(all, index, rows));
  assertEquals(looks.map(({ isFolded }) => isFolded), [true, true, false, false, false]);
  assertEquals(looks.map(({ also }) => also), ["", "", "a, b", "", ""]);
  const many = Array.from({ length: 30 }, (_, index) => joined(index + 1, `u${index}`));
  assert(rowLook(many, 29, rows).also.startsWith("21 others, u21"));
});

Deno.test("guessHeight() grows with the lines of a text, to a bound", () => {
  const height = (text: string) => guessHeight(said(1, { text }), 600);
  assert(height("a") < height("a\nb"));
  assert(height("a") < height("word ".repeat(60)));
  assert(height("\n".repeat(16_000)) < 100_000);
});

Deno.test("movesOf() says what came in front and what went there", () => {
  const list = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => said(from + index));
  assertEquals(movesOf(list(50, 60), list(40, 62)), { prepended: 10, dropped: 0 });
  assertEquals(movesOf(list(50, 60), list(53, 61)), { prepended: 0, dropped: 3 });
  assertEquals(movesOf(list(50, 60), list(50, 60)), { prepended: 0, dropped: 0 });
  assertEquals(movesOf(list(50, 60), list(90, 99)), undefined);
  assertEquals(movesOf([], list(1, 2)), undefined);
});

Deno.test("withRows() leaves out those who are told with the next, but not their days", () => {
  const moved = (seq: number, more: Partial<StoredEvent> = {}): StoredEvent =>
    ({ ...said(seq), t: "joined", ...more }) as StoredEvent;
  const day = 24 * 3600 * 1000;
  const all = [
    ...[moved(1), moved(2), moved(3), said(4), moved(5), moved(6)],
    ...[moved(7, { at: noon + day }), moved(8, { at: noon + day })],
  ];
  const shown = withRows(all, rows);
  // The first one of a day has the day above it.
  assertEquals(shown.map(({ seq }) => seq), [1, 3, 4, 6, 7, 8]);
  assertEquals(shown.map((event) => rowLook(all, all.indexOf(event), rows).isFolded), [
    ...[true, false, false, false, true, false],
  ]);
  assertEquals(rowLook(all, 2, rows).also, "ann");
  const words = [said(1), said(2)];
  assert(withRows(words, rows) === words);
});

Deno.test("rowLook() counts those who came before it, beyond the few whom it names", () => {
  const all = Array.from(
    { length: 5000 },
    (_, index) =>
      ({ ...said(index + 1), at: noon, t: "joined", user: `u${index}` }) as unknown as StoredEvent,
  );
  assertEquals(rowLook(all, 4999, rows).also.split(",")[0], "4991 others");
});
