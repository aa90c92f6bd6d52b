/** What becomes of nodes when NATS, or the way to it, doesn't do what it should. */

import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { connect } from "@nats-io/transport-node";
import { openNats } from "../../lib/backend/nats.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { alice, all, append, event, keep, outcomes, room, said, user } from "../contract/scene.ts";
import { NatsServer } from "../helpers/nats.ts";
import { level, NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import { barrierMs } from "../helpers/patience.ts";
import { Relay } from "../helpers/relay.ts";
import { freePort } from "../helpers/free_port.ts";
import { size } from "../helpers/size.ts";
import { same } from "../helpers/store_dump.ts";

const kills = size(3, 30);
/** Records that are kept before each of them. */
const between = size(100, 300, 100);
/** How long a node is cut off: its connection is given up meanwhile. */
const cutMs = 10_000;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: isMissing("nats-server"), fn });
}

/** Three nodes at one server. */
class Trio implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    readonly nats: NatsServer,
    readonly one: NatsNode,
    readonly two: NatsNode,
    readonly three: NatsNode,
  ) {
    for (const each of [nats, one, two, three]) this.#stack.use(each);
  }

  static async start(): Promise<Trio> {
    const nats = await NatsServer.start();
    const node = () => NatsNode.start(nats.url);
    return new Trio(nats, await node(), await node(), await node());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** Those of all tests that need no others, one after the other. */
let started: Promise<Trio> | undefined;

if (!isMissing("nats-server")) {
  Deno.test.afterAll(async () => await (await started)?.[Symbol.asyncDispose]());
}

function trioTest(name: string, fn: (trio: Trio) => Promise<void>): void {
  test(name, async () => {
    started ??= Trio.start();
    await fn(await started);
  });
}

/** What a node says `count` times in the room, from `seq` on, each acknowledged before the next. */
async function talk(node: NatsNode, seq: number, count: number): Promise<void> {
  for (let next = seq; next < seq + count; next++) await keep(node.backend, [said(next)]);
}

/** What the next event of the room is numbered, for whoever has all of them. */
async function nextSeq({ backend }: NatsNode): Promise<number> {
  return (await all(backend)).length + 1;
}

trioTest(
  "nats: nodes hear what others keep, in its order, and nothing of their own",
  async ({ one, two }) => {
    await talk(one, 1, 3);
    await one.backend.accounts.save([user(alice)]);
    await two.until("news", ({ news }) => news.is === "users");
    assertEquals((await all(two.backend)).length, 3);
    assertEquals(one.heard, []);
    same(one, two);
  },
);

trioTest(
  "nats: notes go to all others, or to one, in the order of the calls",
  async ({ one, two, three }) => {
    // Whoever has come has subscribed.
    for (const node of [two, three]) {
      await node.join(node.id);
      await one.until("came", (came) => came.node === node.id);
    }
    one.backend.nodes?.pass({ n: 1 });
    one.backend.nodes?.pass({ n: 2 }, two.id);
    one.backend.nodes?.pass({ n: 3 });
    const notes = async (node: NatsNode, n: number) => {
      const heard = [];
      for (;;) {
        const { from, note } = await node.until("note");
        heard.push([from, note.n]);
        if (note.n === n) return heard;
      }
    };
    assertEquals((await notes(two, 3)).map(([, n]) => n), [1, 2, 3]);
    assertEquals(await notes(three, 3), [[one.id, 1], [one.id, 3]]);
  },
);

trioTest(
  "nats: what no node wrote is passed over, and nobody's connection ends with it",
  async ({ nats, one, two }) => {
    const stranger = await connect({ servers: nats.url });
    const subjects = ["parley.beat", "parley.note", `parley.note.${two.id}`];
    for (const subject of subjects) {
      stranger.publish(subject, "hello");
      stranger.publish(subject, new Uint8Array([255, 254]));
    }
    await stranger.drain();
    one.backend.nodes?.pass({ n: 4 }, two.id);
    assertEquals((await two.until("note")).note, { n: 4 });
    assertEquals(two.heard.filter(({ is }) => is === "cut"), []);
  },
);

trioTest(
  "nats: a node that joins is heard of with its address, and at once when it leaves",
  async ({ nats, one, two }) => {
    await using late = await NatsNode.start(nats.url);
    // Also before it takes part itself.
    const { address } = await late.until("came", ({ node }) => node === two.id);
    assertEquals(address, { chat: two.id });
    await late.join("late:5000");
    assertEquals((await one.until("came")).node, late.id);
    const left = performance.now();
    await late.backend.nodes?.leave();
    assertEquals((await one.until("went")).node, late.id);
    assertLess(performance.now() - left, 1000);
  },
);

trioTest(
  "nats: what is kept while NATS is away waits, reads go on, and it is answered after",
  async ({ nats, one, two }) => {
    const seq = await nextSeq(one);
    await talk(one, seq, 3);
    await nats.kill();
    await one.until("cut", ({ isCut }) => isCut);
    const waiting = keep(one.backend, [said(seq + 3)]);
    assertEquals((await all(one.backend)).length, seq + 2);
    // Nobody waits for what can't be known now.
    await one.backend.nodes?.caughtUp();
    await nats.start();
    const started = performance.now();
    await waiting;
    await one.until("cut", ({ isCut }) => !isCut);
    await two.until(
      "news",
      ({ news }) => news.is === "appended" && news.append.events[0].seq === seq + 3,
    );
    assertLess(performance.now() - started, 15_000);
    same(one, two);
  },
);

trioTest(
  "nats: a node that starts again goes on, and one made from the stream is the same",
  async ({ nats, one }) => {
    const seq = await nextSeq(one);
    const before = await NatsNode.start(nats.url);
    await talk(before, seq, 3);
    await before.stop();
    await keep(one.backend, [event(seq + 3, { t: "deleted", target: seq + 1 })]);
    await talk(one, seq + 4, 2);
    await using again = await NatsNode.start(nats.url, { folder: before.folder });
    await using made = await NatsNode.start(nats.url);
    assert(again.id !== before.id);
    for (const node of [again, made]) same(one, node);
    await keep(again.backend, [said(seq + 6)]);
    await one.until(
      "news",
      ({ news }) => news.is === "appended" && news.append.events[0].seq === seq + 6,
    );
  },
);

trioTest(
  `nats: ${kills} kills of the only server lose and double nothing while two nodes write`,
  async ({ nats, one, two, three }) => {
    let isOver = false;
    let kept = 0;
    let wake = () => {};
    const counts = new Map<string, unknown>(["a", "b", "c", "d"].map((key) => [key, 0]));
    const writers = [...counts.keys()].map(async (key, index) => {
      const { records } = [one, two][index % 2].backend;
      for (let n = 1; !isOver; n++) {
        await records.put("count", key, { n, padding: "x".repeat(2000) });
        counts.set(key, n);
        kept++;
        wake();
      }
    });
    const more = async (count: number) => {
      const wanted = kept + count;
      while (kept < wanted) await new Promise<void>((resolve) => wake = resolve);
    };
    for (let kill = 0; kill < kills; kill++) {
      await more(between);
      await nats.kill();
      await nats.start();
    }
    await more(between);
    isOver = true;
    await Promise.all(writers);
    await level([one, two, three]);
    await using made = await NatsNode.start(nats.url);
    for (const node of [two, three, made]) same(one, node);
    const records = await made.backend.records.all("count");
    assertEquals(new Map(records.map(({ key, value }) => [key, value.n])), counts);
  },
);

test("nats: a node that is cut off for 10 s is gone within them, and comes again with all it missed", async () => {
  await using nats = await NatsServer.start();
  await using relay = new Relay(nats.port, Infinity);
  await using one = await NatsNode.start(nats.url);
  await using other = await NatsNode.start(`nats://127.0.0.1:${relay.port}`);
  await one.join("one:5000");
  await other.join("other:5000");
  await one.until("came");
  await other.until("came");
  await talk(other, 1, 2);
  const held = performance.now();
  relay.hold();
  const late = other.backend.log.append(append([said(3, "too late")]));
  const mark = { conversation: room, seq: 2 };
  const waiting = other.backend.accounts.mark(alice.uid, mark);
  await other.until("cut", ({ isCut }) => isCut);
  const over = delay(cutMs);
  await talk(one, 3, 2);
  assertEquals((await one.until("went")).node, other.id);
  assertLess(performance.now() - held, cutMs);
  await over;
  await other.backend.nodes?.caughtUp();
  assertEquals((await all(other.backend)).length, 2);
  relay.release();
  const released = performance.now();
  assertEquals(outcomes([await late]), ["conflict"]);
  await waiting;
  await other.until("cut", ({ isCut }) => !isCut);
  assertLess(performance.now() - released, 5000);
  assertEquals((await one.until("came")).node, other.id);
  // The one that was away can't know who was there: it says of nobody that they went.
  assertEquals(other.heard.filter(({ is }) => is === "went"), []);
  await one.until("news", ({ news }) => news.is === "marked");
  assertEquals((await all(one.backend)).map(({ seq }) => seq), [1, 2, 3, 4]);
  // What was published again, as its answer got lost, may come once more.
  await level([one, other]);
  same(one, other);
});

test("nats: a node for which NATS makes no consumer has all that is kept, and writes", async () => {
  const refused = `"$JS.API.CONSUMER.>", "$JS.API.STREAM.MSG.GET.parley_instead"`;
  await using nats = await NatsServer.start({
    config: (folder) => `
      jetstream { store_dir: ${JSON.stringify(folder)} }
      authorization { users: [
        { user: "one", password: "secret" }
        { user: "two", password: "secret", permissions: { publish: { deny: [${refused}] } } }
      ] }`,
  });
  const as = (user: string) => nats.url.replace("//", `//${user}:secret@`);
  await using one = await NatsNode.start(as("one"));
  await using two = await NatsNode.start(as("two"));
  await talk(one, 1, 3);
  await two.until("news", ({ news }) => news.is === "appended" && news.append.events[0].seq === 3);
  await talk(two, 4, 3);
  await one.caughtUp();
  same(one, two);
});

test("nats: a node that has more than a NATS which lost its end ends, and says so", async () => {
  await using nats = await NatsServer.start();
  await using one = await NatsNode.start(nats.url);
  await talk(one, 1, 2);
  await nats.kill();
  const putBack = await nats.remember();
  await nats.start();
  await talk(one, 3, 2);
  await nats.kill();
  await putBack();
  await nats.start();
  assertStringIncludes((await one.backend.failed).message, "NATS has lost entries");
});

test("nats: a node ends also where others have written in the place of what NATS lost", async () => {
  await using nats = await NatsServer.start();
  await using relay = new Relay(nats.port, Infinity);
  await using one = await NatsNode.start(`nats://127.0.0.1:${relay.port}`);
  await talk(one, 1, 2);
  await nats.kill();
  const putBack = await nats.remember();
  await nats.start();
  await talk(one, 3, 2);
  relay.isDown = true;
  await nats.kill();
  await putBack();
  await nats.start();
  await using made = await NatsNode.start(nats.url);
  await talk(made, 3, 4);
  relay.isDown = false;
  const failed = deadline(one.backend.failed, barrierMs);
  assertStringIncludes((await failed).message, "NATS has lost entries");
  assertEquals((await all(one.backend)).length, 4);
});

test("nats: whoever starts is told what is wrong with NATS, in a sentence", async () => {
  const clock = systemClock();
  const port = freePort();
  await assertRejects(
    () => openNats({ servers: [`nats://127.0.0.1:${port}`], clock }),
    Error,
    `Cannot reach NATS at 127.0.0.1:${port}: `,
  );
  await using plain = await NatsServer.start({ isPlain: true });
  await assertRejects(
    () => openNats({ servers: [plain.url], clock }),
    Error,
    "it runs without JetStream: start it with nats-server -js",
  );
  await using locked = await NatsServer.start({ user: "parley", password: "secret" });
  const at = `127.0.0.1:${locked.port}`;
  const refusals = {
    [`nats://${at}`]: "lets in only whom it knows: say who this is, as in --nats=nats://USER:",
    [`nats://parley:wrong@${at}`]: "doesn't take the user and password of --nats",
    [`nats://secret@${at}`]: "doesn't take the user and password of --nats",
  };
  for (const [url, refusal] of Object.entries(refusals)) {
    const start = () => openNats({ servers: [url], clock });
    await assertRejects(start, Error, `NATS at ${at} ${refusal}`);
  }
  const known = `nats://parley:secret@${at}`;
  await using order = await openNats({ servers: [known], clock });
  assertEquals((await order.found({ id: "x", events: 0 })).id, "x");
});
