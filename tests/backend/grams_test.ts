import { assertEquals } from "@std/assert";
import { blockTrigram, pairsIn, planOf, within } from "../../lib/backend/sqlite/grams.ts";

Deno.test("words of three characters and more are found by their trigrams", () => {
  assertEquals(planOf(["word", "to"]).trigrams, '"wor" AND "ord"');
  assertEquals(planOf(['"a"'])?.trigrams, '"""a"""');
  assertEquals(planOf(["a👍b"]).trigrams, '"a👍b"');
});

Deno.test("two characters of a dense writing are found by pairs, other short words aren't", () => {
  assertEquals(planOf(["北京"]).pairs, '"北京"');
  assertEquals(planOf(["東タ"]).pairs, '"東タ"');
  assertEquals(planOf(["ok"]), { words: ["ok", "", ""] });
  assertEquals(planOf(["a京"]), { words: ["a京", "", ""] });
});

Deno.test("a long word is asked for by a few of its trigrams, its ends among them", () => {
  const { trigrams = "" } = planOf(["abcdefghijklmnopqrstuvwxyz"]);
  const asked = trigrams.split(" AND ");
  assertEquals([asked.length, asked[0], asked[7]], [8, '"abc"', '"xyz"']);
});

Deno.test("pairsIn() gives each pair of neighbours in a dense writing once", () => {
  assertEquals(pairsIn("我们我们, ok 去 京"), "我们 们我");
  assertEquals(pairsIn("only latin"), "");
});

Deno.test("within() asks in some blocks only", () => {
  assertEquals(within("x", { from: 1, to: 2 }, (block) => `b${block}`), '("b1" OR "b2") AND x');
  assertEquals([...blockTrigram(0)].length, 3);
  assertEquals(blockTrigram(1) === blockTrigram(4097), false);
});
