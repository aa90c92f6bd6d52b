import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Cluster } from "../helpers/cluster.ts";
import type { Peer } from "../helpers/peer.ts";

async function rooms(peer: Peer): Promise<unknown> {
  const { rooms } = await peer.ok({ t: "rooms" });
  return (rooms as JsonObject[]).map(({ room, topic, count, seq, joined }) => {
    return { room, topic, count, seq, joined };
  });
}

async function members(peer: Peer, room: string): Promise<unknown> {
  const { members } = await peer.ok({ t: "members", room });
  return (members as JsonObject[]).map(({ user, online, role }) => [user, online, role]);
}

Deno.test("a room made on one node is there on all, with its members, topic and owner", async () => {
  await using cluster = await Cluster.start(2);
  const [alice, bob] = [await cluster.join(0, "Alice", "Tea"), await cluster.join(1, "Bob")];
  await alice.ok({ t: "topic", room: "tea", topic: "Leaves" });
  await cluster.level();
  const seen = (await rooms(bob)) as JsonObject[];
  assertEquals(seen[1], { room: "Tea", topic: "Leaves", count: 1, seq: 2, joined: false });
  const joined = await bob.ok({ t: "join", room: "TEA" });
  assertEquals([joined.room, joined.members, joined.seq, joined.created], [
    "Tea",
    2,
    3,
    undefined,
  ]);
  assertEquals((await alice.next("joined")).user, "Alice");
  assertEquals((await alice.next("joined")).user, "Bob");
  await alice.event(({ t, users }) => t === "came" && String(users).includes("Bob"));
  const expected = [["Alice", true, "owner"], ["Bob", true, "guest"]];
  assertEquals(await members(alice, "tea"), expected);
  assertEquals(await members(bob, "tea"), expected);
});

Deno.test("two who make a room at once on different nodes are in one room, which one of them made", async () => {
  await using cluster = await Cluster.start(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await cluster.level();
  const answers = await Promise.all([
    alice.ok({ t: "join", room: "Tea" }),
    bob.ok({ t: "join", room: "TEA" }),
  ]);
  await cluster.level();
  assertEquals(answers.map(({ created }) => created).sort(), [true, undefined]);
  const [first, second] = answers[0].created ? [alice, bob] : [bob, alice];
  const name = answers[0].created ? "Tea" : "TEA";
  for (const peer of [alice, bob]) {
    const { room, count } = ((await rooms(peer)) as JsonObject[])[1];
    assertEquals([room, count], [name, 2]);
    const all = (await members(peer, "tea")) as unknown[][];
    const maker = all.find(([, , role]) => role === "owner");
    assertEquals(maker?.[0], first === alice ? "Alice" : "Bob");
  }
  await second.ok({ t: "say", room: "tea", text: "hi" });
  await first.next("said");
});

Deno.test("who leaves on one node hears nothing more on any, and an empty room is gone on all", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice", "tea");
  await cluster.level();
  const bob = await cluster.join(1, "Bob", "tea");
  const again = cluster.servers[0].connect();
  await again.hello("Bob", { token: bob.token });
  await cluster.level();
  await bob.ok({ t: "leave", room: "tea" });
  assertEquals((await again.next("left")).user, "Bob");
  await alice.ok({ t: "say", room: "tea", text: "hi" });
  await cluster.level();
  assertEquals([await again.seen("said"), await bob.seen("said")], [[], []]);
  await alice.ok({ t: "leave", room: "tea" });
  await cluster.level();
  for (const peer of [alice, bob]) assertEquals(((await rooms(peer)) as unknown[]).length, 1);
  const { seq } = await bob.ok({ t: "join", room: "tea" });
  await cluster.level();
  assertEquals(seq, 6);
  assertEquals(((await rooms(alice)) as JsonObject[])[1].seq, 6);
});

Deno.test("all connections of a user hear of a room that they join on one node, whichever they are on", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice");
  await cluster.level();
  const there = cluster.servers[1].connect();
  await there.hello("Alice", { token: alice.token });
  await alice.ok({ t: "join", room: "tea" });
  assertEquals((await there.next("joined")).seq, 1);
  await alice.ok({ t: "leave", room: "tea" });
  await there.next("left");
  await cluster.level();
  // Read from its log, with what is in it already.
  await alice.ok({ t: "join", room: "tea" });
  assertEquals((await there.next("joined")).seq, 3);
  await there.ok({ t: "say", room: "tea", text: "hi" });
  assertEquals((await alice.next("said")).seq, 4);
});

Deno.test("edits, reactions and deletions of one node change messages on all", async () => {
  await using cluster = await Cluster.start(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await cluster.level();
  const { seq } = await alice.ok({ t: "say", room: "lobby", text: "hi" });
  await cluster.level();
  await Promise.all([
    alice.ok({ t: "edit", room: "lobby", seq, text: "hello" }),
    bob.ok({ t: "react", room: "lobby", seq, emoji: "👍" }),
    alice.ok({ t: "react", room: "lobby", seq, emoji: "👍" }),
  ]);
  await cluster.level();
  const [one, other] = await Promise.all([alice, bob].map(async (peer) => {
    const { events } = await peer.ok({ t: "history", room: "lobby" });
    return (events as JsonObject[])[0];
  }));
  assertEquals(other, one);
  assertEquals([one.text, (one.reactions as Record<string, string[]>)["👍"].toSorted()], [
    "hello",
    ["Alice", "Bob"],
  ]);
  await alice.ok({ t: "delete", room: "lobby", seq });
  await cluster.level();
  assertEquals(
    await bob.refused({ t: "react", room: "lobby", seq, emoji: "👎" }),
    "no_such_message",
  );
});

Deno.test("a private conversation goes on across nodes, on all connections of both", async () => {
  await using cluster = await Cluster.start(3);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await cluster.level();
  const [alice2, bob2] = [cluster.servers[2].connect(), cluster.servers[2].connect()];
  await alice2.hello("Alice", { token: alice.token });
  await bob2.hello("Bob", { token: bob.token });
  await alice.ok({ t: "say", room: "@bob", text: "psst" });
  for (const peer of [bob, bob2]) {
    const { room, with: uid, seq } = await peer.next("said");
    assertEquals([room, uid, seq], ["@Alice", alice.uid, 1]);
  }
  const own = await alice2.next("said");
  assertEquals([own.room, own.with], ["@Bob", bob.uid]);
  await Promise.all([
    bob2.ok({ t: "say", room: "@alice", text: "one" }),
    alice2.ok({ t: "say", room: "@bob", text: "two" }),
    bob.ok({ t: "say", room: "@alice", text: "three" }),
  ]);
  await cluster.level();
  const pages = await Promise.all([
    alice.ok({ t: "history", room: "@bob" }),
    bob.ok({ t: "history", room: "@alice" }),
  ]);
  const [one, other] = pages.map(({ events }) => {
    return (events as JsonObject[]).map(({ seq, text }) => [seq, text]);
  });
  assertEquals(one.length, 4);
  assertEquals(other, one);
  for (const peer of [alice, bob, alice2, bob2]) {
    const heard = (await peer.seen("said")).map(({ seq }) => seq);
    assertEquals(heard, peer === alice ? [1, 2, 3, 4] : [2, 3, 4]);
  }
});

Deno.test("typing and read marks reach whoever they are for on other nodes, and nobody else", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice", "tea");
  await cluster.level();
  const [bob, carol] = [await cluster.join(1, "Bob", "tea"), await cluster.join(1, "Carol")];
  await cluster.level();
  await alice.ok({ t: "typing", room: "tea" });
  assertEquals(await bob.next("typed"), { t: "typed", room: "tea", user: "Alice" });
  await alice.ok({ t: "typing", room: "@bob" });
  assertEquals(await bob.next("typed"), {
    t: "typed",
    room: "@Alice",
    with: alice.uid,
    user: "Alice",
  });
  await alice.ok({ t: "say", room: "@bob", text: "psst" });
  await bob.next("said");
  await bob.ok({ t: "read", room: "@alice", seq: 1 });
  const { room, user, seq } = await alice.next("seen");
  assertEquals([room, user, seq], ["@Bob", "Bob", 1]);
  await cluster.level();
  assertEquals([await carol.seen("typed"), await carol.seen("seen")], [[], []]);
  const again = cluster.servers[0].connect();
  const welcome = await again.hello("Bob", { token: bob.token });
  const pair = (welcome.rooms as JsonObject[]).find(({ room }) => room === "@Alice");
  assertEquals([pair?.read, pair?.unread], [1, 0]);
});

Deno.test("a command that is tried again on another node under its cid is done once", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice", "tea");
  await cluster.level();
  const there = cluster.servers[1].connect();
  await there.hello("Alice", { token: alice.token });
  const say = { t: "say", room: "tea", text: "hi", cid: "c1" };
  const answers = await Promise.all([alice.ok(say), there.ok(say), there.ok(say)]);
  assertEquals(new Set(answers.map(({ seq }) => seq)).size, 1);
  await cluster.level();
  assertEquals((await there.ok(say)).seq, answers[0].seq);
  assertEquals(await there.refused({ ...say, text: "other" }), "bad_message");
  assertEquals((await there.seen("said")).length, 1);
});
