/** Which folders an order takes, which it refuses, and what they are left as. */

import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "@nats-io/transport-node";
import { openNats, openNatsFiles } from "../../lib/backend/nats.ts";
import { renew, takeSnapshot } from "../../lib/backend/sqlite/snapshot.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { all, keep, said } from "../contract/scene.ts";
import { keepThreads } from "../helpers/kept_threads.ts";
import { MemoryOrders } from "../helpers/memory_order.ts";
import { NatsServer } from "../helpers/nats.ts";
import { NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import { same } from "../helpers/store_dump.ts";
import { Node } from "../helpers/store_node.ts";
import { DataFolder } from "./folder.ts";

keepThreads();

const clock = systemClock();
const inFolder = "have their files in a folder: start it with --files, and without --nats-files";
const inNats = "it keeps this Parley's files: start the node with --nats-files, too";

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

/** Takes a place at the order, and begins it where nobody has. */
async function begin({ url }: NatsServer, keepsFiles: boolean, name = "parley"): Promise<void> {
  await using order = await openNats({ servers: [url], clock, keepsFiles, name });
  await order.found({ id: "one", events: 0 });
}

Deno.test({
  name: "nats: files are where the first node has them, and who differs isn't started",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nats = await NatsServer.start();
    for (const keepsFiles of [false, true]) {
      const name = `parley_${keepsFiles}`;
      await begin(nats, keepsFiles, name);
      const differ = () => begin(nats, !keepsFiles, name);
      await assertRejects(differ, Error, keepsFiles ? inNats : inFolder);
      await begin(nats, keepsFiles, name);
    }
  },
});

Deno.test({
  name: "nats: of two that are the first at once, one decides where files are",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nats = await NatsServer.start();
    const servers = [nats.url];
    await using one = await openNats({ servers, clock });
    await using other = await openNats({ servers, clock, keepsFiles: true });
    await one.found({ id: "one", events: 0 });
    await assertRejects(() => other.found({ id: "other", events: 0 }), Error, inFolder);
  },
});

Deno.test({
  name: "nats: where nodes began without saying where files are, streams of them say so",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nats = await NatsServer.start();
    const servers = [nats.url];
    {
      await using _order = await openNats({ servers, clock });
      const connection = await connect({ servers: nats.url });
      await connection.request("parley.log", 'founder 0\n{"id":"one","events":0}');
      await connection.close();
    }
    await assertRejects(() => begin(nats, true), Error, inFolder);
    await begin(nats, false);
    await using _files = await openNatsFiles({ servers, clock, room: 1e7 });
    await assertRejects(() => begin(nats, false), Error, inNats);
    await begin(nats, true);
  },
});
