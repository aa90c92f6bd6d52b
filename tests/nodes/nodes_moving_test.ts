/** A node that ends, well or not: its clients go on at another one. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Chance } from "../helpers/chance.ts";
import { clientCommand } from "../helpers/client_program.ts";
import { Crowd } from "../helpers/crowd.ts";
import { violations } from "../helpers/ledger.ts";
import { isMissing } from "../helpers/needs.ts";
import { RealNodes } from "../helpers/real_nodes.ts";
import type { RealServer } from "../helpers/real_server.ts";
import { logged, RealClient } from "../helpers/scene.ts";

const ignore = isMissing("nats-server");
/** When whoever was on a node that is lost can talk again. */
const backMsMax = 5000;
/** Between two messages of each who talks. */
const pauseMs = 30;

/** A terminal client that is told of one node only. */
async function enter(node: RealServer, user: string): Promise<RealClient> {
  const client = new RealClient(clientCommand(node, "--user", user));
  await client.sees("── #lobby ──");
  return client;
}

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  Deno.test({
    name: `nodes: after ${signal} a terminal goes on at a node that it was never told of`,
    ignore,
    fn: async () => {
      await using nodes = await RealNodes.start({ nodes: 2, args: ["--quiet"] });
      const [one, other] = nodes.nodes;
      await using alice = await enter(one, "Alice");
      await using bob = await enter(other, "Bob");
      await alice.type("before");
      await bob.sees("Alice: before");
      const began = performance.now();
      const ended = one.stop(signal);
      await alice.type("meanwhile");
      await bob.sees("Alice: meanwhile");
      assertLess(performance.now() - began, backMsMax);
      await ended;
      await bob.type("after");
      await alice.sees("Bob: after");
      const peer = await other.join("Carol");
      await peer.ok({ t: "join", room: "lobby" });
      assertEquals(await logged(peer, "lobby"), ["before", "meanwhile", "after"]);
      peer.close();
      for (const client of [alice, bob]) {
        assertEquals(client.all("meanwhile").length, 1, client.lines.join("\n"));
      }
    },
  });
}

Deno.test({
  name: "nodes: each is told to stop in turn while many talk, and nothing is lost or twice",
  ignore,
  fn: async () => {
    const chance = Chance.ofRun("nodes_moving_test");
    const random = () => chance.below(2 ** 32) / 2 ** 32;
    await using nodes = await RealNodes.start({ args: ["--preset=bench", "--quiet"] });
    const { ports } = nodes;
    const many = { clients: 60, speakers: 12, pauseMs };
    await using crowd = await Crowd.join({ ports, ...many, random });
    crowd.talk();
    const times: number[] = [];
    for (const node of nodes.nodes) {
      await crowd.allHear();
      const moved = crowd.membersAt(node.port);
      assertGreater(moved.length, 0);
      const told = moved.map(({ closings }) => closings);
      const began = performance.now();
      const { code } = await node.stop("SIGTERM");
      assertEquals(code, 0);
      await crowd.allHear();
      times.push(performance.now() - began);
      assertEquals(moved.map(({ closings }) => closings), told.map((count) => count + 1));
      await node.start();
    }
    await crowd.hush();
    const ledger = await crowd.ledger();
    console.log(
      `${crowd.acknowledged.length} messages acknowledged; all talk and hear again after ` +
        `${times.map(Math.round).join(", ")} ms, the end of the node with it`,
    );
    assertEquals([...violations(ledger), ...crowd.wrongs].slice(0, 20), []);
    for (const ms of times) assertLess(ms, backMsMax);
  },
});
