/**
 * The load client: many connections to one server, whose every delivery is checked. It runs in a
 * process of its own, so that what it costs isn't taken for the server's.
 */

import { delay } from "@std/async/delay";
import { Crowd } from "./crowd.ts";
import { type Order, readOrder } from "./order.ts";
import { nothingMeasured, type Result } from "./result.ts";
import { percentile } from "./statistics.ts";
import { type Usage, usageOf } from "./usage.ts";

/** Does what the order says. */
export function measure(order: Order): Promise<Result> {
  switch (order.measure) {
    case "throughput":
      return measureThroughput(order);
    case "latency":
      return measureLatency(order);
    case "idle":
      return measureIdle(order);
    case "commit":
      return measureCommit(order);
    default:
      return order.measure satisfies never;
  }
}

/** Everybody says as much as they may, as long as it lasts. */
async function measureThroughput(order: Order): Promise<Result> {
  let filling = false;
  let scheduled = false;
  using crowd = await Crowd.gather(order, { onPiece: fillSoon });
  function fillSoon(): void {
    if (scheduled || !filling) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (filling) { for (const sender of crowd.senders) sender.fill(); }
    });
  }
  filling = true;
  fillSoon();
  await delay(order.warmSeconds * 1000);
  const span = spanOf(order, crowd);
  await delay(order.seconds * 1000);
  const measured = span.end();
  filling = false;
  await crowd.settle();
  return { ...nothingMeasured, ...measured, ...crowd.checked({ answered: order.answers }) };
}

/** Messages leave when they are due, however the server does; their time counts from then. */
async function measureLatency(order: Order): Promise<Result> {
  const fromMs = order.warmSeconds * 1000;
  const untilMs = fromMs + order.seconds * 1000;
  const times: number[] = [];
  using crowd = await Crowd.gather(order, {
    onDelivery(due) {
      const late = (performance.now() - origin) - due / 1000;
      if (due >= fromMs * 1000) times.push(late);
    },
  });
  const origin = performance.now();
  const span = spanOf(order, crowd);
  await new Promise<void>((resolve) => {
    let said = 0;
    function saySoon(): void {
      const now = performance.now() - origin;
      for (let due = dueOf(said); due <= now; due = dueOf(said)) {
        crowd.senders[said % order.senders].say(Math.round(due * 1000));
        said++;
      }
      // It spins: a timer would come up to a millisecond late.
      if (now < untilMs) setImmediate(saySoon);
      else resolve();
    }
    saySoon();
  });
  const measured = span.end();
  await crowd.settle();
  times.sort((one, other) => one - other);
  const [p50, p99] = [percentile(times, 50), percentile(times, 99)];
  const checked = crowd.checked({ answered: order.answers });
  return { ...nothingMeasured, ...measured, ...checked, p50, p99 };

  function dueOf(index: number): number {
    return index * 1000 / order.rate;
  }
}

/** Everybody is there and says nothing. */
async function measureIdle(order: Order): Promise<Result> {
  const before = usageOf(order.pid);
  using crowd = await Crowd.gather(order);
  await crowd.settle();
  const after = usageOf(order.pid);
  const bytes = before && after ? after.residentBytes - before.residentBytes : 0;
  return {
    ...nothingMeasured,
    ...crowd.checked({ answered: false }),
    bytesPerConnection: bytes / order.conns,
  };
}

/** One says the next thing when the last is acknowledged: each time is a commit and a round trip. */
async function measureCommit(order: Order): Promise<Result> {
  const times: number[] = [];
  using crowd = await Crowd.gather({ ...order, conns: 1, senders: 1, rooms: 1 });
  for (let index = 0; index < order.commits; index++) {
    const began = performance.now();
    await crowd.ask({ t: "say", room: "bench0", cid: `commit-${index}`, text: `number ${index}` });
    times.push(performance.now() - began);
  }
  times.sort((one, other) => one - other);
  const [p50, p99] = [percentile(times, 50), percentile(times, 99)];
  return { ...nothingMeasured, ...crowd.checked({ answered: false }), p50, p99 };
}

/** A span of time; its end tells what was done in it. */
function spanOf({ pid }: Order, { ledger, senders }: Crowd) {
  const said = () => senders.reduce((sum, sender) => sum + sender.said, 0);
  const began = performance.now();
  const before = { delivered: ledger.delivered, said: said(), ...uses() };

  function uses(): { readonly server?: Usage; readonly load?: Usage } {
    return { server: usageOf(pid), load: usageOf(Deno.pid) };
  }

  return {
    end() {
      const seconds = (performance.now() - began) / 1000;
      const after = uses();
      const delivered = ledger.delivered - before.delivered;
      const cpu = (one?: Usage, other?: Usage) =>
        one && other ? other.cpuSeconds - one.cpuSeconds : 0;
      const server = cpu(before.server, after.server);
      return {
        deliveriesPerSecond: delivered / seconds,
        messagesPerSecond: (said() - before.said) / seconds,
        cpuPerMillion: delivered > 0 ? server / (delivered / 1e6) : 0,
        serverCores: server / seconds,
        loadCores: cpu(before.load, after.load) / seconds,
      };
    },
  };
}

if (import.meta.main) {
  const order = readOrder(Deno.args);
  console.log(JSON.stringify(await measure(order)));
  Deno.exit(0);
}
