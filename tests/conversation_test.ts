import { assertEquals, assertNotEquals } from "@std/assert";
import { TestServer } from "./helpers/peer.ts";

interface Said {
  readonly seq: number;
  readonly text?: string;
  readonly edited?: number;
  readonly deleted?: number;
  readonly reactions?: unknown;
}

Deno.test("say() reaches everybody in the room once, and its sender before the ok", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const answer = await alice.ok({ t: "say", room: "lobby", text: "hi", cid: "c1" });
  assertEquals(answer.seq, 1);
  const { at, ...own } = alice.events.find(({ t }) => t === "said") ?? {};
  assertEquals(own, {
    t: "said",
    room: "lobby",
    text: "hi",
    seq: 1,
    user: "Alice",
    uid: alice.uid,
    cid: "c1",
  });
  assertEquals(at, answer.at);
  const { cid, ...others } = await bob.next("said");
  assertEquals(cid, undefined);
  assertEquals(others, { ...withoutCid(own), at });
  assertEquals(await bob.seen("said"), []);
});

function withoutCid(event: object): object {
  return Object.fromEntries(Object.entries(event).filter(([key]) => key !== "cid"));
}

Deno.test("say() is refused to non-members", async () => {
  await using server = await TestServer.start();
  await server.join("Alice", "tea");
  const bob = await server.join("Bob");
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "not_allowed");
  assertEquals(await bob.refused({ t: "say", room: "none", text: "hi" }), "no_such_room");
});

Deno.test("say() with a cid that was used is answered like the first and stored once", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const say = { t: "say", room: "lobby", text: "hi", cid: "c1" };
  const first = await alice.ok(say);
  const again = await alice.ok(say);
  assertEquals([again.seq, again.at], [first.seq, first.at]);
  const both = await Promise.all([
    alice.ok({ ...say, cid: "c2" }),
    alice.ok({ ...say, cid: "c2" }),
  ]);
  assertEquals(both[0].seq, both[1].seq);
  const { seq } = await alice.ok({ t: "history", room: "lobby" });
  assertEquals(seq, 2);
  assertEquals(await alice.refused({ ...say, text: "other" }), "bad_message");
});

Deno.test("a repeated cid is answered before any rule is checked", async () => {
  await using server = await TestServer.start();
  await server.join("Bob", "tea");
  const alice = await server.join("Alice", "tea");
  const say = { t: "say", room: "tea", text: "hi", cid: "c1" };
  const first = await alice.ok(say);
  await alice.ok({ t: "leave", room: "tea" });
  assertEquals((await alice.ok(say)).seq, first.seq);
  assertEquals(await alice.refused({ ...say, text: "other" }), "bad_message");
  assertEquals(await alice.refused({ ...say, cid: "c2" }), "not_allowed");
});

Deno.test("a repeated cid is answered like the first where the room is gone meanwhile", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const say = { t: "say", room: "tea", text: "hi", cid: "c1" };
  const leave = { t: "leave", room: "tea", cid: "c2" };
  const answers = [await alice.ok(say), await alice.ok(leave)];
  assertEquals(
    [(await alice.ok(say)).seq, (await alice.ok(leave)).seq],
    answers.map(({ seq }) => seq),
  );
  assertEquals(await alice.refused({ ...say, text: "other" }), "bad_message");
  assertEquals(await alice.refused({ ...say, cid: "c3" }), "no_such_room");
});

Deno.test("join() makes a room, tells who is in it, and says where live events begin", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const bob = await server.join("Bob");
  const made = await alice.ok({ t: "join", room: "Tea" });
  assertEquals([made.room, made.members, made.seq, made.created], ["Tea", 1, 1, true]);
  const joined = await bob.ok({ t: "join", room: "TEA" });
  assertEquals([joined.room, joined.members, joined.seq, joined.created], ["Tea", 2, 2, undefined]);
  assertEquals((await alice.event(({ user }) => user === "Bob")).t, "joined");
  assertEquals((await bob.seen("joined")).map(({ user }) => user), ["Bob"]);
});

Deno.test("join() again changes nothing and is answered as if it had", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const again = await alice.ok({ t: "join", room: "tea" });
  assertEquals([again.seq, again.members], [1, 1]);
  const lobby = await alice.ok({ t: "join", room: "lobby" });
  assertEquals([lobby.room, lobby.created], ["lobby", undefined]);
});

Deno.test("join() and say() sent together are decided in order", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const answers = await Promise.all(
    [
      alice.ok({ t: "join", room: "tea" }),
      alice.ok({ t: "say", room: "tea", text: "hi" }),
      alice.ok({ t: "leave", room: "tea" }),
      alice.refused({ t: "say", room: "tea", text: "gone" }),
    ] as const,
  );
  assertEquals([answers[1].seq, answers[2].seq, answers[3]], [2, 3, "no_such_room"]);
});

Deno.test("leave() ends what one hears, and an empty room isn't listed", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  const bob = await server.join("Bob", "tea");
  await bob.ok({ t: "leave", room: "tea" });
  await alice.ok({ t: "say", room: "tea", text: "alone" });
  assertEquals(await bob.seen("said"), []);
  assertEquals((await alice.next("left")).user, "Bob");
  await alice.ok({ t: "leave", room: "tea" });
  const { rooms } = await alice.ok({ t: "rooms" });
  assertEquals((rooms as { room: string }[]).map(({ room }) => room), ["lobby"]);
  assertEquals(await alice.refused({ t: "history", room: "tea" }), "no_such_room");
});

Deno.test("an empty room's log goes on where it was", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice", "tea");
  await alice.ok({ t: "leave", room: "tea" });
  const again = await alice.ok({ t: "join", room: "tea" });
  assertEquals(again.seq, 3);
});

Deno.test("nobody leaves the lobby", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  assertEquals(await alice.refused({ t: "leave", room: "lobby" }), "not_allowed");
});

Deno.test("a private conversation is seen by its two alone, each under the other's name", async () => {
  await using server = await TestServer.start();
  const [alice, bob, eve] = [
    await server.join("Alice"),
    await server.join("Bob"),
    await server.join("Eve"),
  ];
  await alice.ok({ t: "say", room: "@bob", text: "psst" });
  const heard = await bob.next("said");
  assertEquals([heard.room, heard.with, heard.text], ["@Alice", alice.uid, "psst"]);
  const own = await alice.next("said");
  assertEquals([own.room, own.with], ["@Bob", bob.uid]);
  await bob.ok({ t: "say", room: "@alice", text: "yes?", with: alice.uid });
  assertEquals((await alice.next("said")).seq, 2);
  assertEquals(await eve.seen("said"), []);
  const { events } = await eve.ok({ t: "history", room: "@bob" });
  assertEquals(events, []);
  const { rooms } = await alice.ok({ t: "rooms", private: true });
  assertEquals(rooms, [{
    room: "@Bob",
    with: bob.uid,
    topic: "",
    count: 2,
    seq: 2,
    joined: true,
    locked: false,
  }]);
});

Deno.test("a private conversation with oneself or nobody is refused", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  assertEquals(await alice.refused({ t: "say", room: "@alice", text: "me" }), "not_allowed");
  assertEquals(await alice.refused({ t: "say", room: "@nobody", text: "you" }), "no_such_user");
});

Deno.test("edit() and delete() are for the author, and history has messages as they stand", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "one" });
  await alice.ok({ t: "say", room: "lobby", text: "two" });
  assertEquals(await bob.refused({ t: "edit", room: "lobby", seq: 1, text: "x" }), "not_allowed");
  assertEquals(await bob.refused({ t: "delete", room: "lobby", seq: 1 }), "not_allowed");
  await alice.ok({ t: "edit", room: "lobby", seq: 1, text: "uno" });
  await alice.ok({ t: "delete", room: "lobby", seq: 2 });
  assertEquals(
    await alice.refused({ t: "edit", room: "lobby", seq: 2, text: "x" }),
    "no_such_message",
  );
  assertEquals(
    await alice.refused({ t: "edit", room: "lobby", seq: 9, text: "x" }),
    "no_such_message",
  );
  const { events } = await bob.ok({ t: "history", room: "lobby" }) as { events: Said[] };
  assertEquals(events.map(({ seq, text }) => [seq, text]), [[1, "uno"], [2, undefined]]);
  assertNotEquals(events[0].edited, undefined);
  assertNotEquals(events[1].deleted, undefined);
  assertEquals((await bob.next("edited")).text, "uno");
  assertEquals((await bob.next("deleted")).target, 2);
});

Deno.test("react() counts each user once and can be taken back", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "one" });
  const react = { t: "react", room: "lobby", seq: 1, emoji: "👍" };
  const first = await bob.ok(react);
  assertEquals((await bob.ok(react)).seq, first.seq);
  await alice.ok(react);
  const reactions = async () => {
    const { events } = await bob.ok({ t: "history", room: "lobby" }) as { events: Said[] };
    return events[0].reactions;
  };
  assertEquals(await reactions(), { "👍": ["Bob", "Alice"] });
  await bob.ok({ ...react, on: false });
  assertEquals(await reactions(), { "👍": ["Alice"] });
});

Deno.test("edits, reactions and deletions sent together are decided in order", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const answers = await Promise.all([
    alice.ask({ t: "say", room: "lobby", text: "one" }),
    alice.ask({ t: "edit", room: "lobby", seq: 1, text: "two" }),
    alice.ask({ t: "react", room: "lobby", seq: 1, emoji: "x" }),
    alice.ask({ t: "say", room: "lobby", text: "re", quote: 1 }),
    alice.ask({ t: "delete", room: "lobby", seq: 1 }),
    alice.ask({ t: "say", room: "lobby", text: "re", quote: 1 }),
    alice.ask({ t: "say", room: "lobby", text: "last" }),
  ]);
  assertEquals(answers.map(({ seq, code }) => seq ?? code), [1, 2, 3, 4, 5, "no_such_message", 6]);
});

Deno.test("text has to be text", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const texts = [
    "",
    "a\u0000b",
    "a\u001b[31mb",
    "\ud800",
    "x".repeat(16385),
    "é".repeat(8193),
    7,
    {},
  ];
  for (const text of texts) {
    assertEquals(await alice.refused({ t: "say", room: "lobby", text }), "bad_message");
  }
  for (const text of [" ", "a\n\tb", "x".repeat(16384), "你好 😄", "\u202e"]) {
    await alice.ok({ t: "say", room: "lobby", text });
  }
});

Deno.test("read() is seen by one's other devices and the other of a private conversation", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const device = server.connect();
  await device.ok({ t: "hello", v: 1, token: alice.token });
  await bob.ok({ t: "say", room: "@alice", text: "hi" });
  await alice.ok({ t: "read", room: "@bob", seq: 1 });
  const seen = { t: "seen", user: "Alice", seq: 1 };
  assertEquals(await bob.next("seen"), { ...seen, room: "@Alice", with: alice.uid });
  assertEquals(await device.next("seen"), { ...seen, room: "@Bob", with: bob.uid });
  await alice.ok({ t: "read", room: "lobby", seq: 0 });
  assertEquals((await bob.seen("seen")).length, 0);
});

Deno.test("lists come in pages", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("alice", "a", "b", "c");
  const first = await alice.ok({ t: "rooms", limit: 2 });
  assertEquals((first.rooms as { room: string }[]).map(({ room }) => room), ["a", "b"]);
  assertEquals(first.more, true);
  const rest = await alice.ok({ t: "rooms", after: "B" });
  assertEquals((rest.rooms as { room: string }[]).map(({ room }) => room), ["c", "lobby"]);
  assertEquals(rest.more, false);
});

Deno.test("history is read from either end, but not from both", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  for (let n = 1; n <= 5; n++) await alice.ok({ t: "say", room: "lobby", text: String(n) });
  const texts = async (range: object) => {
    const { events, more } = await alice.ok({ t: "history", room: "lobby", limit: 2, ...range });
    return [...(events as Said[]).map(({ text }) => text), more];
  };
  assertEquals(await texts({}), ["4", "5", true]);
  assertEquals(await texts({ before: 3 }), ["1", "2", false]);
  assertEquals(await texts({ after: 1 }), ["2", "3", true]);
  assertEquals(await texts({ after: 5 }), [false]);
  const both = { t: "history", room: "lobby", after: 1, before: 3 };
  assertEquals(await alice.refused(both), "bad_message");
});

Deno.test("search finds what one may read, newest first", async () => {
  await using server = await TestServer.start();
  const [alice, bob, eve] = [
    await server.join("Alice"),
    await server.join("Bob"),
    await server.join("Eve"),
  ];
  await alice.ok({ t: "say", room: "lobby", text: "the secret garden" });
  await alice.ok({ t: "say", room: "@bob", text: "a SECRET word" });
  const found = async (peer: typeof alice) => {
    const { hits } = await peer.ok({ t: "search", text: "secret" });
    return (hits as { room: string; event: Said }[]).map(({ room, event }) => [room, event.text]);
  };
  assertEquals(await found(bob), [["@Alice", "a SECRET word"], ["lobby", "the secret garden"]]);
  assertEquals(await found(eve), [["lobby", "the secret garden"]]);
});

Deno.test("a room that was dropped from memory and opened again isn't dropped for the one before", async () => {
  await using server = await TestServer.start();
  const { hub } = server.core;
  const before = await hub.openRoom("tea");
  hub.release(before);
  const alice = await server.join("Alice", "tea");
  hub.release(before);
  await alice.ok({ t: "say", room: "tea", text: "hi" });
});
