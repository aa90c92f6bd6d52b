import { assert, assertEquals } from "@std/assert";
import { BloomFilter } from "../../lib/backend/sqlite/bloom_filter.ts";
import { hash53 } from "../../lib/store.ts";

const many = 1_000_000;

Deno.test("what was added may be there, and of what wasn't hardly any", () => {
  const filter = new BloomFilter();
  for (let index = 0; index < many; index++) filter.add(hash53(`added ${index}`));
  let missed = 0;
  let doubtful = 0;
  for (let index = 0; index < many; index++) {
    if (!filter.mayHave(hash53(`added ${index}`))) missed++;
    if (filter.mayHave(hash53(`other ${index}`))) doubtful++;
  }
  assertEquals(missed, 0);
  assert(doubtful < many / 500, `${doubtful} of ${many}`);
});

Deno.test("the least and the greatest hash are taken", () => {
  const filter = new BloomFilter();
  const ends = [0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
  assertEquals(ends.map((hash) => filter.mayHave(hash)), [false, false, false, false]);
  for (const hash of ends) filter.add(hash);
  assertEquals(ends.map((hash) => filter.mayHave(hash)), [true, true, true, true]);
});
