import { assert, assertEquals, assertThrows } from "@std/assert";
import { openMemory } from "../../lib/backend/memory.ts";
import type { Ban } from "../../lib/entry/bans.ts";
import { ChatError } from "../../lib/errors.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { forGood } from "../../lib/moderation/rules.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";
import { teaRoom } from "../helpers/tea_room.ts";

function own(event: JsonObject): JsonObject {
  const { seq: _seq, at: _at, uid: _uid, by_uid: _by, ...rest } = event;
  return rest;
}

Deno.test("kick puts somebody out on every device at once, and everybody hears who did it", async () => {
  await using server = await TestServer.start();
  const { alice, bob, phone } = await teaRoom(server);
  const kick = { t: "kick", room: "tea", user: "bob", reason: "spam", cid: "c1" };
  const { seq } = await alice.ok(kick);
  for (const peer of [alice, bob, phone]) {
    const { cid: _cid, ...event } = own(await peer.next("kicked"));
    assertEquals(event, { t: "kicked", room: "tea", user: "Bob", by: "Alice", reason: "spam" });
  }
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "not_allowed");
  await alice.ok({ t: "say", room: "tea", text: "gone" });
  assertEquals([...await bob.seen("said"), ...await phone.seen("said")], []);
  await bob.ok({ t: "join", room: "tea" });
  assertEquals((await alice.ok(kick)).seq, seq);
  assertEquals(await alice.refused({ ...kick, user: "alice" }), "bad_message");
  await bob.ok({ t: "say", room: "tea", text: "still here" });
});

Deno.test("who moderates is refused to everybody else, and to those without a room", async () => {
  await using server = await TestServer.start();
  const { bob } = await teaRoom(server);
  const eve = await server.join("Eve");
  const commands = [
    { t: "kick", user: "Alice" },
    { t: "mute", user: "Alice" },
    { t: "unmute", user: "Alice" },
    { t: "ban", user: "Alice" },
    { t: "unban", user: "Alice" },
    { t: "lock", key: "k" },
    { t: "slow", seconds: 5 },
    { t: "readonly", on: true },
    { t: "role", user: "Eve", role: "moderator" },
  ];
  for (const command of commands) {
    assertEquals(await bob.refused({ ...command, room: "tea" }), "not_allowed", command.t);
    assertEquals(await eve.refused({ ...command, room: "tea" }), "not_allowed", command.t);
    assertEquals(await eve.refused({ ...command, room: "none" }), "no_such_room", command.t);
    assertEquals(await eve.refused({ ...command, room: "lobby" }), "not_allowed", command.t);
  }
  assertEquals(await eve.refused({ t: "ban", user: "Alice" }), "not_allowed");
  assertEquals(await eve.refused({ t: "ban", address: "192.0.2.1" }), "not_allowed");
  assertEquals(await eve.refused({ t: "audit" }), "not_allowed");
});

Deno.test("a muted user writes nothing until their time is over, and is told when that is", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const { alice, bob } = await teaRoom(server);
  await bob.ok({ t: "say", room: "tea", text: "loud" });
  await alice.ok({ t: "mute", room: "tea", user: "Bob", seconds: 60, reason: "loud" });
  const { code, retry_ms } = await bob.ask({ t: "say", room: "tea", text: "more" });
  assertEquals([code, retry_ms], ["muted", 60_000]);
  const { rooms } = await bob.ok({ t: "rooms" });
  const tea = Array.isArray(rooms) && rooms.find(({ room }) => room === "tea");
  assertEquals(tea.muted, clock.now() + 60_000);
  const offer = { t: "offer", room: "tea", name: "a.txt", size: 1 };
  assertEquals(await bob.refused(offer), "muted");
  await clock.tick(60_000);
  await bob.ok({ t: "say", room: "tea", text: "again" });
  await bob.ok(offer);
});

Deno.test("ban keeps somebody out of a room until it is taken back, also when their name is gone", async () => {
  await using server = await TestServer.start();
  const { alice, bob, phone } = await teaRoom(server);
  await alice.ok({ t: "ban", room: "tea", user: "Bob" });
  assertEquals(own(await phone.next("kicked")).banned, true);
  assertEquals(await bob.refused({ t: "join", room: "tea" }), "banned");
  await bob.ok({ t: "ping" });
  await alice.ok({ t: "unban", room: "tea", user: "bob" });
  await bob.ok({ t: "join", room: "tea" });
});

Deno.test("a locked room is joined with its key, and no peer is told what keys are compared with", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  await alice.ok({ t: "lock", room: "tea", key: "öffne" });
  assertEquals(own(await alice.next("locked")), {
    t: "locked",
    room: "tea",
    user: "Alice",
    on: true,
  });
  const { events } = await alice.ok({ t: "history", room: "tea" });
  assertEquals(JSON.stringify(events).includes("key"), false);
  const bob = await server.join("Bob");
  assertEquals(await bob.refused({ t: "join", room: "tea" }), "room_locked");
  assertEquals(await bob.refused({ t: "join", room: "tea", key: "offne" }), "room_locked");
  assertEquals((await bob.ok({ t: "join", room: "tea", key: "o\u0308ffne" })).locked, true);
  await alice.ok({ t: "lock", room: "tea" });
  const eve = await server.join("Eve");
  await eve.ok({ t: "join", room: "tea" });
});

Deno.test("a lock that is sent again is answered like the first, and with another key refused", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const lock = { t: "lock", room: "tea", key: "kettle", cid: "c1" };
  const [first, twin] = await Promise.all([alice.ok(lock), alice.ok(lock)]);
  assertEquals([twin.seq, (await alice.ok(lock)).seq], [first.seq, first.seq]);
  assertEquals(await alice.refused({ ...lock, key: "teapot" }), "bad_message");
  await alice.ok({ ...lock, cid: "c2" });
  const bob = await server.join("Bob");
  await bob.ok({ t: "join", room: "tea", key: "kettle" });
});

Deno.test("keys are worked out in turns, whoever locks a room or tries to come in", async () => {
  await using server = await TestServer.start({ alone: "each node has turns of its own" });
  const { floods } = server.core;
  const key = floods.key.bind(floods);
  const asked: string[] = [];
  floods.key = (asker, work) => {
    asked.push(asker.known.person.user);
    return key(asker, work);
  };
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob");
  assertEquals(await bob.refused({ t: "lock", room: "tea", key: "kettle" }), "not_allowed");
  await alice.ok({ t: "lock", room: "tea", key: "kettle" });
  assertEquals(await bob.refused({ t: "join", room: "tea", key: "teapot" }), "room_locked");
  assertEquals(asked, ["Bob", "Alice", "Bob"]);
});

Deno.test("in a slow room one waits, in a read-only one moderators write", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const { alice, bob } = await teaRoom(server);
  await alice.ok({ t: "slow", room: "tea", seconds: 30 });
  await bob.ok({ t: "say", room: "tea", text: "one" });
  await clock.tick(10_000);
  const { code, retry_ms } = await bob.ask({ t: "say", room: "tea", text: "two" });
  assertEquals([code, retry_ms], ["slow_down", 20_000]);
  await clock.tick(20_000);
  await bob.ok({ t: "say", room: "tea", text: "two" });
  await alice.ok({ t: "slow", room: "tea", seconds: 0 });
  await alice.ok({ t: "readonly", room: "tea", on: true });
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "three" }), "not_allowed");
  await alice.ok({ t: "say", room: "tea", text: "three" });
});

Deno.test("role makes moderators of a room, and members tell who is one", async () => {
  await using server = await TestServer.start();
  const { alice, bob } = await teaRoom(server);
  await alice.ok({ t: "role", room: "tea", user: "Bob", role: "moderator" });
  assertEquals(own(await bob.next("appointed")), {
    t: "appointed",
    room: "tea",
    user: "Bob",
    by: "Alice",
    role: "moderator",
  });
  const { members } = await alice.ok({ t: "members", room: "tea" });
  assert(Array.isArray(members));
  assertEquals(members.map(({ user, role }) => [user, role]), [
    ["Alice", "owner"],
    ["Bob", "moderator"],
  ]);
  await bob.ok({ t: "slow", room: "tea", seconds: 5 });
  assertEquals(await bob.refused({ t: "kick", room: "tea", user: "Alice" }), "not_allowed");
});

Deno.test("moderators take away what others said and shared", async () => {
  await using server = await TestServer.start();
  const { alice, bob } = await teaRoom(server);
  const { seq } = await bob.ok({ t: "say", room: "tea", text: "spam" });
  const said = await alice.ok({ t: "say", room: "tea", text: "fine" });
  assertEquals(await bob.refused({ t: "delete", room: "tea", seq: said.seq }), "not_allowed");
  await alice.ok({ t: "delete", room: "tea", seq });
  assertEquals((await bob.next("deleted")).user, "Alice");
});

Deno.test("ban from the server ends every connection of a user, and they don't come back", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const { alice, bob, phone } = await teaRoom(server);
  await server.give("Alice", "moderator");
  await alice.ok({ t: "ban", user: "Bob", seconds: 90, reason: "spam" });
  for (const peer of [bob, phone]) {
    const { code, message, retry_ms } = await peer.next("refused");
    assertEquals([code, message], ["banned", "You are banned from this server: spam"]);
    assertEquals(retry_ms, 90_000);
  }
  const again = async () => {
    const peer = server.connect();
    return { peer, answer: await peer.ask({ t: "hello", v: 1, token: bob.token }) };
  };
  const { answer } = await again();
  assertEquals(answer.code, "banned");
  await clock.tick(90_000);
  assertEquals((await again()).answer.t, "ok");
});

Deno.test("who is refused as banned from the server may say nothing more", async () => {
  await using server = await TestServer.start();
  const { alice, bob } = await teaRoom(server);
  await server.give("Alice", "moderator");
  await alice.ok({ t: "ban", user: "Bob" });
  await bob.end();
  const peer = server.connect();
  assertEquals(await peer.refused({ t: "hello", v: 1, token: bob.token }), "banned");
  await peer.end();
  await alice.ok({ t: "unban", user: "Bob" });
  await server.connect().ok({ t: "hello", v: 1, token: bob.token });
});

Deno.test("ban of an address ends whoever is there, and nobody from there gets in", async () => {
  await using server = await TestServer.start();
  const staff = await server.join("Staff");
  await server.give("Staff", "moderator");
  const there = server.connect("2001:db8:1:2::5");
  await there.hello("Eve");
  await staff.ok({ t: "ban", address: "2001:DB8:1:2::ffff" });
  assertEquals((await there.next("refused")).code, "banned");
  await there.end();
  const near = server.connect("2001:db8:1:2:aaaa::1");
  assertEquals((await near.next("refused")).code, "banned");
  await near.end();
  await server.connect("2001:db8:1:3::5").hello("Fay");
  await staff.ok({ t: "unban", address: "2001:db8:1:2::/64" });
  await server.connect("2001:db8:1:2::5").hello("Gil");
});

Deno.test("nobody bans the server's own machine, themselves, or somebody of a higher role", async () => {
  await using server = await TestServer.start();
  const boss = server.connect("192.0.2.7");
  await boss.hello("Boss");
  const staff = server.connect("192.0.2.8");
  await staff.hello("Staff");
  await server.give("Staff", "moderator");
  await server.give("Boss", "owner");
  const own = ["127.0.0.1", " 127.0.0.1", "::ffff:7f00:1", "::1", "0:0::1", "::2", "localhost"];
  for (const address of [...own, "192.0.2.7", "192.0.2.8"]) {
    assertEquals(await staff.refused({ t: "ban", address }), "not_allowed", address);
  }
  for (const user of ["Boss", "Staff"]) {
    assertEquals(await staff.refused({ t: "ban", user }), "not_allowed", user);
  }
  assertEquals(await staff.refused({ t: "ban", address: "300.1.1.1" }), "bad_message");
  assertEquals(await staff.refused({ t: "ban" }), "bad_message");
  await boss.ok({ t: "ban", user: "Staff" });
  await staff.end();
});

Deno.test("bans, mutes and roles outlive the server", async () => {
  const one = await TestServer.start();
  const { alice, bob } = await teaRoom(one);
  const eve = await one.join("Eve", "tea");
  await one.give("Alice", "moderator");
  await alice.ok({ t: "mute", room: "tea", user: "Bob" });
  await alice.ok({ t: "ban", user: "Eve" });
  const { backend } = one.core;
  await one.core.close("restart");
  await using two = await TestServer.start({ backend });
  const again = async (peer: Peer) => {
    const back = two.connect();
    return { back, answer: await back.ask({ t: "hello", v: 1, token: peer.token }) };
  };
  const { back } = await again(bob);
  assertEquals(await back.refused({ t: "say", room: "tea", text: "hi" }), "muted");
  assertEquals((await again(eve)).answer.code, "banned");
  const { back: maker } = await again(alice);
  await maker.ok({ t: "unmute", room: "tea", user: "Bob" });
  await back.ok({ t: "say", room: "tea", text: "hi" });
});

Deno.test("audit tells the owner all of it, page by page", async () => {
  await using server = await TestServer.start();
  const { alice } = await teaRoom(server);
  const boss = await server.join("Boss");
  await server.give("Boss", "owner");
  await alice.ok({ t: "mute", room: "tea", user: "Bob", reason: "loud" });
  await boss.ok({ t: "ban", user: "Bob", reason: "spam", seconds: 60 });
  await boss.ok({ t: "unban", user: "Bob" });
  const first = await boss.ok({ t: "audit", limit: 2 });
  assert(Array.isArray(first.entries));
  assertEquals(first.entries.map(({ did, by, user }) => [did, by, user]), [
    ["unbanned", "Boss", "Bob"],
    ["banned", "Boss", "Bob"],
  ]);
  const { at: _at, uid: _uid, by_uid: _by, ...banned } = first.entries[1];
  assertEquals(banned, { did: "banned", by: "Boss", user: "Bob", reason: "spam", seconds: 60 });
  assertEquals(first.more, true);
  const rest = await boss.ok({ t: "audit", limit: 2, before: first.cursor });
  assert(Array.isArray(rest.entries));
  assertEquals(rest.entries.map(({ did, room }) => [did, room]), [["muted", "tea"]]);
  assertEquals(rest.more, false);
  assertEquals(await boss.refused({ t: "audit", before: "x" }), "bad_message");
});

Deno.test("a ban that is one too many changes nothing, and isn't in the trail", async () => {
  await using server = await TestServer.start();
  const { bans, invitations } = server.core;
  const boss = await server.join("Boss");
  await server.give("Boss", "owner");
  const bob = await server.join("Bob");
  await server.give("Bob", "member");
  await bob.ok({ t: "invite" });
  for (let n = 0; n < limits.bansMax; n++) {
    const address = `10.0.${n >> 8}.${n & 255}`;
    await bans.add({ whom: { is: "address", address }, until: forGood });
  }
  assertEquals(await boss.refused({ t: "ban", user: "Bob" }), "not_allowed");
  assertEquals((await boss.ok({ t: "audit" })).entries, []);
  assertEquals(invitations.all().length, 1);
  await boss.ok({ t: "unban", address: "10.0.0.7" });
  await boss.ok({ t: "ban", user: "Bob" });
  assertEquals(invitations.all().length, 0);
});

Deno.test("a ban that comes while somebody says hello ends them all the same", async () => {
  await using server = await TestServer.start();
  const staff = await server.join("Staff");
  await server.give("Staff", "moderator");
  const eve = await server.join("Eve", "tea");
  const coming = server.connect();
  const hello = coming.ask({ t: "hello", v: 1, token: eve.token });
  const banned = staff.ok({ t: "ban", user: "Eve" });
  await Promise.all([hello, banned]);
  await Promise.all([eve.end(), coming.end()]);
  const known = server.core.people.holder("Eve");
  assertEquals(known?.listeners.size, 0);
});

Deno.test("who is banned again while bans that are over are dropped stays banned", async () => {
  const clock = new FakeClock();
  const backend = openMemory();
  await using server = await TestServer.start({ clock, backend });
  const { bans } = server.core;
  const until = clock.now() + 1000;
  const of = (n: number): Ban => ({ whom: { is: "address", address: `192.0.2.${n}` }, until });
  for (const n of [1, 2]) await bans.add(of(n));
  await clock.leap(2000);
  const put = backend.records.put.bind(backend.records);
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  backend.records.put = async (...args) => {
    if (args[1] === "192.0.2.1") {
      onAsked();
      await held;
    }
    await put(...args);
  };
  const sweeping = bans.sweep();
  await asked;
  await bans.add({ ...of(2), until: forGood });
  release();
  await sweeping;
  assertThrows(() => bans.requireAddress("192.0.2.2"), ChatError);
  assertEquals((await backend.records.all("ban")).map(({ key }) => key), ["192.0.2.2"]);
});

Deno.test("a guest of no account is muted in the lobby by the server's moderators alone", async () => {
  await using server = await TestServer.start();
  const [staff, eve] = [await server.join("Staff"), await server.join("Eve")];
  assertEquals(await eve.refused({ t: "mute", room: "lobby", user: "Staff" }), "not_allowed");
  await server.give("Staff", "moderator");
  await staff.ok({ t: "mute", room: "lobby", user: "Eve", seconds: 60 });
  assertEquals(await eve.refused({ t: "say", room: "lobby", text: "hi" }), "muted");
  assertEquals((await eve.next("muted")).by, "Staff");
  await eve.ok({ t: "say", room: "@staff", text: "why?" });
  const { rooms } = await server.connect().ok({ t: "hello", v: 1, token: eve.token });
  const lobby = Array.isArray(rooms) && rooms.find(({ room }) => room === "lobby");
  assert(typeof lobby.muted === "number" && lobby.muted > 0);
});
