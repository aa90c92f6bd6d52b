import { assert, assertEquals } from "@std/assert";
import {
  differences,
  fateDifferences,
  lineDifferences,
  type Sample,
  slope,
  type ViewRow,
} from "./helpers/views.ts";

const truth: readonly ViewRow[] = [
  { seq: 1, text: "one", by: "Ann" },
  { seq: 2 },
  { seq: 3, text: "three ❤️ 1", by: "Bea" },
  { seq: 4, text: "four", by: "Bea" },
];
const [one, two, three, four] = truth;

Deno.test("differences() finds none where everything was drawn, in however many pieces", () => {
  assertEquals(differences(truth, [truth]), []);
  assertEquals(differences(truth, [[three, four], [two, three], [one, two]]), []);
  // Whose a message is needn't stand beside each, and what says nothing is only to be there.
  assertEquals(differences(truth, [[one, { seq: 2, text: "Cem joined" }, three, four]]), []);
  assertEquals(differences(truth, [[one, two, three, { seq: 4, text: "four" }]]), []);
});

const plantings: readonly (readonly [string, readonly (readonly ViewRow[])[], string])[] = [
  ["one lost", [[one, two, four]], '3 is missing: "three ❤️ 1"'],
  ["an event lost", [[one, three, four]], '2 is missing: "undefined"'],
  ["the last one lost", [[one, two, three]], '4 is missing: "four"'],
  ["one doubled", [[one, two, three, three, four]], "3 is there twice"],
  ["two swapped", [[one, three, two, four]], "2 stands behind 3"],
  ["one that never was", [[...truth, { seq: 5 }]], "5 is there, and nothing of that kind happened"],
  [
    "an edit lost",
    [[one, two, three, { seq: 4, text: "for" }]],
    '4 is "for", and should be "four"',
  ],
  [
    "a wrong author",
    [[{ ...one, by: "Eve" }, two, three, four]],
    "1 is said by Eve, and should be by Ann",
  ],
  [
    "one that changed",
    [truth, [{ seq: 4, text: "5" }], [four]],
    '4 was "four", then "5"',
  ],
];

for (const [what, drawings, sentence] of plantings) {
  Deno.test(`differences() finds ${what}`, () => {
    assert(differences(truth, drawings).includes(sentence), String(differences(truth, drawings)));
  });
}

Deno.test("fateDifferences() finds what isn't stored, is stored twice, or otherwise than it was said", () => {
  const fates = [{ mark: "m1", text: "m1 soup" }, { mark: "m2", text: undefined }];
  assertEquals(fateDifferences(fates, ["m1 soup", undefined]), []);
  assertEquals(fateDifferences(fates, [undefined]).length, 1);
  assertEquals(fateDifferences(fates, ["m1 soup", "m1 soup", undefined]).length, 1);
  assertEquals(fateDifferences(fates, ["m1 bread", undefined]).length, 1);
  assertEquals(fateDifferences(fates, ["m1 soup", "m2 tea"]).length, 2);
  assertEquals(fateDifferences(fates, ["m1 soup", "m11 tea", undefined]), []);
});

Deno.test("lineDifferences() finds what a terminal lost, told twice or in another order", () => {
  const marks = ["m1", "m2", "m3"].map((mark) => ({ mark, isWhole: mark !== "m2" }));
  const lines = ["12:00 Ann: m1 soup", "12:00 Bea: m2 tea", "12:01 Ann: m2 tee (edited 12:01)"];
  const last = ["12:01 · Bea ❤️ “m1 soup”", "           m3 bread ✓"];
  assertEquals(lineDifferences(marks, [...lines, ...last]), []);
  assertEquals(lineDifferences(marks, [...lines.slice(0, 1), ...last]), []);
  assertEquals(lineDifferences(marks, lines), ["m3 isn't told"]);
  assertEquals(lineDifferences(marks, [...lines, ...last, ...last]), ["m3 is told 2 times"]);
  assert(lineDifferences(marks, [...last, ...lines]).length > 0);
});

/** Twenty measurements, one after each thirty steps, that go up and down by up to `noise`. */
function samples(perStep: number, noise: number): Sample[] {
  return Array.from({ length: 20 }, (_, index) => ({
    step: index * 30,
    value: 8000 + perStep * index * 30 + noise * Math.sin(index * 7),
  }));
}

Deno.test("slope() tells a leak from what comes and goes", () => {
  assertEquals(Math.round(slope(samples(50, 0))), 50);
  assert(slope(samples(0, 1000)) < 2);
  assert(slope(samples(20, 1000)) > 15);
  assertEquals(slope([{ step: 3, value: 9 }]), 0);
});
