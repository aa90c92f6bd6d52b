import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Cluster } from "../helpers/cluster.ts";
import { byInvitation, elsewhere } from "../helpers/invited.ts";
import type { Peer } from "../helpers/peer.ts";

async function begin(nodes = 2) {
  const cluster = await Cluster.start(nodes, { entry: byInvitation });
  const alice = await cluster.join(0, "Alice", "den");
  await alice.ok({ t: "register", password: "correct horse" });
  return { cluster, alice };
}

/** What those are answered who come to node after node with the same code, all at once. */
function coming(cluster: Cluster, invite: unknown, count: number): Promise<JsonObject[]> {
  return Promise.all(Array.from({ length: count }, (_, number) => {
    const server = cluster.servers[number % cluster.servers.length];
    return server.connect(elsewhere).ask({ t: "hello", v: 1, user: `p${number}`, invite });
  }));
}

async function usedOf(peer: Peer): Promise<unknown> {
  const { invites } = await peer.ok({ t: "invites" });
  return (invites as JsonObject[]).map(({ used }) => used);
}

Deno.test("an invitation made on one node lets people in on every node at once", async () => {
  const { cluster, alice } = await begin();
  await using _cluster = cluster;
  const { code } = await alice.ok({ t: "invite", room: "den" });
  const bob = cluster.servers[1].connect(elsewhere);
  assertEquals((await bob.hello("Bob", { invite: code })).invited, "den");
  await bob.ok({ t: "join", room: "den" });
  await cluster.level();
  assertEquals(await usedOf(alice), [1]);
});

Deno.test("an invitation lets in as many as it says, wherever they come at once", async () => {
  const { cluster, alice } = await begin(3);
  await using _cluster = cluster;
  const { code } = await alice.ok({ t: "invite", uses: 2 });
  await cluster.level();
  const answers = await coming(cluster, code, 6);
  const refused = answers.filter(({ t }) => t === "refused");
  assertEquals(refused.map(({ code }) => code), Array(4).fill("bad_invite"));
  await cluster.level();
  for (const { core } of cluster.servers) {
    assertEquals(core.people.size, 3, "Whoever wasn't let in has no name");
    assertEquals(core.invitations.all(), []);
  }
  assertEquals((await coming(cluster, code, 3)).map(({ t }) => t), Array(3).fill("refused"));
});

Deno.test("one that is withdrawn on a node is good on none", async () => {
  const { cluster, alice } = await begin();
  await using _cluster = cluster;
  const { code, invite } = await alice.ok({ t: "invite" });
  await cluster.level();
  await alice.ok({ t: "uninvite", invite });
  await cluster.level();
  assertEquals((await coming(cluster, code, 2)).map(({ code }) => code), [
    "bad_invite",
    "bad_invite",
  ]);
});

Deno.test("what an invitation promised on one node holds on another, and is used up on all", async () => {
  const { cluster, alice } = await begin();
  await using _cluster = cluster;
  await alice.ok({ t: "lock", room: "den", key: "sesame" });
  const { code } = await alice.ok({ t: "invite", room: "den" });
  const bob = cluster.servers[0].connect(elsewhere);
  await bob.hello("Bob", { invite: code });
  await cluster.level();
  const there = cluster.servers[1].connect();
  await there.hello("Bob", { token: bob.token });
  await there.ok({ t: "join", room: "den" });
  await there.ok({ t: "leave", room: "den" });
  await cluster.level();
  assertEquals(await bob.refused({ t: "join", room: "den" }), "room_locked");
});

Deno.test("how many have come is still known to a node that comes later", async () => {
  const { cluster, alice } = await begin();
  await using _cluster = cluster;
  const { code } = await alice.ok({ t: "invite", uses: 3 });
  await coming(cluster, code, 2);
  await cluster.add();
  for (const { core } of cluster.servers) {
    assertEquals(core.invitations.all().map(({ used }) => used), [2]);
  }
  const answers = await coming(cluster, code, 6);
  assertEquals(answers.filter(({ user }) => user !== undefined).length, 1);
});
