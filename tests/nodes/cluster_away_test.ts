/** A node that can't reach the others. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Cluster } from "../helpers/cluster.ts";

Deno.test("a node that is cut off shows what it has, and keeps what is said until it is back", async () => {
  await using cluster = await Cluster.start(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "before" });
  await cluster.level();
  cluster.node(1).cut();
  const waiting = bob.ask({ t: "say", room: "lobby", text: "during", cid: "c1" });
  await alice.ok({ t: "say", room: "lobby", text: "elsewhere" });
  const there = cluster.servers[1].connect();
  await there.hello("Bob", { token: bob.token });
  const { events } = await there.ok({ t: "history", room: "lobby" });
  assertEquals((events as JsonObject[]).map(({ text }) => text), ["before"]);
  const stranger = cluster.servers[1].connect();
  assertEquals(await stranger.refused({ t: "hello", v: 1, user: "Carol" }), "unavailable");
  await cluster.node(1).mend();
  assertEquals((await waiting).seq, 3);
  await stranger.hello("Carol");
  for (const peer of [alice, bob, there]) {
    const said = await Promise.all([peer.event(isAbout(2)), peer.event(isAbout(3))]);
    assertEquals(said.map(({ text }) => text), ["elsewhere", "during"]);
  }
});

function isAbout(seq: number) {
  return (event: JsonObject) => event.t === "said" && event.seq === seq;
}

Deno.test("what is decided on both sides of a cut is decided again where it comes second", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice", "tea");
  await cluster.level();
  const bob = await cluster.join(1, "Bob", "tea");
  await cluster.level();
  cluster.node(1).cut();
  const [said, typed] = ["say", "topic"].map((t) => {
    return bob.ask({ t, room: "tea", ...t === "say" ? { text: "hi" } : { topic: "Bob's" } });
  });
  await alice.ok({ t: "kick", room: "tea", user: "bob" });
  await cluster.node(1).mend();
  for (const answer of await Promise.all([said, typed])) assertEquals(answer.code, "not_allowed");
  await cluster.level();
  for (const { core } of cluster.servers) {
    const { seq, topic, members } = core.hub.room("tea")!.room;
    assertEquals([seq, topic, members.size], [3, "", 1]);
  }
});
