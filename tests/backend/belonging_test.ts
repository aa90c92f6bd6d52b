/** Which folders an order takes, which it refuses, and what they are left as. */

import { assertEquals, assertRejects } from "@std/assert";
import { renew, takeSnapshot } from "../../lib/backend/sqlite/snapshot.ts";
import { all, keep, said } from "../contract/scene.ts";
import { MemoryOrders } from "../helpers/memory_order.ts";
import { NatsServer } from "../helpers/nats.ts";
import { NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import { same } from "../helpers/store_dump.ts";
import { Node } from "../helpers/store_node.ts";
import { DataFolder } from "./folder.ts";

/** A node that has kept two events, and is stopped. */
async function stopped(orders = new MemoryOrders()): Promise<Node> {
  const one = await Node.start(orders, "one");
  await keep(one.backend, [said(1), said(2)]);
  await one.stop();
  return one;
}

Deno.test("a node's folder founds nothing where its order isn't", async () => {
  await using folder = (await stopped()).folder;
  const wrong = new MemoryOrders();
  const start = () => Node.start(wrong, "one again", { folder });
  await assertRejects(start, Error, "--nats and --nats-name have to be those of the other nodes");
  await using other = await Node.start(wrong, "other");
  assertEquals(await all(other.backend), []);
});

Deno.test("a folder that was refused has nothing that would get into what is copied there", async () => {
  await using folder = (await stopped()).folder;
  const orders = new MemoryOrders();
  await using _other = await Node.start(orders, "other");
  await assertRejects(() => Node.start(orders, "one", { folder }), Error, "another Parley's");
  assertEquals(folder.names().filter((name) => name.startsWith("parley")), ["parley.db"]);
});

Deno.test("of a backup of a node others begin, in an order of their own", async () => {
  await using folder = (await stopped()).folder;
  const [restored, copy] = [new DataFolder(), new DataFolder()];
  await Deno.mkdir(restored.path);
  await takeSnapshot(folder.path, `${restored.path}/parley.db`);
  renew(`${restored.path}/parley.db`, "another");
  await Deno.mkdir(copy.path);
  await Deno.copyFile(`${restored.path}/parley.db`, `${copy.path}/parley.db`);
  const orders = new MemoryOrders();
  await using one = await Node.start(orders, "one", { folder: restored });
  await using other = await Node.start(orders, "other", { folder: copy });
  await keep(one.backend, [said(3)]);
  await other.caughtUp();
  assertEquals((await all(other.backend)).map(({ seq }) => seq), [1, 2, 3]);
  same(one, other);
});

Deno.test({
  name:
    "nats: one server isn't told to keep three copies, by which it would lose all at its next start",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nats = await NatsServer.start();
    await using one = await NatsNode.start(nats.url);
    await keep(one.backend, [said(1)]);
    await assertRejects(
      () => NatsNode.start(nats.url, { replicas: 3 }),
      Error,
      "it is one server, and no cluster",
    );
    await nats.kill();
    await nats.start();
    await keep(one.backend, [said(2)]);
    assertEquals((await all(one.backend)).map(({ seq }) => seq), [1, 2]);
  },
});
