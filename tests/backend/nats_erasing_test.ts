/** What was deleted is in no file of NATS either, and who begins from the stream misses nothing. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import type { Order } from "../../lib/backend/order.ts";
import type { FileId, TransferId } from "../../lib/names.ts";
import {
  alice,
  all,
  append,
  bob,
  event,
  keep,
  outcomes,
  report,
  room,
  said,
  timeOf,
} from "../contract/scene.ts";
import { NatsServer } from "../helpers/nats.ts";
import { NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import { MemoryOrders } from "../helpers/memory_order.ts";
import { same } from "../helpers/store_dump.ts";
import { barrierMs } from "../helpers/patience.ts";
import { Node } from "../helpers/store_node.ts";

const offer = {
  conversation: room,
  by: alice,
  isGuest: true,
  name: "report.png",
  size: 5,
  mime: "image/png",
  at: timeOf(0),
  state: { is: "unfinished" },
} as const;
const secret = "the vault's combination is";

/** The files in a folder, and in those below it, that have the secret in them. */
function filesWithSecret(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesWithSecret(path);
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(path));
    return text.includes(secret) ? [path] : [];
  });
}

Deno.test("what was deleted is taken out of the order, also where it was never kept", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  await keep(one.backend, [said(1, "before")]);
  await other.caughtUp();
  const appended = await Promise.all([
    one.backend.log.append(append([said(2, `${secret} 1`)])),
    other.backend.log.append(append([said(2, `${secret} 2`, { by: bob })])),
  ]);
  assertEquals(outcomes(appended).sort(), ["committed", "conflict"]);
  await keep(one.backend, [event(3, { t: "edited", target: 2, text: `${secret} 3` })]);
  await keep(one.backend, [said(4, "after")]);
  const withSecret = () => orders.entries.filter(({ text }) => text.includes(secret)).length;
  assertEquals(withSecret(), 3);
  await keep(one.backend, [event(5, { t: "deleted", target: 2 })]);
  await one.backend.erased();
  assertEquals(withSecret(), 0);
  await using made = await Node.start(orders, "made");
  for (const node of [one, other]) {
    await node.caughtUp();
    same(node, made);
  }
  assertEquals((await all(made.backend)).map((event) => "text" in event ? event.text : event.t), [
    "before",
    "said",
    "edited",
    "after",
    "deleted",
  ]);
});

Deno.test("of an append that moved, what was deleted goes, and nothing else", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await keep(one.backend, [said(1, "first"), said(2, "second")]);
  const texts = ["before", secret, "after"];
  const three = append(texts.map((text, index) => said(1 + index, text, { by: bob })));
  const appended = await one.backend.log.append({ ...three, mayMove: true });
  assertEquals(appended, { outcome: "committed", after: 2 });
  await keep(one.backend, [event(6, { t: "deleted", target: 4 })]);
  await one.backend.erased();
  assertEquals(orders.entries.filter(({ text }) => text.includes(secret)).length, 0);
  await using made = await Node.start(orders, "made");
  await one.caughtUp();
  same(one, made);
  assertEquals((await all(made.backend)).map((event) => "text" in event ? event.text : event.t), [
    "first",
    "second",
    "before",
    "said",
    "after",
    "deleted",
  ]);
});

Deno.test("what was kept in the place of something that is deleted keeps its text", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  await using other = await Node.start(orders, "other");
  await keep(one.backend, [said(1, "first of all")]);
  const late = [1, 2, 3, 4, 5].map((seq) => said(seq, `${secret} ${seq}`, { by: bob }));
  assertEquals(outcomes([await other.backend.log.append(append(late))]), ["conflict"]);
  await keep(other.backend, [{ ...late[0], seq: 2 }]);
  await keep(one.backend, [event(3, { t: "deleted", target: 2 })]);
  await one.backend.erased();
  const texts = orders.entries.map(({ text }) => text).join();
  assertEquals([texts.includes("first of all"), texts.includes(secret)], [true, false]);
});

Deno.test("what is deleted while its entry is looked at for the last time is taken out, too", async () => {
  const orders = new MemoryOrders();
  const looked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const holding = (order: Order): Order => ({
    ...order,
    async replace(entry) {
      const isSame = orders.entries[entry.position - 1].text === entry.text;
      await order.replace(entry);
      if (!isSame) return;
      looked.resolve();
      await goOn.promise;
    },
  });
  await using one = await Node.start(orders, "one", { through: holding });
  await keep(one.backend, [said(1, `${secret} 1`), said(2, `${secret} 2`)]);
  await keep(one.backend, [event(3, { t: "deleted", target: 1 })]);
  await looked.promise;
  await keep(one.backend, [event(4, { t: "deleted", target: 2 })]);
  goOn.resolve();
  await one.backend.erased();
  assertEquals(orders.entries.filter(({ text }) => text.includes(secret)), []);
});

Deno.test("an entry that can't be read keeps nothing else from being taken out", async () => {
  const orders = new MemoryOrders();
  let isBroken = true;
  const erased = Promise.withResolvers<void>();
  const broken = (order: Order): Order => ({
    ...order,
    async entry(position) {
      if (isBroken && position === 2) throw new Error("It can't be read");
      return await order.entry(position);
    },
    async replace(entry) {
      await order.replace(entry);
      if (entry.position === 3) erased.resolve();
    },
  });
  await using one = await Node.start(orders, "one", { through: broken });
  await keep(one.backend, [said(1, `${secret} 1`)]);
  await keep(one.backend, [said(2, `${secret} 2`)]);
  await keep(one.backend, [1, 2].map((target, at) => event(3 + at, { t: "deleted", target })));
  await deadline(erased.promise, barrierMs);
  isBroken = false;
  await one.backend.erased();
  assertEquals(orders.entries.filter(({ text }) => text.includes(secret)), []);
});

Deno.test("what is forgotten is taken out of the order, and nothing else", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  for (let seq = 1; seq <= 4; seq++) await keep(one.backend, [said(seq, `${secret} ${seq}`)]);
  await keep(one.backend, [said(5, `${secret} 5`), said(6, "stays")]);
  await one.backend.log.forget(timeOf(6));
  await one.backend.erased();
  const texts = orders.entries.map(({ text }) => text).join();
  assertEquals([texts.includes("stays"), texts.includes(secret)], [true, false]);
  await using made = await Node.start(orders, "made");
  assertEquals((await all(made.backend)).map(({ seq }) => seq), [6]);
  await one.caughtUp();
  same(one, made);
});

Deno.test("a thumbnail is taken out of the order with its transfer, or with its file", async () => {
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one");
  const { library } = one.backend;
  const thumb = new TextEncoder().encode(secret);
  const inOrder = () => orders.entries.filter(({ text }) => text.includes(thumb.toBase64())).length;
  const picture = { width: 2, height: 2, thumb: thumb.length };
  const ids = ["dropped", "removed", "stays"] as const;
  for (const id of ids) {
    const transfer = id as string as TransferId;
    const file = { ...report, file: id as string as FileId, picture };
    await library.keep({ ...offer, transfer, picture, cid: id }, thumb);
    if (id === "dropped") await library.drop(transfer);
    else await library.finishing(transfer, file);
  }
  const shared = (id: string) => ({ ...report, file: id as FileId, picture });
  await keep(one.backend, [
    event(1, { t: "shared", file: shared("removed") }),
    event(2, { t: "shared", file: shared("stays") }),
    event(3, { t: "removed", file: "removed" as string as FileId }),
  ]);
  await one.backend.erased();
  assertEquals(inOrder(), 1);
  await using made = await Node.start(orders, "made");
  assertEquals(await made.backend.library.thumb("stays" as string as FileId), thumb);
  await one.caughtUp();
  same(one, made);
});

Deno.test({
  name: "nats: what was deleted is in none of its files, and a node made anew misses nothing",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nats = await NatsServer.start();
    await using one = await NatsNode.start(nats.url);
    await using other = await NatsNode.start(nats.url);
    for (let seq = 1; seq <= 5; seq++) await keep(one.backend, [said(seq, `${secret} ${seq}`)]);
    await keep(one.backend, [said(6, "stays")]);
    await other.caughtUp();
    assertNotEquals(filesWithSecret(nats.folder), []);
    // Next to one another, and one more time each: a stand-in has a stand-in.
    await keep(one.backend, [event(7, { t: "deleted", target: 2 })]);
    const both = [3, 4].map((target, index) => event(8 + index, { t: "deleted", target }));
    await keep(one.backend, both);
    await keep(one.backend, [said(10, `${secret} 10`), said(11, `${secret} 11`)]);
    await keep(one.backend, [event(12, { t: "deleted", target: 10 })]);
    await one.backend.erased();
    await other.caughtUp();
    for (const [index, target] of [1, 5, 11].entries()) {
      await keep(other.backend, [event(13 + index, { t: "deleted", target })]);
    }
    await other.backend.erased();
    assertEquals(filesWithSecret(nats.folder), []);
    await one.caughtUp();
    same(one, other);
    await using made = await NatsNode.start(nats.url);
    await one.caughtUp();
    same(one, made);
    const texts = (await all(made.backend)).map((event) =>
      "text" in event ? event.text : undefined
    );
    assertEquals(texts.filter((text) => text !== undefined), ["stays"]);
    await keep(made.backend, [said(16, "goes on")]);
    assert(made.backend.id === one.backend.id);
  },
});
