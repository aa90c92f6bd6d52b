import { assertEquals } from "@std/assert";
import { TestServer } from "../helpers/peer.ts";

Deno.test("hello answers who one is and where live events begin", async () => {
  await using server = await TestServer.start();
  const answer = await server.connect().hello("Alice");
  assertEquals(answer.user, "Alice");
  assertEquals(answer.role, "guest");
  assertEquals(answer.rooms, [
    { room: "lobby", topic: "", seq: 0, count: 1, read: 0, unread: 0 },
  ]);
});

Deno.test("hello refuses a name that somebody has, in any spelling", async () => {
  await using server = await TestServer.start();
  await server.join("Alice");
  const peer = server.connect();
  for (const user of ["Alice", "ALICE", "ａｌｉｃｅ"]) {
    assertEquals(await peer.refused({ t: "hello", v: 1, user }), "name_taken");
  }
  await peer.hello("Bob");
});

Deno.test("hello refuses names that are none", async () => {
  await using server = await TestServer.start();
  const peer = server.connect();
  for (const user of ["", "-a", "a b", "@bob", "x".repeat(33), "a\u202eb", "a\u0000"]) {
    assertEquals(await peer.refused({ t: "hello", v: 1, user }), "name_invalid", user);
  }
});

Deno.test("hello in another version is refused, and may be tried again", async () => {
  await using server = await TestServer.start();
  const peer = server.connect();
  assertEquals(await peer.refused({ t: "hello", v: 2, user: "Alice" }), "bad_version");
  await peer.hello("Alice");
});

Deno.test("hello with a token brings the same user back on another device", async () => {
  await using server = await TestServer.start();
  const one = await server.join("Alice");
  const two = server.connect();
  const answer = await two.ok({ t: "hello", v: 1, token: one.token });
  assertEquals([answer.user, answer.uid], ["Alice", one.uid]);
});

Deno.test("hello with a token that nobody was given is refused", async () => {
  await using server = await TestServer.start();
  assertEquals(
    await server.connect().refused({ t: "hello", v: 1, token: "made up" }),
    "bad_login",
  );
});

Deno.test("a second hello is a bad message", async () => {
  await using server = await TestServer.start();
  const peer = await server.join("Alice");
  assertEquals(await peer.refused({ t: "hello", v: 1, user: "Bob" }), "bad_message");
});

Deno.test("commands before hello are refused", async () => {
  await using server = await TestServer.start();
  const peer = server.connect();
  assertEquals(await peer.refused({ t: "say", room: "lobby", text: "hi" }), "hello_first");
  await peer.ok({ t: "ping" });
});

Deno.test("typing() is told to the others and stored nowhere", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "typing", room: "lobby" });
  assertEquals(await bob.next("typed"), { t: "typed", room: "lobby", user: "Alice" });
  assertEquals(await alice.seen("typed"), []);
  await alice.ok({ t: "typing", room: "@bob" });
  assertEquals(await bob.next("typed"), {
    t: "typed",
    room: "@Alice",
    with: alice.uid,
    user: "Alice",
  });
});

Deno.test("hello tells what is unread", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice", "tea"), await server.join("Bob", "tea")];
  for (const room of ["tea", "tea", "@alice", "lobby"]) {
    await bob.ok({ t: "say", room, text: "hi" });
  }
  const device = server.connect();
  const { rooms } = await device.ok({ t: "hello", v: 1, token: alice.token });
  const counts = (rooms as { room: string; unread: number }[]).map((one) => [one.room, one.unread]);
  assertEquals(counts, [["lobby", 1], ["tea", 2], ["@Bob", 1]]);
});

Deno.test("came and went tell of first and last connections only", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const bob = await server.join("Bob");
  await alice.event(({ t, users }) => t === "came" && (users as string[]).includes("Bob"));
  const device = server.connect();
  await device.ok({ t: "hello", v: 1, token: bob.token });
  await bob.ok({ t: "quit" });
  await bob.end();
  assertEquals(await alice.seen("went"), []);
  await device.ok({ t: "quit" });
  assertEquals((await alice.next("went")).users, ["Bob"]);
});

Deno.test("away() is told and listed", async () => {
  await using server = await TestServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "away", text: "lunch" });
  assertEquals(await bob.next("gone_away"), { t: "gone_away", user: "Alice", text: "lunch" });
  const { users } = await bob.ok({ t: "users" });
  assertEquals((users as { away?: string }[]).map(({ away }) => away), ["lunch", undefined]);
  await alice.ok({ t: "away" });
  assertEquals(await bob.next("gone_away"), { t: "gone_away", user: "Alice" });
});

Deno.test("quit is answered after everything before it", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const answers = await Promise.all([
    alice.ok({ t: "say", room: "lobby", text: "bye" }),
    alice.ok({ t: "quit" }),
  ]);
  assertEquals(answers[0].seq, 1);
  await alice.end();
});

Deno.test("a quiet connection hears nothing and can say everything", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const quiet = server.connect();
  await quiet.ok({ t: "hello", v: 1, token: alice.token, quiet: true });
  await quiet.ok({ t: "say", room: "lobby", text: "hi" });
  assertEquals((await alice.next("said")).text, "hi");
  assertEquals(await quiet.seen("said"), []);
});

Deno.test("a closing server tells everybody", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await server.close();
  await alice.end();
  assertEquals(alice.events.map(({ t, code }) => code ?? t).slice(-2), ["closing", "closing"]);
  const late = server.connect();
  assertEquals((await late.next("refused")).code, "closing");
  await late.end();
});
