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
  news.onCommit({ n: 1, erased: false });
  for (let n = 2; n < 50; n++) news.onCommit({ n, erased: false });
  assertEquals(told.map(({ n }) => n), [1]);
  await clock.tick(200);
  assertEquals(told.map(({ n }) => n), [1, 49]);
});

Deno.test("no timer runs when nothing is said", async () => {
  const { clock, news } = begin();
  news.onCommit({ n: 1, erased: false });
  await clock.tick(1000);
  assertEquals(clock.waiting, 0);
});

Deno.test("how much is said is told, and so is its end", async () => {
  const { clock, told, news } = begin();
  const paces = async (...counts: number[]) => {
    for (const count of counts) {
      news.onCommit({ n: n += count, erased: false });
      await clock.tick(200);
    }
    return told.splice(0).map(({ pace }) => pace);
  };
  let n = 1;
  // Whatever came before the first telling came at no pace that is known.
  news.onCommit({ n, erased: false });
  assertEquals(await paces(60, 61, 600, 601), ["quiet", "quiet", "busy", "busy", "crowded"]);
  await clock.tick(1000);
  assertEquals(told.map(({ pace }) => pace), ["quiet"]);
});

Deno.test("that something was deleted is told once, also where nothing was said", async () => {
  const { clock, told, news } = begin();
  news.onCommit({ n: 1, erased: false });
  news.onCommit({ n: 1, erased: true });
  await clock.tick(200);
  news.onCommit({ n: 2, erased: false });
  await clock.tick(1000);
  assertEquals(told.map(({ erased }) => erased), [false, true, false]);
});
