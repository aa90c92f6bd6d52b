import { assertEquals } from "@std/assert";
import { Crowd } from "../../lib/backend/sqlite/crowd.ts";
import { hash53 } from "../../lib/store.ts";

Deno.test("every event is found by its hash, however many there are", () => {
  const crowd = new Crowd();
  for (let n = 1; n <= 5000; n++) crowd.add(hash53(`${n}`), n);
  for (let n = 1; n <= 5000; n++) assertEquals(crowd.of(hash53(`${n}`)), [n]);
  assertEquals(crowd.of(hash53("0")), []);
  assertEquals([crowd.size, crowd.last], [5000, 5000]);
});

Deno.test("events with one hash are all found, beside hashes that share their place", () => {
  const crowd = new Crowd();
  const added = [[7, 1], [7, 9], [7 + 2 ** 32, 3], [7 + 2 ** 40, 4], [0, 5]] as const;
  for (const [hash, n] of added) crowd.add(hash, n);
  assertEquals(crowd.of(7), [1, 9]);
  assertEquals(crowd.of(7 + 2 ** 32), [3]);
  assertEquals(crowd.of(0), [5]);
  assertEquals(crowd.of(8), []);
  assertEquals([...crowd.sorted()], [0, 7, 7, 7 + 2 ** 32, 7 + 2 ** 40]);
  assertEquals(crowd.last, 9);
});
