import { assertEquals } from "@std/assert";
import { News, type Told } from "../../lib/backend/sqlite/news.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function begin() {
  const clock = new FakeClock();
  const told: Told[] = [];
  const news = new News((one) => Promise.resolve(told.push(one)), clock);
  return { clock, told, news };
}

Deno.test("news is told at once, then gathered", async () => {
  const { clock, told, news } = begin();
  news.onCommit(1);
  for (let n = 2; n < 100; n++) news.onCommit(n);
  assertEquals(told, [{ n: 1, busy: false }]);
  await clock.tick(200);
  assertEquals(told, [{ n: 1, busy: false }, { n: 99, busy: false }]);
});

Deno.test("no timer runs when nothing is said", async () => {
  const { clock, news } = begin();
  news.onCommit(1);
  await clock.tick(1000);
  assertEquals(clock.waiting, 0);
});

Deno.test("a crowd is told as such, and so is its end", async () => {
  const { clock, told, news } = begin();
  news.onCommit(1);
  news.onCommit(10_000);
  await clock.tick(1000);
  assertEquals(told.map(({ busy }) => busy), [false, true, false]);
});
