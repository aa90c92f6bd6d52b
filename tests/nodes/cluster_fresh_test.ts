/** What one node has answered is there on every other one, however far behind that is. */

import { assertEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { Visit } from "../../lib/peer/visit.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Cluster } from "../helpers/cluster.ts";
import { counted, share } from "../helpers/file_peer.ts";

/** Alice on the first node, and Bob on the second, which takes nothing until it is released. */
async function begin() {
  const cluster = await Cluster.start(2, { blobs: new MemoryBlobs(), owner: "Bob" });
  const alice = await cluster.join(0, "Alice", "tea");
  const bob = await cluster.join(1, "Bob");
  await cluster.level();
  cluster.node(1).hold();
  return { cluster, alice, bob };
}

/** Lets the second node take what there is, once it is wanted there. */
async function released(cluster: Cluster): Promise<void> {
  await cluster.node(1).awaited();
  cluster.node(1).release();
}

Deno.test("whoever reads finds what was answered on another node", async () => {
  const { cluster, alice, bob } = await begin();
  await using _cluster = cluster;
  await alice.ok({ t: "say", room: "lobby", text: "hi" });
  const asked = bob.ask({ t: "history", room: "lobby" });
  await released(cluster);
  assertEquals(((await asked).events as JsonObject[]).map(({ text }) => text), ["hi"]);
  cluster.node(1).hold();
  await alice.ok({ t: "join", room: "coffee" });
  const rooms = bob.ask({ t: "rooms" });
  await released(cluster);
  assertEquals(((await rooms).rooms as JsonObject[]).length, 3);
});

Deno.test("what was heard on one node can be marked as read on another", async () => {
  const { cluster, alice, bob } = await begin();
  await using _cluster = cluster;
  const again = cluster.servers[0].connect();
  await again.ok({ t: "hello", v: 1, token: bob.token });
  const { seq } = await alice.ok({ t: "say", room: "lobby", text: "hi" });
  const read = bob.ask({ t: "read", room: "lobby", seq });
  await released(cluster);
  assertEquals((await read).t, "ok");
  assertEquals((await again.next("seen")).seq, seq);
});

Deno.test("nothing is refused for what another node has answered meanwhile", async () => {
  const { cluster, alice, bob } = await begin();
  await using _cluster = cluster;
  const carol = await cluster.join(0, "Carol");
  const said = bob.ask({ t: "say", room: "@carol", text: "psst" });
  await released(cluster);
  assertEquals((await said).t, "ok");
  await carol.next("said");
  await bob.ok({ t: "join", room: "tea" });
  await alice.ok({ t: "mute", room: "tea", user: "bob" });
  await bob.next("muted");
  cluster.node(1).hold();
  await alice.ok({ t: "unmute", room: "tea", user: "bob" });
  const again = bob.ask({ t: "say", room: "tea", text: "thank you" });
  await released(cluster);
  assertEquals((await again).t, "ok");
});

Deno.test("what is refused rightly is refused, also where the others can't be reached", async () => {
  const { cluster, bob } = await begin();
  await using _cluster = cluster;
  cluster.node(1).release();
  assertEquals(await bob.refused({ t: "say", room: "nowhere", text: "hi" }), "no_such_room");
  cluster.node(1).cut();
  assertEquals(await bob.refused({ t: "say", room: "nowhere", text: "hi" }), "no_such_room");
  assertEquals(((await bob.ok({ t: "history", room: "lobby" })).events as unknown[]).length, 0);
});

Deno.test("whoever moderates on one node finds what was done on another, and undoes it", async () => {
  const { cluster, bob } = await begin();
  await using _cluster = cluster;
  cluster.node(1).release();
  await bob.ok({ t: "register", password: "correct horse" });
  await cluster.join(0, "Carol");
  await cluster.level();
  const again = cluster.servers[0].connect();
  await again.ok({ t: "hello", v: 1, token: bob.token });
  cluster.node(1).hold();
  await again.ok({ t: "ban", user: "carol" });
  const listed = bob.ask({ t: "bans" });
  await released(cluster);
  assertEquals(((await listed).bans as JsonObject[]).map(({ user }) => user), ["Carol"]);
  cluster.node(1).hold();
  await again.ok({ t: "unban", user: "carol" });
  await again.ok({ t: "ban", user: "alice" });
  const unbanned = bob.ask({ t: "unban", user: "alice" });
  await released(cluster);
  assertEquals((await unbanned).t, "ok");
  assertEquals((await bob.ok({ t: "bans" })).bans, []);
});

Deno.test("a login that was just made on another node ends with the others", async () => {
  const { cluster, bob } = await begin();
  await using _cluster = cluster;
  cluster.node(1).release();
  await bob.ok({ t: "register", password: "correct horse" });
  await cluster.level();
  cluster.node(1).hold();
  const again = cluster.servers[0].connect();
  await again.ok({ t: "hello", v: 1, user: "Bob", password: "correct horse" });
  const out = bob.ask({ t: "logout", all: true });
  await released(cluster);
  assertEquals((await out).t, "ok");
  assertEquals((await again.next("refused")).code, "revoked");
});

Deno.test("whoever comes for one request gets what was just shared on another node", async () => {
  const { cluster, alice, bob } = await begin();
  await using _cluster = cluster;
  const comer = { remote: "192.0.2.7", token: bob.token };
  await using visit = await Visit.begin(cluster.servers[1].core, comer);
  const { file } = await share(alice, counted(1000), { name: "b.bin" });
  const opened = visit.open({ file }, { isNew: true });
  await released(cluster);
  await using outgoing = (await opened).outgoing;
  assertEquals(outgoing.size, 1000);
  cluster.node(1).hold();
  await alice.ok({ t: "join", room: "coffee" });
  const entering = visit.enter("coffee");
  await released(cluster);
  await entering;
  await alice.next("joined");
});
