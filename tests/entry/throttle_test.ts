import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { Throttle } from "../../lib/entry/throttle.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const patience = { most: 3, forgivenMs: 1000 };

Deno.test("wait() is how long it takes until one more is taken", async () => {
  const clock = new FakeClock();
  const throttle = new Throttle(clock, patience);
  for (let count = 0; count < 3; count++) {
    assertEquals(throttle.wait("a"), 0);
    throttle.count("a", 1);
  }
  assertEquals(throttle.wait("a"), 1000);
  assertEquals(throttle.wait("b"), 0);
  await clock.tick(400);
  assertEquals(throttle.wait("a"), 600);
  await clock.tick(600);
  assertEquals(throttle.wait("a"), 0);
  throttle.count("a", 1);
  assertEquals(throttle.wait("a"), 1000);
});

Deno.test("count() takes one back, but none that wasn't counted", () => {
  const throttle = new Throttle(new FakeClock(), patience);
  throttle.count("a", -1);
  for (let count = 0; count < 3; count++) throttle.count("a", 1);
  throttle.count("a", -1);
  assertEquals(throttle.wait("a"), 0);
  throttle.count("a", 1);
  assertEquals(throttle.wait("a"), 1000);
});

Deno.test("a throttle forgets what is forgiven, and what is too much the longest ago first", async () => {
  const clock = new FakeClock();
  const throttle = new Throttle(clock, { most: 1, forgivenMs: 1000 });
  for (let key = 0; key < limits.throttledMax; key++) throttle.count(`${key}`, 1);
  throttle.count("0", 1);
  throttle.count("one more", 1);
  assertEquals(throttle.size, limits.throttledMax);
  assertEquals(throttle.wait("1"), 0);
  assert(throttle.wait("0") > 0);
  await clock.leap(1000);
  throttle.check();
  assertEquals(throttle.size, 1);
});
