import { assertEquals } from "@std/assert";
import { Pace } from "../../lib/backend/sqlite/shared/pace.ts";

/** Begins transactions `every` so many milliseconds; how long each one is asked to wait behind it. */
function rests(every: number, [entries, others]: readonly [number, number]): number[] {
  let now = 1_000_000;
  const pace = new Pace({ now: () => now });
  return Array.from({ length: 100 }, () => {
    now += every;
    pace.begin(entries, others);
    now += 1;
    return pace.restMs;
  });
}

Deno.test("where several nodes write much, transactions begin in a pace", () => {
  assertEquals(rests(2, [2, 1]).slice(50), Array(50).fill(7));
});

Deno.test("a node that writes alone, or where little is written, doesn't wait", () => {
  for (const every of [2, 30, 150]) assertEquals(new Set(rests(every, [2, 0])), new Set([0]));
  for (const every of [30, 150]) assertEquals(new Set(rests(every, [2, 1])), new Set([0]));
});
