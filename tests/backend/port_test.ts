import { assert, assertEquals, assertRejects } from "@std/assert";
import { callAt, type Door } from "../../lib/backend/sqlite/doorbell.ts";
import { pack } from "../../lib/backend/sqlite/packed.ts";
import { askedMax, type AskedWorker, Port } from "../../lib/backend/sqlite/port.ts";
import { systemClock } from "../../lib/system_clock.ts";
import type { TestCalls } from "./port_worker.ts";

function open(): Port<TestCalls> {
  const worker = new Worker(new URL("./port_worker.ts", import.meta.url), { type: "module" });
  return new Port<TestCalls>(worker, "test", systemClock());
}

Deno.test("a call is answered by its own answer", async () => {
  const port = open();
  const answers = await Promise.all([port.ask("twice", 2), port.ask("twice", 21)]);
  assertEquals(answers, [4, 42]);
  port.end();
});

Deno.test("what a handler throws goes to whoever asked, and the worker lives", async () => {
  const port = open();
  await assertRejects(() => port.ask("fail", "no luck"), Error, "no luck");
  assertEquals(await port.ask("twice", 2), 4);
  port.end();
});

Deno.test("when a worker dies, whoever waits and whoever comes hears it", async () => {
  const port = open();
  const waiting = port.ask("die", null);
  await assertRejects(() => waiting, Error, "The storage's test has died");
  await assertRejects(() => port.ask("twice", 2), Error, "The storage's test has died");
  assertEquals((await port.failed).message.includes("has died"), true);
});

Deno.test("ending a worker rejects what waits, and is no failure", async () => {
  const port = open();
  const waiting = port.ask("never", null);
  port.end();
  await assertRejects(() => waiting, Error, "closed");
  assertEquals(await Promise.race([port.failed, Promise.resolve("alive")]), "alive");
});

Deno.test("however fast a worker is, the others have their turn after a few answers", async () => {
  let door: Door | undefined;
  const turns: (() => void)[] = [];
  const worker: AskedWorker = {
    onmessage: null,
    onerror: null,
    postMessage: (given) => void (door = given),
    terminate: () => {},
  };
  const port = new Port<TestCalls>(worker, "test", { soon: (run) => void turns.push(run) });
  assert(door);
  const answers = Array.from({ length: askedMax * 2 + 1 }, (_, index) => port.ask("twice", index));
  for (let at = 0; at < answers.length; turns.shift()?.()) {
    let asked = 0;
    while (callAt(door) !== undefined) asked++;
    assertEquals(asked, Math.min(askedMax, answers.length - at));
    for (const until = at + asked; at < until; at++) {
      worker.onmessage?.(new MessageEvent("message", { data: pack({ answer: at * 2 }) }));
      assertEquals(await answers[at], at * 2);
      assertEquals(callAt(door), undefined);
    }
  }
  port.end();
});
