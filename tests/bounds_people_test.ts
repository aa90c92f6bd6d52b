import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { openMemory } from "../lib/backend/memory.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { limits } from "../lib/limits.ts";
import type { Backend } from "../lib/store.ts";
import { FakeClock, turn } from "./helpers/fake_clock.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const second = 1000;
const minute = 60 * second;

/** Lets time pass while these stay awake. */
async function pass(clock: FakeClock, ms: number, awake: readonly Peer[]): Promise<void> {
  const step = limits.idleMs * 0.9;
  for (let left = ms; left > 0; left -= step) {
    await clock.leap(Math.min(step, left));
    for (const peer of awake) await peer.ok({ t: "ping" });
  }
}

/** Ends a connection, and resolves when the server has noticed. */
async function leave(server: TestServer, peer: Peer): Promise<void> {
  const left = server.peerCount - 1;
  peer.close();
  while (server.peerCount > left) await turn();
}

async function begin(options: { backend?: Backend; clock?: FakeClock } = {}) {
  const { clock = new FakeClock(), backend = openMemory() } = options;
  const server = await TestServer.start({ clock, backend });
  return { clock, backend, server };
}

Deno.test("a name that was given up twice isn't taken from whoever has it by then", async () => {
  const { server } = await begin();
  await using _ = server;
  const { people } = server.core;
  const before = await server.join("Bob");
  const known = people.holder("Bob");
  assert(known);
  await leave(server, before);
  await people.release(known);
  const bob = await server.join("Bob");
  await people.release(known);
  assertEquals(people.holder("Bob")?.uid, bob.uid);
});

Deno.test("a guest's name and memberships end ten minutes after the last connection", async () => {
  const { clock, server } = await begin();
  await using _ = server;
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  await leave(server, alice);
  await pass(clock, limits.guestGraceMs - 15 * second, [bob]);
  assertEquals(await server.connect().refused({ t: "hello", v: 1, user: "Alice" }), "name_taken");
  assertEquals(await bob.seen("left"), []);
  await pass(clock, 30 * second, [bob]);
  const left = await bob.next("left");
  assertEquals([left.user, left.room, left.reason], ["Alice", "tea", "gone"]);
  const eve = await server.join("Alice");
  assertNotEquals(eve.uid, alice.uid);
});

Deno.test("a guest who is back in time keeps name and memberships, and the time begins anew", async () => {
  const { clock, server } = await begin();
  await using _ = server;
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  for (let count = 0; count < 3; count++) {
    const device = server.connect();
    const { rooms } = await device.ok({ t: "hello", v: 1, token: alice.token });
    assertEquals((rooms as { room: string }[]).map(({ room }) => room), ["lobby", "tea"]);
    await leave(server, count === 0 ? alice : device);
    if (count === 0) await leave(server, device);
    await pass(clock, limits.guestGraceMs - minute, [bob]);
  }
  assertEquals(await bob.seen("left"), []);
});

Deno.test("the ten minutes are counted anew from a server's start", async () => {
  const first = await begin();
  await first.server.join("Alice", "tea");
  await first.clock.leap(limits.guestGraceMs - minute);
  await first.server[Symbol.asyncDispose]();
  const { server, clock } = await begin(first);
  await using _ = server;
  const bob = await server.join("Bob", "tea");
  await pass(clock, limits.guestGraceMs - minute, [bob]);
  assertEquals(await server.connect().refused({ t: "hello", v: 1, user: "Alice" }), "name_taken");
  assertEquals((await bob.ok({ t: "members", room: "tea" })).members, [
    // Who has made a room is its owner.
    { ...await userOf(bob, "Alice"), role: "owner" },
    await userOf(bob, "Bob"),
  ]);
  await pass(clock, 2 * minute, [bob]);
  assertEquals((await bob.next("left")).user, "Alice");
});

async function userOf(peer: Peer, name: string): Promise<JsonObject | undefined> {
  const { users } = await peer.ok({ t: "users" });
  return (users as JsonObject[]).find(({ user }) => user === name);
}

/** Alice was here, and her name is free again. */
async function beginWithoutAlice() {
  const begun = await begin();
  const { server, clock } = begun;
  const alice = await server.join("Alice");
  const bob = await server.join("Bob");
  await alice.ok({ t: "say", room: "lobby", text: "I was here" });
  await leave(server, alice);
  await pass(clock, limits.guestGraceMs + minute, [bob]);
  return { ...begun, alice, bob };
}

Deno.test("a token gives its user the same name again where that is free", async () => {
  const { server, alice } = await beginWithoutAlice();
  await using _ = server;
  const back = await server.connect().ok({ t: "hello", v: 1, token: alice.token });
  assertEquals([back.user, back.uid], ["Alice", alice.uid]);
});

Deno.test("a token may give another name where somebody else has it, and all are told", async () => {
  const { server, alice, bob } = await beginWithoutAlice();
  await using _ = server;
  const other = await server.join("ALICE");
  const back = server.connect();
  const again = { t: "hello", v: 1, token: alice.token };
  assertEquals(await back.refused(again), "name_taken");
  const answer = await back.ok({ ...again, user: "Alicia" });
  assertEquals([answer.user, answer.uid], ["Alicia", alice.uid]);
  const renamed = { t: "renamed", from: "Alice", user: "Alicia", uid: alice.uid };
  for (const peer of [bob, other]) assertEquals(await peer.next("renamed"), renamed);
});

Deno.test("a token is good for thirty days after its last use", async () => {
  const first = await begin();
  const { token, uid } = await first.server.join("Alice");
  await first.server[Symbol.asyncDispose]();
  const { backend } = first;
  const day = 24 * 60 * minute;
  let now = first.clock.now();
  for (const days of [29, 29]) {
    const { server } = await begin({ backend, clock: new FakeClock(now += days * day) });
    await using _ = server;
    assertEquals((await server.connect().ok({ t: "hello", v: 1, token })).uid, uid);
  }
  const { server } = await begin({ backend, clock: new FakeClock(now + 31 * day) });
  await using _ = server;
  assertEquals(await server.connect().refused({ t: "hello", v: 1, token }), "bad_login");
});

Deno.test("a token ends on a server that goes on, too", async () => {
  const { server, clock } = await begin();
  await using _ = server;
  const alice = await server.join("Alice");
  await leave(server, alice);
  await clock.leap(limits.tokenMs + minute);
  const back = server.connect();
  assertEquals(await back.refused({ t: "hello", v: 1, token: alice.token }), "bad_login");
});

Deno.test("a hello that is late in the storage leaves nobody behind who is gone", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  const held = Promise.withResolvers<void>();
  const { accounts } = backend;
  const save = accounts.save.bind(accounts);
  accounts.save = (users) => held.promise.then(() => save(users));
  const { server } = await begin({ backend, clock });
  await using _ = server;
  const alice = server.connect();
  const hello = alice.ask({ t: "hello", v: 1, user: "Alice" });
  void hello;
  await clock.tick(limits.helloMs + 2 * second);
  held.resolve();
  await clock.tick(10 * second);
  alice.close();
  await clock.tick(second);
  assertEquals([server.peerCount, server.core.people.online], [0, 0]);
});

Deno.test("who comes back while their time ends stays who they are", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  const { server } = await begin({ backend, clock });
  await using _ = server;
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  await leave(server, alice);
  await pass(clock, limits.guestGraceMs - second, [bob]);
  // The answer to hello waits for the storage while the time runs out.
  const held = Promise.withResolvers<void>();
  const { accounts } = backend;
  const marks = accounts.marks.bind(accounts);
  accounts.marks = (uid) => held.promise.then(() => marks(uid));
  const back = server.connect();
  const hello = back.ask({ t: "hello", v: 1, token: alice.token });
  await clock.tick(limits.helloMs);
  held.resolve();
  assertEquals((await hello).user, "Alice");
  const { rooms } = await hello;
  assertEquals((rooms as { room: string }[]).map(({ room }) => room), ["lobby", "tea"]);
  await back.ok({ t: "say", room: "tea", text: "still here" });
  assertEquals(await server.connect().refused({ t: "hello", v: 1, user: "Alice" }), "name_taken");
  assertEquals(await bob.seen("left"), []);
});

/** As many others as it takes, so that comings are no longer told to everybody. */
async function crowd(server: TestServer): Promise<void> {
  const peers = Array.from({ length: limits.presenceAllMax }, (_, count) => ({
    peer: server.connect("10.0.0.1"),
    user: `crowd${count}`,
  }));
  for (const { peer, user } of peers) await peer.hello(user);
}

Deno.test("beyond 500 online comings are told only to those who share something", async () => {
  const clock = new FakeClock();
  const bounds = { connectionsPerAddressMax: 0 };
  await using server = await TestServer.start({ clock, bounds });
  const alice = await server.join("Alice", "tea");
  const roommate = await server.join("Roommate", "tea");
  const partner = await server.join("Partner");
  const stranger = await server.join("Stranger", "coffee");
  await alice.ok({ t: "say", room: "@partner", text: "hi" });
  await crowd(server);
  await clock.tick(second);
  const witnesses = [roommate, partner, stranger];
  for (const peer of witnesses) peer.events.length = 0;
  await leave(server, alice);
  await clock.tick(second);
  const told = async (t: string) => {
    const seen = await Promise.all(witnesses.map((peer) => peer.seen(t)));
    return seen.map((events) => events.flatMap(({ users }) => users as string[]));
  };
  assertEquals(await told("went"), [["Alice"], ["Alice"], []]);
  const back = server.connect();
  await back.ok({ t: "hello", v: 1, token: alice.token });
  await clock.tick(second);
  assertEquals(await told("came"), [["Alice"], ["Alice"], []]);
  await back.ok({ t: "away", text: "lunch" });
  const away = await Promise.all(witnesses.map((peer) => peer.seen("gone_away")));
  assertEquals(away.map((events) => events.length), [1, 1, 0]);
});

Deno.test("up to 500 online comings are told to all, a crowd in one line", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  await clock.tick(second);
  alice.events.length = 0;
  for (let count = 0; count < 100; count++) await server.join(`guest${count}`);
  await clock.tick(second);
  const lines = await alice.seen("came");
  assertEquals(lines.length, 1);
  assert((lines[0].users as string[]).length === 100);
});
