import { assertEquals } from "@std/assert";
import { IndexTurns } from "../../lib/backend/sqlite/index_turns.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

function begin() {
  const clock = new FakeClock();
  return { clock, turns: new IndexTurns(() => clock.now()) };
}

Deno.test("what is said is gathered for a moment, whatever comes meanwhile", async () => {
  const { clock, turns } = begin();
  assertEquals(turns.waitMs, Infinity);
  turns.tell({ n: 1, pace: "quiet", erased: false });
  await clock.tick(200);
  turns.tell({ n: 2, pace: "quiet", erased: false });
  assertEquals(turns.waitMs, 100);
  await clock.tick(150);
  assertEquals(turns.waitMs, 0);
});

Deno.test("while people talk what nobody looks for waits, up to a number of events", async () => {
  const { clock, turns } = begin();
  for (const pace of ["busy", "crowded"] as const) {
    turns.tell({ n: 20_000, pace, erased: false });
    await clock.tick(300);
    assertEquals(turns.mayWait(7999), false);
    assertEquals(turns.waitMs, 0);
    assertEquals(turns.mayWait(8000), true);
    assertEquals(turns.waitMs, 300);
  }
  turns.tell({ n: 20_000, pace: "quiet", erased: false });
  assertEquals(turns.mayWait(8000), false);
});

Deno.test("nothing waits where somebody has searched lately", async () => {
  const { clock, turns } = begin();
  turns.tell({ n: 100, pace: "busy", erased: false });
  turns.sought();
  await clock.tick(9999);
  assertEquals(turns.mayWait(0), false);
  await clock.tick(1);
  assertEquals(turns.mayWait(0), true);
});

Deno.test("indexing rests as long as it took, and longer in a crowd", () => {
  const { turns } = begin();
  turns.tell({ n: 1, pace: "busy", erased: false });
  turns.took(20, { more: true });
  assertEquals(turns.waitMs, 20);
  turns.tell({ n: 1, pace: "crowded", erased: false });
  turns.took(20, { more: true });
  assertEquals(turns.waitMs, 480);
  turns.took(20, { more: false });
  assertEquals(turns.waitMs, Infinity);
});

Deno.test("after a failure the next turn is a second away", () => {
  const { turns } = begin();
  turns.failed();
  assertEquals(turns.waitMs, 1000);
});

Deno.test("nothing waits until all that was deleted is out of the index", () => {
  const { turns } = begin();
  turns.tell({ n: 100, pace: "busy", erased: true });
  turns.tell({ n: 200, pace: "busy", erased: false });
  assertEquals(turns.mayWait(100), false);
  turns.took(20, { more: true });
  assertEquals(turns.mayWait(200), false);
  turns.took(20, { more: false });
  assertEquals(turns.mayWait(200), true);
});
