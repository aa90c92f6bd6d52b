import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { Entry, Order } from "../../lib/backend/order.ts";
import { Publishing } from "../../lib/backend/sqlite/shared/publishing.ts";
import {
  alice,
  all,
  append,
  bob,
  event,
  keep,
  outcomes,
  room,
  said,
  user,
} from "../contract/scene.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { MemoryOrders } from "../helpers/memory_order.ts";
import { Node } from "../helpers/store_node.ts";
import { differences, dumpOf, same } from "../helpers/store_dump.ts";
import { DataFolder } from "./folder.ts";

keepThreads();

Deno.test("what one node keeps is in the other's store, and told there", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  await keep(one.backend, [event(1, { t: "joined" }), said(2)]);
  await one.backend.accounts.save([user(alice)]);
  await other.caughtUp();
  assertEquals(await all(other.backend), await all(one.backend));
  assertEquals(other.news, [
    { is: "appended", append: append([event(1, { t: "joined" }), said(2)]) },
    { is: "users", users: [user(alice)] },
  ]);
  assertEquals(one.news, []);
  same(one, other);
});

Deno.test("of two appends behind the same event one is kept, on both nodes the same", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  const appended = await Promise.all([
    one.backend.log.append(append([said(1, "one")])),
    other.backend.log.append(append([said(1, "other", { by: bob })])),
  ]);
  assertEquals(outcomes(appended).sort(), ["committed", "conflict"]);
  const lost = appended.find(({ outcome }) => outcome === "conflict");
  assert(lost?.outcome === "conflict");
  assertEquals(lost.events, await all(one.backend));
  await Promise.all([one.caughtUp(), other.caughtUp()]);
  same(one, other);
});

Deno.test("of two appends that may move both are kept, and told as they are kept", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  const appended = await Promise.all([
    one.backend.log.append({ ...append([said(1, "one")]), mayMove: true }),
    other.backend.log.append({ ...append([said(1, "other", { by: bob })]), mayMove: true }),
  ]);
  const moved = appended.findIndex((one) => one.outcome === "committed" && one.after === 1);
  assertEquals(appended[1 - moved], { outcome: "committed" });
  await Promise.all([one.caughtUp(), other.caughtUp()]);
  same(one, other);
  const [first, second] = await all(one.backend);
  // What moved came from one of them, and the other one heard of it.
  const [hearer, teller] = moved === 0 ? [other, one] : [one, other];
  assertEquals(hearer.news, [{
    is: "appended",
    append: { ...append([second]), mayMove: true },
  }]);
  assertEquals(teller.news, [{ is: "appended", append: { ...append([first]), mayMove: true } }]);
  assertEquals(second.seq, 2);
});

Deno.test("a name that two nodes give at once is somebody's, and the other hears so", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  const saved = await Promise.allSettled([
    one.backend.accounts.save([user(alice)]),
    other.backend.accounts.save([{ ...user(alice), uid: bob.uid }]),
  ]);
  assertEquals(saved.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assertEquals((await one.backend.accounts.holders()).length, 1);
});

Deno.test("what is published again because no answer came is kept once", async () => {
  const orders = new MemoryOrders();
  orders.mishaps = { unanswered: 100, lost: 0, doubled: 0 };
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  for (let seq = 1; seq <= 5; seq++) await keep(one.backend, [said(seq)]);
  await other.caughtUp();
  assertEquals((await all(other.backend)).length, 5);
  same(one, other);
});

Deno.test("what comes a second time, late, undoes nothing", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  for (const n of [1, 2]) await one.backend.records.put("count", "n", { n });
  orders.again(2);
  for (const { backend } of [one, other]) {
    await backend.nodes?.caughtUp();
    assertEquals(await backend.records.all("count"), [{ key: "n", value: { n: 2 } }]);
  }
  assertEquals(other.news.length, 2);
});

Deno.test("what can't be published waits, reads go on, and it is kept when it can", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await keep(one.backend, [said(1)]);
  orders.isAway = true;
  const waiting = keep(one.backend, [said(2)]);
  assertEquals((await all(one.backend)).length, 1);
  orders.isAway = false;
  await waiting;
  assertEquals((await all(one.backend)).length, 2);
});

Deno.test("a store goes on where it stopped, and a new one is made from the order alone", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  const before = await Node.start(orders, "other");
  await keep(one.backend, [said(1)]);
  await before.caughtUp();
  await before.stop();
  await keep(one.backend, [said(2), event(3, { t: "deleted", target: 1 })]);
  await using again = await Node.start(orders, "other again", { folder: before.folder });
  await using made = await Node.start(orders, "made");
  same(one, again);
  same(one, made);
  assertEquals(made.backend.id, one.backend.id);
});

Deno.test("an order is refused by a folder that isn't its own, or that has more than it", async () => {
  const orders = new MemoryOrders();
  const one = await Node.start(orders, "one");
  await using _folder = one.folder;
  await keep(one.backend, [said(1), said(2)]);
  await one.stop();
  const elsewhere = new MemoryOrders();
  await using _other = await Node.start(elsewhere, "other");
  const open = (orders: MemoryOrders) => Node.start(orders, "one again", { folder: one.folder });
  await assertRejects(() => open(elsewhere), Error, "it is another Parley's");
  orders.entries.splice(1);
  await assertRejects(() => open(orders), Error, "which has lost its end");
  // As many came in its place.
  for (let number = 1; number <= 5; number++) orders.publish("third", number, '{"works":[]}');
  await assertRejects(() => open(orders), Error, "which has lost its end");
});

Deno.test("a folder that belongs to an order isn't written without it", async () => {
  const orders = new MemoryOrders();
  await using folder = new DataFolder();
  const node = await Node.start(orders, "one", { folder });
  await node.stop();
  const { message } = await assertRejects(() => folder.open(), Error);
  assertStringIncludes(message, "it belongs to several nodes");
  const again = await Node.start(orders, "again", { folder });
  await again.stop();
});

Deno.test("a folder that had something before it had nodes begins an order, for copies of it", async () => {
  await using folder = new DataFolder();
  {
    await using alone = await folder.open();
    await keep(alone, [said(1), said(2)]);
  }
  await using copy = new DataFolder();
  await Deno.mkdir(copy.path, { recursive: true });
  for (const name of folder.names()) {
    await Deno.copyFile(`${folder.path}/${name}`, `${copy.path}/${name}`);
  }
  const orders = new MemoryOrders();
  const one = await Node.start(orders, "one", { folder });
  await keep(one.backend, [said(3)]);
  await assertRejects(() => Node.start(orders, "empty"), Error, "copy the data folder of a node");
  const other = await Node.start(orders, "other", { folder: copy });
  assertEquals((await all(other.backend)).length, 3);
  same(one, other);
  await one.stop();
  await other.stop();
});

Deno.test("what no store can hold is left out on all, and what comes with it isn't", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  const wrong = append([{ ...said(1), uid: JSON.parse("{}") }]);
  const works = [{ do: "record", kind: "a", key: "b", value: "{}" }, {
    do: "append",
    append: wrong,
  }];
  orders.publish("faulty", 1, JSON.stringify({ works }));
  await keep(one.backend, [said(1)]);
  await other.caughtUp();
  for (const { backend } of [one, other]) {
    assertEquals((await all(backend)).length, 1);
    assertEquals(await backend.records.all("a"), []);
  }
  same(one, other);
});

Deno.test("what is kept before a disk fails is told, and what comes behind it follows", async () => {
  const orders = new MemoryOrders();
  let take: (entries: readonly Entry[]) => Promise<void> = () => Promise.resolve();
  const allAtOnce = (order: Order): Order => ({
    ...order,
    read(after, taking) {
      take = taking;
      void take(orders.entries.slice(after));
    },
  });
  const { promise: stuck, resolve: onCut } = Promise.withResolvers<boolean>();
  await using one = await Node.start(orders, "one", { through: allAtOnce, onCut });
  using database = one.folder.database();
  database.exec(`
    CREATE TRIGGER boom BEFORE INSERT ON event WHEN new.text = 'boom'
    BEGIN SELECT 1 WHERE abs(-9223372036854775807 - 1) > 0; END
  `);
  const appends = [
    append([said(1)]),
    append([{ ...said(2), uid: JSON.parse("{}") }]),
    append([said(2, "boom")]),
  ];
  for (const [index, append] of appends.entries()) {
    orders.publish("other", index + 1, JSON.stringify({ works: [{ do: "append", append }] }));
  }
  const taken = take(orders.entries.slice(1));
  await stuck;
  // What can't be held has no neighbours in its transaction: the first one is there already.
  assertEquals((await all(one.backend)).length, 1);
  database.exec("DROP TRIGGER boom");
  await taken;
  assertEquals(one.news, [appends[0], appends[2]].map((append) => ({ is: "appended", append })));
});

Deno.test("what waits when its node ends is refused as what may be asked for again", async () => {
  const tried = Promise.withResolvers<void>();
  const publish = () => {
    tried.resolve();
    return Promise.reject(new Error("NATS is away"));
  };
  const publishing = new Publishing({ publish, entryBytesMax: 1_000_000 }, new FakeClock());
  const add = () => publishing.add({ do: "append", append: append([said(1)]) });
  const onItsWay = add();
  await tried.promise;
  const behindIt = add();
  publishing.close();
  for (const outcome of await Promise.all([onItsWay, behindIt, add()])) {
    assert("failed" in outcome);
    // Without a cause: the log has nothing to tell in full.
    assertEquals([outcome.failed.code, outcome.failed.cause], ["unavailable", undefined]);
  }
  await publishing.settled();
});

Deno.test("what a newer version has written ends a node, which says so", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  orders.publish("newer", 1, '{"works":[{"do":"dance"}]}');
  assertStringIncludes((await one.backend.failed).message, "a newer Parley may have written it");
});

Deno.test("a store that misses one entry is seen to differ", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  const leavingOut = (order: Order): Order => ({
    ...order,
    read: (after, take) =>
      order.read(
        after,
        (entries) =>
          take(entries.map((entry) =>
            entry.text.includes("message 2") ? { ...entry, text: '{"works":[]}' } : entry
          )),
      ),
  });
  await using other = await Node.start(orders, "other", { through: leavingOut });
  for (let seq = 1; seq <= 3; seq++) {
    await one.backend.log.append(append([said(seq)], room));
  }
  await other.caughtUp();
  assertNotEquals(differences(dumpOf(one), dumpOf(other)), []);
});
