import { assertEquals } from "@std/assert";
import { Checkpoints, walBytesMax } from "../../lib/backend/sqlite/checkpoints.ts";
import { FakeClock, turn } from "../helpers/fake_clock.ts";

const MiB = 1024 * 1024;

function begin(outcomes: (number | null | Error)[] = []) {
  const clock = new FakeClock();
  const calls: string[] = [];
  const checkpoints = new Checkpoints({
    aside: () => Promise.resolve(calls.push("aside")),
    finish(how) {
      calls.push(how);
      const outcome = outcomes.shift();
      if (outcome === undefined) return Promise.resolve(how === "TRUNCATE" ? 0 : walBytesMax);
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  }, clock);
  return { clock, calls, checkpoints };
}

Deno.test("nothing is copied while there is little, and nothing was deleted", async () => {
  const { calls, checkpoints } = begin();
  checkpoints.onCommit({ wal: MiB, erased: false });
  await turn();
  assertEquals(calls, []);
  await checkpoints.erased();
});

Deno.test("much is copied aside first, so that the writer has little left to do", async () => {
  const { calls, checkpoints } = begin();
  checkpoints.onCommit({ wal: walBytesMax, erased: false });
  checkpoints.onCommit({ wal: walBytesMax + MiB, erased: false });
  await turn();
  assertEquals(calls, ["aside", "PASSIVE"]);
});

Deno.test("a file that has kept its size is copied when as many commits have filled it again", async () => {
  const { calls, checkpoints } = begin();
  const full = { wal: walBytesMax, erased: false };
  const filling = 1500;
  for (let commit = 1; commit < filling; commit++) {
    checkpoints.onCommit({ wal: MiB, erased: false });
  }
  checkpoints.onCommit(full);
  await turn();
  assertEquals(calls.length, 2);
  for (let commit = 1; commit < filling; commit++) checkpoints.onCommit(full);
  await turn();
  assertEquals(calls.length, 2);
  checkpoints.onCommit(full);
  await turn();
  assertEquals(calls.length, 4);
});

Deno.test("a file that has grown is copied at once", async () => {
  const { calls, checkpoints } = begin();
  checkpoints.onCommit({ wal: walBytesMax, erased: false });
  await turn();
  checkpoints.onCommit({ wal: walBytesMax, erased: false });
  await turn();
  assertEquals(calls.length, 2);
  checkpoints.onCommit({ wal: walBytesMax + 1, erased: false });
  await turn();
  assertEquals(calls.length, 4);
});

Deno.test("what a file grew by before all of it was copied is no reason to copy again", async () => {
  const { calls, checkpoints } = begin([walBytesMax + MiB]);
  checkpoints.onCommit({ wal: walBytesMax, erased: false });
  await turn();
  checkpoints.onCommit({ wal: walBytesMax + MiB, erased: false });
  await turn();
  assertEquals(calls, ["aside", "PASSIVE"]);
});

Deno.test("what was deleted is copied at once", async () => {
  const { calls, checkpoints } = begin();
  checkpoints.onCommit({ wal: 1000, erased: true });
  await checkpoints.erased();
  assertEquals(calls, ["TRUNCATE"]);
});

Deno.test("what is deleted while copying is copied afterwards", async () => {
  const { calls, checkpoints } = begin();
  checkpoints.onCommit({ wal: 1000, erased: true });
  checkpoints.onCommit({ wal: 1000, erased: true });
  await checkpoints.erased();
  assertEquals(calls, ["TRUNCATE", "TRUNCATE"]);
});

for (const outcome of [null, new Error("database or disk is full")]) {
  Deno.test(`erasing that ended with ${outcome} is tried again until it works`, async () => {
    const { clock, calls, checkpoints } = begin([outcome, outcome]);
    checkpoints.onCommit({ wal: 1000, erased: true });
    await clock.tick(50);
    assertEquals(calls.length, 1);
    await clock.tick(500);
    await checkpoints.erased();
    assertEquals(calls, ["TRUNCATE", "TRUNCATE", "TRUNCATE"]);
    assertEquals(clock.waiting, 0);
  });
}

Deno.test("nothing is tried again after closing", async () => {
  const { clock, calls, checkpoints } = begin([null]);
  checkpoints.onCommit({ wal: 1000, erased: true });
  await turn();
  checkpoints.close();
  await clock.tick(1000);
  assertEquals([calls.length, clock.waiting], [1, 0]);
});

Deno.test("erased() waits for the copying that is under way", async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const copiers = { aside: () => Promise.resolve(), finish: () => promise };
  const checkpoints = new Checkpoints(copiers, new FakeClock());
  checkpoints.onCommit({ wal: 1, erased: true });
  let erased = false;
  const waiting = checkpoints.erased().then(() => erased = true);
  await turn();
  assertEquals(erased, false);
  resolve(0);
  await waiting;
});
