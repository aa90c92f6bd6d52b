/** A node that can't reach the others. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { Ways } from "../../lib/client/ways.ts";
import { Journal } from "../../lib/log.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { Cluster } from "../helpers/cluster.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { WatchedChat } from "../helpers/watched_chat.ts";

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

Deno.test("a client that goes on at a node which is cut off keeps what it has, and misses nothing", async () => {
  await using cluster = await Cluster.start(2);
  const alice = await cluster.join(0, "Alice");
  const say = (text: string) => alice.ok({ t: "say", room: "lobby", text });
  let at = cluster.servers[0];
  let connection = at.dial();
  const scene = new WatchedChat({
    dial: () => Promise.resolve(connection = at.dial()),
    clock: systemClock(),
    hello: { v: 1, user: "Bob" },
    random: () => 0,
  });
  const shown = () => scene.all("event").map(({ event: { seq } }) => seq);
  await say("one");
  await scene.first("event", ({ event }) => event.seq === 1);
  await cluster.level();
  cluster.node(1).cut();
  await say("two");
  await say("three");
  await scene.first("event", ({ event }) => event.seq === 3);
  at = cluster.servers[1];
  const again = scene.next("status", ({ status }) => status.is === "online");
  connection.close();
  await again;
  await cluster.node(1).mend();
  await say("four");
  await scene.first("event", ({ event }) => event.seq === 4);
  assertEquals(shown(), [1, 2, 3, 4]);
  assertEquals([...scene.all("ended"), ...scene.all("gap")], []);
  await scene.chat.close();
});

/** Bob's client at the first of two nodes, which knows where the other is; and what it dials. */
async function roaming(cluster: Cluster, clock: FakeClock) {
  const [one, other] = cluster.servers;
  const dialled: string[] = [];
  const random = () => 0.5;
  const ways = new Ways({
    typed: ["one"],
    random,
    dialTo: (address) => () => {
      dialled.push(address);
      return Promise.resolve((address === "one" ? one : other).dial());
    },
  });
  const dial = Object.assign(() => ways.dial(), { elsewhere: ways });
  const scene = new WatchedChat({ dial, clock, random, hello: { v: 1, user: "Bob" } });
  await scene.online();
  const stalled = (on: boolean) =>
    scene.first("passing", ({ event }) => event.t === "stalled" && event.on === on);
  const wait = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed++) await clock.tick(1000);
  };
  const close = async () => {
    const closed = scene.chat.close();
    await clock.tick(2000);
    await closed;
  };
  return { scene, dialled, stalled, wait, close };
}

Deno.test("a client stays where it is while no node can keep anything, and is told, and then that it can", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const { scene, dialled, stalled, wait, close } = await roaming(cluster, clock);
  for (const number of [0, 1]) cluster.node(number).cut();
  await stalled(true);
  scene.chat.say("lobby", "waits");
  await wait(90);
  assertEquals(scene.view("lobby").outgoing.map(({ state }) => state), ["sending"]);
  // It has looked at the other node, again and again.
  assertEquals([dialled.length > 2, new Set(dialled)], [true, new Set(["one", "Test"])]);
  for (const number of [0, 1]) await cluster.node(number).mend();
  await stalled(false);
  await scene.first("delivered");
  // One connection, and each change told once.
  assertEquals(scene.all("status").filter(({ status }) => status.is === "online").length, 1);
  assertEquals(scene.all("passing").filter(({ event }) => event.t === "stalled").length, 2);
  await close();
});

Deno.test("a client goes on at another node where only its own is cut off, and says everything once", async () => {
  const clock = new FakeClock();
  await using cluster = await Cluster.start(2, { clock });
  const { scene, dialled, stalled, wait, close } = await roaming(cluster, clock);
  const alice = await cluster.join(1, "Alice");
  cluster.node(0).cut();
  await stalled(true);
  scene.chat.say("lobby", "said once");
  await wait(30);
  await scene.first("delivered");
  // One look, and then to stay.
  assertEquals(dialled, ["one", "Test", "Test"]);
  await cluster.node(0).mend();
  await cluster.level();
  const { events } = await alice.ok({ t: "history", room: "lobby" });
  assertEquals((events as JsonObject[]).map(({ text }) => text), ["said once"]);
  await close();
});

Deno.test("the log says which nodes come and go, and when nothing is kept, also a quiet one", async () => {
  const lines: string[] = [];
  const clock = systemClock();
  const write = (text: string) => void lines.push(...text.trimEnd().split("\n"));
  const journal = new Journal({ write, clock, format: "text", quiet: true });
  const noted = async () => {
    await journal.flush();
    return lines.splice(0).map((line) => line.replace(/^\S+ /, ""));
  };
  const name = "10.0.0.2:5000";
  await using cluster = await Cluster.start(1, { journal, name });
  assertEquals(await noted(), []);
  await cluster.add();
  const isThere = `NOTE nodes ${name} is there`;
  assertEquals(await noted(), [isThere, isThere]);
  cluster.node(1).cut();
  assertEquals(await noted(), ["NOTE nodes nothing is kept now: the test says so"]);
  await cluster.node(1).mend();
  assertEquals(await noted(), ["NOTE nodes everything is kept again"]);
  await cluster.kill(1);
  await cluster.level();
  assertEquals(await noted(), [`NOTE nodes ${name} is gone`]);
});
