import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../lib/wire/fields.ts";
import { newKnown } from "../lib/known.ts";
import { limits } from "../lib/limits.ts";
import { nameKey, type Uid } from "../lib/names.ts";
import { FakeClock } from "./helpers/fake_clock.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const hour = 60 * 60 * 1000;

/** A sign that takes four bytes, and the longest name made of it. */
const wide = "𠮷";
function wideName(number: number, chars = 32): string {
  return `${number}${wide.repeat(chars - String(number).length)}`;
}

Deno.test("a name has as many characters as the bound says, and not one more", async () => {
  await using server = await TestServer.start({ bounds: { nameCharsMax: 16 } });
  const peer = server.connect();
  const hello = (user: string) => ({ t: "hello", v: 1, user });
  assertEquals(await peer.refused(hello("x".repeat(17))), "name_invalid");
  assertEquals(await peer.refused(hello(wide.repeat(17))), "name_invalid");
  assertEquals((await peer.hello(wide.repeat(16))).user, wide.repeat(16));
});

Deno.test("a name that grows when it is compared is bounded as it is compared", async () => {
  await using server = await TestServer.start();
  // One character each that NFKC makes eighteen of.
  const user = "ﷺ".repeat(32);
  assertEquals(await server.connect().refused({ t: "hello", v: 1, user }), "name_invalid");
});

Deno.test("a preset's names are letters and digits only", async () => {
  await using server = await TestServer.start({ bounds: { plainNames: true } });
  const peer = server.connect();
  for (const user of ["a_b", "a.b", "a-b"]) {
    assertEquals(await peer.refused({ t: "hello", v: 1, user }), "name_invalid");
  }
  await peer.hello("Zoë9");
  assertEquals(await peer.refused({ t: "join", room: "tea-room" }), "room_name_invalid");
  await peer.ok({ t: "join", room: "tearoom" });
});

Deno.test("a room's name is bounded like a user's", async () => {
  await using server = await TestServer.start({ bounds: { roomNameCharsMax: 8 } });
  const alice = await server.join("Alice");
  for (const room of ["", "x".repeat(9), "#tea", "tea room", "-", "a\u0000", "x".repeat(1000)]) {
    assertEquals(await alice.refused({ t: "join", room }), "room_name_invalid", room);
  }
  assertEquals(await alice.refused({ t: "join", room: "x".repeat(1001) }), "bad_message");
  await alice.ok({ t: "join", room: "x".repeat(8) });
});

Deno.test("a topic has at most 390 characters and no line ends", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const topic = (topic: string) => ({ t: "topic", room: "tea", topic });
  assertEquals(await alice.refused(topic("x".repeat(391))), "bad_message");
  assertEquals(await alice.refused(topic("a\nb")), "bad_message");
  await alice.ok(topic("x".repeat(390)));
  await alice.ok(topic(""));
});

Deno.test("an emoji is at most 32 bytes without blanks", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await alice.ok({ t: "say", room: "lobby", text: "hi" });
  const react = (emoji: string) => ({ t: "react", room: "lobby", seq: 1, emoji });
  for (const emoji of ["", "x".repeat(33), "😄".repeat(9), "a b", "\u0007", "a\u2003b"]) {
    assertEquals(await alice.refused(react(emoji)), "bad_message", JSON.stringify(emoji));
  }
  for (const emoji of ["😄".repeat(8), "x".repeat(32), "👩‍👩‍👧‍👦"]) await alice.ok(react(emoji));
});

Deno.test("a message takes fifty kinds of reaction, and more of the same kinds", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "hi" });
  const react = (emoji: string, on = true) => ({ t: "react", room: "lobby", seq: 1, emoji, on });
  for (let kind = 1; kind <= limits.reactionKindsMax; kind++) await alice.ok(react(`e${kind}`));
  assertEquals(await bob.refused(react("e51")), "not_allowed");
  await bob.ok(react("e50"));
  await alice.ok(react("e1", false));
  await bob.ok(react("e51"));
});

Deno.test("one user makes twenty rooms an hour", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock, bounds: { flood: true } });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const join = async (peer: Peer, room: string) => {
    const answer = peer.ask({ t: "join", room });
    await clock.tick(400);
    return await answer;
  };
  for (let count = 1; count <= limits.roomsMadePerHour; count++) {
    assertEquals((await join(alice, `room${count}`)).t, "ok");
  }
  const refusal = await join(alice, "another");
  assertEquals(refusal.code, "slow_down");
  const wait = Number(refusal.retry_ms);
  assert(wait > hour - 60_000 && wait <= hour, String(wait));
  // Entering what others have made is something else, and so is another user.
  assertEquals((await join(bob, "another")).t, "ok");
  assertEquals((await join(alice, "another")).t, "ok");
  for (let left = wait; left > 0; left -= 60_000) {
    await clock.leap(Math.min(left, 60_000));
    for (const peer of [alice, bob]) await peer.ok({ t: "ping" });
  }
  assertEquals((await join(alice, "yetanother")).t, "ok");
});

Deno.test("one user is in 200 rooms at once", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  for (let count = 1; count <= 200; count++) await alice.ok({ t: "join", room: `room${count}` });
  assertEquals(await alice.refused({ t: "join", room: "room201" }), "not_allowed");
  await alice.ok({ t: "join", room: "room200" });
  await alice.ok({ t: "leave", room: "room1" });
  await alice.ok({ t: "join", room: "room201" });
});

Deno.test("there are so many rooms", async () => {
  await using server = await TestServer.start({ bounds: { roomsMax: 2 } });
  const alice = await server.join("Alice", "one", "two");
  assertEquals(await alice.refused({ t: "join", room: "three" }), "not_allowed");
  await alice.ok({ t: "leave", room: "one" });
  await alice.ok({ t: "join", room: "three" });
});

Deno.test("a room is full, until somebody leaves", async () => {
  await using server = await TestServer.start({ bounds: { roomMembersMax: 2 } });
  const alice = await server.join("Alice", "tea");
  await server.join("Bob", "tea");
  const eve = await server.join("Eve");
  assertEquals(await eve.refused({ t: "join", room: "tea" }), "room_full");
  assertEquals(await eve.refused({ t: "say", room: "tea", text: "hi" }), "not_allowed");
  await alice.ok({ t: "join", room: "tea" });
  await alice.ok({ t: "leave", room: "tea" });
  await eve.ok({ t: "join", room: "tea" });
});

Deno.test("of those who join at the same time a room takes as many as it has places", async () => {
  await using server = await TestServer.start({ bounds: { roomMembersMax: 3 } });
  const peers = [];
  for (let count = 0; count < 10; count++) peers.push(await server.join(`user${count}`));
  const answers = await Promise.all(peers.map((peer) => peer.ask({ t: "join", room: "tea" })));
  assertEquals(answers.filter(({ t }) => t === "ok").length, 3);
  assertEquals(answers.filter(({ code }) => code === "room_full").length, 7);
});

/** Pages until there are no more; a line over its bound would end the test in the peer. */
async function pages(
  peer: Peer,
  command: JsonObject,
  { list, next }: { list: string; next: (last: JsonObject) => JsonObject },
): Promise<JsonObject[][]> {
  const all: JsonObject[][] = [];
  for (let from: JsonObject = {};;) {
    const answer = await peer.ok({ ...command, ...from });
    const items = answer[list] as JsonObject[];
    assert(items.length > 0 || answer.more === false);
    all.push(items);
    if (answer.more !== true) return all;
    from = next(items[items.length - 1]);
  }
}

Deno.test("history that wouldn't fit a line ends earlier, and goes on where it ended", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  // Each quote and newline takes two bytes in a line.
  const text = '"\n'.repeat(limits.textBytesMax / 2);
  for (let count = 0; count < 100; count++) await alice.ok({ t: "say", room: "lobby", text });
  const seqs = (found: JsonObject[][]) => found.flat().map(({ seq }) => seq);
  const history = { t: "history", room: "lobby", limit: 200 };
  const onward = await pages(alice, { ...history, after: 0 }, {
    list: "events",
    next: ({ seq }) => ({ after: seq }),
  });
  assert(onward.length > 1);
  assertEquals(seqs(onward), Array.from({ length: 100 }, (_, index) => index + 1));
  const backward: JsonObject[][] = [];
  for (let before = 101, more = true; more;) {
    const page = await alice.ok({ ...history, before });
    const events = page.events as JsonObject[];
    backward.unshift(events);
    before = Number(events[0].seq);
    more = page.more === true;
  }
  assertEquals(seqs(backward), seqs(onward));
});

Deno.test("search that wouldn't fit a line ends earlier, and goes on where it ended", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const text = `needle ${'"'.repeat(limits.textBytesMax - 7)}`;
  for (let count = 0; count < 60; count++) await alice.ok({ t: "say", room: "lobby", text });
  const seqs: unknown[] = [];
  let answers = 0;
  for (let from: JsonObject = {};;) {
    const answer = await alice.ok({ t: "search", text: "needle", limit: 200, ...from });
    answers++;
    seqs.push(...(answer.hits as { event: JsonObject }[]).map(({ event }) => event.seq));
    if (answer.more !== true) break;
    from = { before: answer.cursor };
  }
  assert(answers > 1);
  assertEquals(seqs, Array.from({ length: 60 }, (_, index) => 60 - index));
});

Deno.test("pages of the longest names, topics and notes fit a line and miss nobody", async () => {
  await using server = await TestServer.start({ bounds: { roomsJoinedMax: 1000 } });
  const alice = await server.join("Alice");
  const count = 250;
  const people = Array.from({ length: count }, (_, number) => wideName(number));
  for (const user of people) {
    const peer = server.connect();
    // Each would hear of all that come later.
    await peer.hello(user, { quiet: true });
    await peer.ok({ t: "away", text: "界".repeat(limits.noteCharsMax) });
    await peer.ok({ t: "join", room: "crowd" });
  }
  for (const room of people) {
    await alice.ok({ t: "join", room });
    await alice.ok({ t: "topic", room, topic: "界".repeat(limits.topicCharsMax) });
  }
  const namesOf = async (t: string, list: string, key: string) => {
    const found = await pages(alice, { t, room: "crowd", limit: 1000 }, {
      list,
      next: (last) => ({ after: last[key] }),
    });
    assertEquals(found[0].length, limits.pageMax);
    return found.flat().map((one) => one[key]).sort();
  };
  assertEquals(await namesOf("users", "users", "user"), ["Alice", ...people].sort());
  assertEquals(await namesOf("members", "members", "user"), people.toSorted());
  assertEquals(await namesOf("rooms", "rooms", "room"), ["crowd", "lobby", ...people].sort());
});

Deno.test("hello ends its list of rooms, with `more`, where that wouldn't fit a line", async () => {
  await using server = await TestServer.start({ bounds: { roomsJoinedMax: 1000 } });
  const alice = await server.join("Alice");
  for (let number = 0; number < 900; number++) {
    const room = wideName(number);
    await alice.ok({ t: "join", room });
    await alice.ok({ t: "topic", room, topic: "界".repeat(limits.topicCharsMax) });
  }
  const again = await server.connect().ok({ t: "hello", v: 1, token: alice.token });
  assertEquals(again.more, true);
  const { length } = again.rooms as unknown[];
  assert(length > 500 && length < 900, String(length));
});

Deno.test("a crowd that goes at once is told in lines that fit", async () => {
  const clock = new FakeClock();
  const bounds = { connectionsPerAddressMax: 0 };
  await using server = await TestServer.start({ clock, bounds });
  const alice = await server.join("Alice", "tea");
  // Without their connections, which would take too long: 9,000 of the longest names.
  const users = Array.from({ length: 9000 }, (_, number) => wideName(number));
  for (const name of users) {
    const user = {
      uid: name as Uid,
      name,
      key: nameKey(name),
      role: "guest",
      holds: true,
    } as const;
    server.core.presence.moved(newKnown(user, 0), "came");
  }
  await clock.tick(1000);
  const told = (await alice.seen("came")).flatMap(({ users }) => users as string[]);
  assertEquals(told.slice(-users.length), users);
});
