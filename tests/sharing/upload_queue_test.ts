import { assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import type { TransferId, Uid } from "../../lib/names.ts";
import { UploadQueue } from "../../lib/sharing/upload_queue.ts";
import { Chance } from "../helpers/chance.ts";

/** Transfers are named after their users: `a1` is a's first. */
function enter(queue: UploadQueue, names: string, now = 0): number[] {
  return names.split(" ").map((name) => queue.enter(id(name), name[0] as Uid, now));
}

function id(name: string): TransferId {
  return name as TransferId;
}

function places(queue: UploadQueue, names: string): (number | undefined)[] {
  return names.split(" ").map((name) => queue.place(id(name)));
}

function moves(queue: UploadQueue): string {
  return queue.moves().map(({ transfer, place }) => `${transfer}:${place}`).join(" ");
}

Deno.test("enter() lets as many send as may, and the rest wait in order", () => {
  const queue = new UploadQueue(2);
  assertEquals(enter(queue, "a1 b1 c1 d1"), [0, 0, 1, 2]);
  assertEquals(moves(queue), "");
});

Deno.test("enter() again keeps the place", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1 c1");
  assertEquals(enter(queue, "b1 a1"), [1, 0]);
});

Deno.test("leave() lets the next one send, and tells the others their places", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1 c1");
  queue.leave(id("a1"), 0);
  assertEquals(moves(queue), "b1:0 c1:1");
  assertEquals(moves(queue), "");
  queue.leave(id("c1"), 0);
  assertEquals([places(queue, "b1 c1"), moves(queue)], [[0, undefined], ""]);
});

Deno.test("a user sends many files while nobody waits, and one while others do", () => {
  const queue = new UploadQueue(3);
  assertEquals(enter(queue, "a1 a2 a3 a4 a5"), [0, 0, 0, 1, 2]);
  assertEquals(enter(queue, "b1 c1"), [1, 2]);
  assertEquals(moves(queue), "a4:3 a5:4");
  queue.leave(id("a1"), 0);
  queue.leave(id("a2"), 0);
  assertEquals(places(queue, "a3 b1 c1 a4 a5"), [0, 0, 0, 1, 2]);
});

Deno.test("those who wait take turns by user", () => {
  const queue = new UploadQueue(1);
  enter(queue, "x1 a1 a2 a3 b1 b2 c1");
  assertEquals(places(queue, "a1 b1 c1 a2 b2 a3"), [1, 2, 3, 4, 5, 6]);
});

Deno.test("check() takes the place of whoever has no connection for ten seconds", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1 c1");
  queue.lose(id("a1"), 0);
  queue.lose(id("b1"), 0);
  queue.lose(id("a1"), 5000);
  queue.check(limits.placeLostMs - 1);
  assertEquals(places(queue, "a1 b1 c1"), [0, 1, 2]);
  enter(queue, "b1", limits.placeLostMs - 1);
  queue.check(limits.placeLostMs);
  assertEquals(places(queue, "a1 b1 c1"), [undefined, 0, 1]);
  assertEquals(moves(queue), "b1:0 c1:1");
  assertEquals(enter(queue, "a1", limits.placeLostMs), [2]);
});

Deno.test("check() takes the place of whoever sends nothing for thirty seconds", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1");
  queue.heard(id("a1"), 1e9, 1000);
  queue.check(limits.placeSilentMs);
  assertEquals(places(queue, "a1 b1"), [0, 1]);
  queue.check(limits.placeSilentMs + 1000);
  assertEquals(places(queue, "a1 b1"), [undefined, 0]);
  // Whoever waited that long may begin now.
  queue.check(limits.placeSilentMs + 2000);
  assertEquals(places(queue, "b1"), [0]);
});

/** Sends that much each second for a while. */
function send(
  queue: UploadQueue,
  name: string,
  { from, to, bytes }: { from: number; to: number; bytes: number },
): void {
  for (let now = from + 1000; now <= to; now += 1000) {
    queue.heard(id(name), bytes, now);
    queue.check(now);
  }
}

const slow = limits.placeBytesPerSecondMin - 100;

Deno.test("check() takes the place of whoever is slow for a minute while others wait", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1");
  queue.check(0);
  send(queue, "a1", { from: 0, to: limits.placeSlowMs - 1000, bytes: slow });
  assertEquals(places(queue, "a1"), [0]);
  send(queue, "a1", { from: limits.placeSlowMs - 1000, to: limits.placeSlowMs, bytes: slow });
  assertEquals(places(queue, "a1 b1"), [undefined, 0]);
});

Deno.test("check() leaves whoever is just fast enough", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 b1");
  queue.check(0);
  send(queue, "a1", { from: 0, to: limits.placeSlowMs * 3, bytes: limits.placeBytesPerSecondMin });
  assertEquals(places(queue, "a1 b1"), [0, 1]);
});

Deno.test("check() leaves whoever is slow while nobody else waits", () => {
  const queue = new UploadQueue(1);
  enter(queue, "a1 a2");
  send(queue, "a1", { from: 0, to: limits.placeSlowMs * 2, bytes: 1 });
  assertEquals(places(queue, "a1 a2"), [0, 1]);
  enter(queue, "b1", limits.placeSlowMs * 2);
  const from = limits.placeSlowMs * 2;
  send(queue, "a1", { from, to: from + limits.placeSlowMs - 1000, bytes: 1 });
  assertEquals(places(queue, "a1 b1"), [0, 1]);
});

/** The same rules, said as plainly as can be. */
class Model {
  sending: string[] = [];
  waiting: string[] = [];

  constructor(readonly most: number) {}

  /** Takes them one by one: whose user has least, then who came first. */
  order(): string[] {
    const taken = [...this.sending];
    const left = [...this.waiting];
    const order: string[] = [];
    while (left.length > 0) {
      const load = (name: string) => taken.filter((other) => other[0] === name[0]).length;
      const least = Math.min(...left.map(load));
      const next = left.find((name) => load(name) === least)!;
      left.splice(left.indexOf(next), 1);
      taken.push(next);
      order.push(next);
    }
    return order;
  }

  settle(): void {
    while (this.sending.length < this.most && this.waiting.length > 0) {
      const next = this.order()[0];
      this.waiting = this.waiting.filter((name) => name !== next);
      this.sending.push(next);
    }
  }

  place(name: string): number | undefined {
    if (this.sending.includes(name)) return 0;
    const at = this.order().indexOf(name);
    return at < 0 ? undefined : at + 1;
  }
}

Deno.test("UploadQueue does what the plain model does, whatever happens", () => {
  const chance = Chance.ofRun("upload queue");
  for (let run = 0; run < 200; run++) {
    const most = 1 + chance.below(4);
    const [queue, model] = [new UploadQueue(most), new Model(most)];
    const told = new Map<string, number>();
    const names = ["a", "b", "c", "d"].flatMap((user) => [1, 2, 3, 4].map((n) => user + n));
    for (let step = 0; step < 60; step++) {
      const name = chance.pick(names);
      if (chance.once(3)) {
        queue.leave(id(name), step);
        model.sending = model.sending.filter((other) => other !== name);
        model.waiting = model.waiting.filter((other) => other !== name);
        told.delete(name);
      } else {
        told.set(name, queue.enter(id(name), name[0] as Uid, step));
        if (model.place(name) === undefined) model.waiting.push(name);
      }
      model.settle();
      if (chance.once(3)) {
        for (const { transfer, place } of queue.moves()) told.set(transfer, place);
      }
      for (const each of names) assertEquals(queue.place(id(each)), model.place(each), each);
    }
    for (const { transfer, place } of queue.moves()) told.set(transfer, place);
    for (const name of names) assertEquals(told.get(name), model.place(name), `told ${name}`);
  }
});
