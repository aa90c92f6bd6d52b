import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { Cluster } from "../helpers/cluster.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import type { Peer, TestServer } from "../helpers/peer.ts";

async function users(peer: Peer): Promise<unknown> {
  const { users } = await peer.ok({ t: "users" });
  return (users as JsonObject[]).map(({ user, online, away, role }) => {
    return [user, online, ...away === undefined ? [] : [away], role];
  });
}

/** The same user on another node. */
async function again(server: TestServer, { token }: Peer, name: string): Promise<Peer> {
  const peer = server.connect();
  await peer.hello(name, { token });
  return peer;
}

/** Lets the time pass that a guest's name is kept; those who stay say something now and then. */
async function stay(clock: FakeClock, ...peers: readonly Peer[]): Promise<void> {
  for (let ms = 0; ms <= limits.guestGraceMs; ms += 60_000) {
    for (const peer of peers) await peer.ok({ t: "ping" });
    await clock.leap(60_000);
  }
}

function names(t: "came" | "went", user: string) {
  return (event: JsonObject) => event.t === t && (event.users as string[]).includes(user);
}

Deno.test("who is there is the same on all nodes, and on one that comes later", async () => {
  await using cluster = await Cluster.start(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await alice.event(names("came", "Bob"));
  await bob.ok({ t: "away", text: "Lunch" });
  assertEquals((await alice.next("gone_away")).text, "Lunch");
  const carol = await (await cluster.add()).join("Carol");
  await Promise.all([alice, bob].map((peer) => peer.event(names("came", "Carol"))));
  for (const peer of [alice, bob, carol]) {
    assertEquals(await users(peer), [
      ["Alice", true, "guest"],
      ["Bob", true, "Lunch", "guest"],
      ["Carol", true, "guest"],
    ]);
    assertEquals(((await peer.ok({ t: "rooms" })).rooms as JsonObject[])[0].count, 3);
  }
});

Deno.test("somebody has come with their first connection to any node, and gone with their last", async () => {
  await using cluster = await Cluster.start(3);
  const alice = await cluster.join(0, "Alice");
  const bob = await cluster.join(1, "Bob");
  await alice.event(names("came", "Bob"));
  await cluster.level();
  const bob2 = await again(cluster.servers[2], bob, "Bob");
  await cluster.level();
  bob.close();
  await cluster.level();
  assertEquals(await users(alice), [["Alice", true, "guest"], ["Bob", true, "guest"]]);
  bob2.close();
  await alice.event(names("went", "Bob"));
  assertEquals(await users(alice), [["Alice", true, "guest"], ["Bob", false, "guest"]]);
  assertEquals((await alice.seen("came")).length, 0);
});

Deno.test("those who were on a node that is gone are gone, and are who they were on another", async () => {
  await using cluster = await Cluster.start(3);
  const [alice, bob] = [await cluster.join(0, "Alice", "tea"), await cluster.join(1, "Bob")];
  await cluster.level();
  await bob.ok({ t: "join", room: "tea" });
  await alice.event(names("came", "Bob"));
  await cluster.kill(1);
  await alice.event(names("went", "Bob"));
  const back = await again(cluster.servers[2], bob, "Bob");
  await alice.event(names("came", "Bob"));
  assertEquals(back.uid, bob.uid);
  await back.ok({ t: "say", room: "tea", text: "still here" });
  await alice.next("said");
});

Deno.test("whoever moves from a node that ends to another one is told neither gone nor come", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const tell = async () => {
    await cluster.level();
    await clock.tick(limits.presenceGatherMs);
  };
  const alice = await cluster.join(0, "Alice");
  const [bob, carol] = [await cluster.join(1, "Bob"), await cluster.join(1, "Carol")];
  await tell();
  await alice.ok({ t: "ping" });
  alice.events.length = 0;
  const ended = cluster.servers[1].close();
  for (const peer of [bob, carol]) {
    await peer.next("closing");
    peer.close();
  }
  await ended;
  await again(cluster.servers[0], bob, "Bob");
  await tell();
  const moved = async () => {
    await alice.ok({ t: "ping" });
    return alice.events.splice(0).map(({ t, users }) => [t, users]);
  };
  assertEquals(await moved(), []);
  // Carol doesn't come back.
  await clock.tick(limits.movingMs);
  await tell();
  assertEquals(await moved(), [["went", ["Carol"]]]);
});

Deno.test("a name that two want at once on different nodes is given to one of them", async () => {
  await using cluster = await Cluster.start(2);
  const peers = cluster.servers.map((server) => server.connect());
  const answers = await Promise.all(
    peers.map((peer, number) => peer.ask({ t: "hello", v: 1, user: ["Alice", "ALICE"][number] })),
  );
  const given = answers.findIndex(({ t }) => t === "ok");
  assertEquals(answers[1 - given].code, "name_taken");
  await cluster.level();
  const bob = await cluster.join(1 - given, "Bob");
  const shown = await users(bob) as unknown[][];
  assertEquals(shown.map(([user]) => user), [answers[given].user, "Bob"]);
  const uid = (await bob.ok({ t: "users" }) as { users: JsonObject[] }).users[0].uid;
  assertEquals(uid, answers[given].uid);
  await peers[1 - given].hello("Carol");
});

Deno.test("a login made on one node is good on the others at once, also where they are behind", async () => {
  await using cluster = await Cluster.start(2);
  cluster.node(1).hold();
  const alice = await cluster.join(0, "Alice");
  const coming = again(cluster.servers[1], alice, "Alice");
  await cluster.node(1).awaited();
  cluster.node(1).release();
  assertEquals((await coming).uid, alice.uid);
});

Deno.test("an account is one on all nodes: its password, its role, and its new password", async () => {
  await using cluster = await Cluster.start(2, { owner: "Olga" });
  const olga = await cluster.join(0, "Olga");
  await olga.ok({ t: "register", password: "correct horse" });
  const bob = await cluster.join(1, "Bob");
  await bob.ok({ t: "register", password: "battery staple" });
  await cluster.level();
  assertEquals(cluster.servers[1].core.ownership.offered, undefined);
  await olga.ok({ t: "role", user: "bob", role: "moderator" });
  await cluster.level();
  assertEquals(await users(bob), [["Bob", true, "moderator"], ["Olga", true, "owner"]]);
  const there = cluster.servers[0].connect();
  const welcome = await there.hello("Bob", { password: "battery staple" });
  assertEquals([welcome.uid, welcome.role], [bob.uid, "moderator"]);
  await there.ok({ t: "password", old: "battery staple", new: "hunter22" });
  const refusal = await bob.event(({ t }) => t === "refused");
  assertEquals([refusal.code, refusal.message], [
    "revoked",
    "The password was changed: log in with the new one",
  ]);
  await cluster.level();
  const bob2 = cluster.servers[1].connect();
  const wrong = { t: "hello", v: 1, user: "Bob", password: "battery staple" };
  assertEquals(await bob2.refused(wrong), "bad_login");
  await bob2.hello("Bob", { password: "hunter22" });
});

Deno.test("a guest's time ends once, when they are gone from all nodes, and on all", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const alice = await cluster.join(0, "Alice", "tea");
  const bob = await cluster.join(1, "Bob", "tea");
  await cluster.level();
  const bob2 = await again(cluster.servers[0], bob, "Bob");
  await cluster.level();
  bob.close();
  await bob.end();
  await stay(clock, alice, bob2);
  const both = [["Alice", true, "guest"], ["Bob", true, "guest"]];
  assertEquals(await users(alice), both);
  bob2.close();
  await bob2.end();
  await stay(clock, alice);
  await cluster.level();
  assertEquals((await alice.next("left")).user, "Bob");
  assertEquals(await alice.seen("left"), []);
  for (const { core } of cluster.servers) {
    assertEquals(core.people.sorted().map(({ person }) => person.user), ["Alice"]);
    assertEquals(core.hub.room("tea")?.room.members.size, 1);
  }
  const other = await cluster.join(1, "Bob");
  assertEquals(other.uid === bob.uid, false);
});

Deno.test("a guest who was renamed when they came back is called so on all nodes", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const alice = await cluster.join(0, "Alice");
  const bob = await cluster.join(1, "Bob");
  bob.close();
  await bob.end();
  await stay(clock, alice);
  await cluster.level();
  await cluster.join(0, "Bob");
  await cluster.level();
  const back = cluster.servers[1].connect();
  const welcome = await back.hello("Rob", { token: bob.token });
  assertEquals([welcome.user, welcome.uid], ["Rob", bob.uid]);
  const { from, user, uid } = await alice.next("renamed");
  assertEquals([from, user, uid], ["Bob", "Rob", bob.uid]);
});

Deno.test("who was taken for gone while their node was cut off comes again, and is who they were", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const alice = await cluster.join(0, "Alice");
  const bob = await cluster.join(1, "Bob", "tea");
  await cluster.level();
  cluster.node(1).cut();
  cluster.node(1).lapse();
  await stay(clock, alice, bob);
  assertEquals(await users(alice), [["Alice", true, "guest"]]);
  await cluster.node(1).mend();
  assertEquals((await bob.event(({ t }) => t === "refused")).code, "closing");
  await bob.end();
  const back = await again(cluster.servers[1], bob, "Bob");
  assertEquals(back.uid, bob.uid);
  await cluster.level();
  for (const peer of [alice, back]) {
    assertEquals(await users(peer), [["Alice", true, "guest"], ["Bob", true, "guest"]]);
  }
  assertEquals(cluster.servers.map(({ core }) => core.people.online), [2, 2]);
});

Deno.test("what somebody becomes is told on every node, once to each of their devices", async () => {
  await using cluster = await Cluster.start(2);
  const bob = await cluster.join(0, "Bob");
  const carol = await cluster.join(1, "Carol");
  const bob2 = await again(cluster.servers[1], bob, "Bob");
  await bob.ok({ t: "register", password: "open sesame" });
  const given = { t: "role_given", user: "Bob", uid: bob.uid, role: "member" };
  for (const peer of [bob, bob2, carol]) {
    const isBob = (event: JsonObject) => event.t === "role_given" && event.uid === bob.uid;
    assertEquals(await peer.event(isBob), given);
    await cluster.level();
    await peer.ok({ t: "ping" });
    assertEquals(peer.events.filter(isBob), []);
  }
});
