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
import { size } from "../helpers/size.ts";

const ignore = isMissing("nats-server");
const clients = size(18, 60, 18);
const speakers = size(6, 12, 6);
/** Between two messages of each who talks. */
const pauseMs = size(100, 30, 100);
/** When whoever was on a node that is lost can talk again. */
const backMsMax = 5000;

/** Those of both tests. */
let started: Promise<RealNodes> | undefined;

function startedNodes(): Promise<RealNodes> {
  started ??= RealNodes.start({ isDirect: true, args: ["--preset=bench", "--quiet"] });
  return started;
}

if (!ignore) Deno.test.afterAll(async () => await (await started)?.[Symbol.asyncDispose]());

/** A terminal client that is told of one node only, in a room of its own. */
async function enter(node: RealServer, user: string, room: string): Promise<RealClient> {
  const client = new RealClient(clientCommand(node, "--user", user));
  await client.sees("── #lobby ──");
  await client.type(`/join ${room}`);
  await client.sees(`── #${room} ──`);
  return client;
}

/** Insists that a terminal goes on at a node that it was never told of while its own one ends. */
async function goesOn(
  [one, other]: readonly RealServer[],
  { users, room }: { readonly users: readonly string[]; readonly room: string },
  end: () => Promise<unknown>,
): Promise<void> {
  const [alice, bob, carol] = users;
  await using here = await enter(one, alice, room);
  await using there = await enter(other, bob, room);
  await here.type("before");
  await there.sees(`${alice}: before`);
  const began = performance.now();
  const ended = end();
  await here.type("meanwhile");
  await there.sees(`${alice}: meanwhile`);
  assertLess(performance.now() - began, backMsMax);
  await ended;
  await there.type("after");
  await here.sees(`${bob}: after`);
  const peer = await other.join(carol);
  await peer.ok({ t: "join", room });
  assertEquals(await logged(peer, room), ["before", "meanwhile", "after"]);
  peer.close();
  for (const client of [here, there]) {
    assertEquals(client.all("meanwhile").length, 1, client.lines.join("\n"));
  }
}

Deno.test({
  name:
    "nodes: each is told to stop in turn while many talk: nothing is lost or twice, and a terminal goes on",
  ignore,
  fn: async () => {
    const chance = Chance.ofRun("nodes_moving_test");
    const random = () => chance.below(2 ** 32) / 2 ** 32;
    const { nodes, ports } = await startedNodes();
    await using crowd = await Crowd.join({ ports, clients, speakers, pauseMs, random });
    crowd.talk();
    const times: number[] = [];
    for (const node of nodes) {
      await crowd.allHear();
      const moved = crowd.membersAt(node.port);
      assertGreater(moved.length, 0);
      const told = moved.map(({ closings }) => closings);
      const stop = async () => {
        const began = performance.now();
        const { code } = await node.stop("SIGTERM");
        assertEquals(code, 0);
        await crowd.allHear();
        times.push(performance.now() - began);
      };
      if (node === nodes[0]) {
        await goesOn(nodes, { users: ["Alice", "Bob", "Carol"], room: "tea" }, stop);
      } else await stop();
      assertEquals(moved.map(({ closings }) => closings), told.map((count) => count + 1));
      // Of the last one nobody needs anything more.
      if (node !== nodes.at(-1)) await node.start();
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

Deno.test({
  name: "nodes: after SIGKILL a terminal goes on at a node that it was never told of",
  ignore,
  fn: async () => {
    const { nodes } = await startedNodes();
    const who = { users: ["Dora", "Emil", "Frida"], room: "coffee" };
    await goesOn(nodes, who, () => nodes[0].stop("SIGKILL"));
  },
});
