/** What a server still knows after it has died and was started again. */

import { assertEquals, assertNotEquals } from "@std/assert";
import type { JsonObject } from "../lib/wire/fields.ts";
import { isObject } from "../lib/wire/fields.ts";
import type { Peer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";

/** How a server ends: on its own terms or not. Nothing may depend on it. */
const ends = ["SIGKILL", "SIGTERM"] as const;

/** A server's end and another start; its peers are let go. */
async function restart(
  server: RealServer,
  signal: typeof ends[number],
  peers: readonly Peer[],
): Promise<void> {
  const ended = server.stop(signal);
  await Promise.all(peers.map((peer) => peer.end()));
  for (const peer of peers) peer.close();
  await ended;
  await server.start();
}

/** A connection of somebody who has been there, and what hello was answered. */
async function comeBack(
  server: RealServer,
  user: string,
  { token }: { readonly token: string },
): Promise<{ readonly peer: Peer; readonly hello: JsonObject }> {
  const peer = await server.connect();
  return { peer, hello: await peer.hello(user, { token }) };
}

function entries(answer: JsonObject, list: string): readonly JsonObject[] {
  const all = answer[list];
  return Array.isArray(all) ? all.filter(isObject) : [];
}

function room(hello: JsonObject, name: string): JsonObject | undefined {
  return entries(hello, "rooms").find((row) => row.room === name);
}

/** Texts with their seqs. */
function texts(history: JsonObject): unknown[] {
  return entries(history, "events").filter(({ t }) => t === "said")
    .map(({ seq, user, text }) => `${seq} ${user} ${text}`);
}

function say(peer: Peer, name: string, text: string): Promise<JsonObject> {
  return peer.ok({ t: "say", room: name, text, cid: text });
}

for (const signal of ends) {
  Deno.test(`a token brings its guest back with name and uid after ${signal}`, async () => {
    await using server = await RealServer.start();
    const alice = await server.join("Alice");
    await restart(server, signal, [alice]);
    const { peer, hello } = await comeBack(server, "somebody", alice);
    assertEquals([hello.user, hello.uid], ["Alice", alice.uid]);
    peer.close();
  });

  Deno.test(`a guest's name stays theirs after ${signal}, also while they are away`, async () => {
    await using server = await RealServer.start();
    const alice = await server.join("Alice");
    await restart(server, signal, [alice]);
    const other = await server.connect();
    assertEquals(await other.refused({ t: "hello", v: 1, user: "ALICE" }), "name_taken");
    other.close();
  });

  Deno.test(`rooms have their members, topics and messages after ${signal}`, async () => {
    await using server = await RealServer.start();
    const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
    await alice.ok({ t: "join", room: "Dev" });
    await bob.ok({ t: "join", room: "dev" });
    await alice.ok({ t: "topic", room: "dev", topic: "Work" });
    await say(bob, "dev", "one");
    await restart(server, signal, [alice, bob]);
    const { peer, hello } = await comeBack(server, "Alice", alice);
    const { topic, seq, count } = room(hello, "Dev") ?? {};
    assertEquals({ topic, seq, count }, { topic: "Work", seq: 4, count: 2 });
    const members = entries(await peer.ok({ t: "members", room: "dev" }), "members");
    assertEquals(members.map(({ user, uid, online }) => [user, uid, online]), [
      ["Alice", alice.uid, true],
      ["Bob", bob.uid, false],
    ]);
    assertEquals(texts(await peer.ok({ t: "history", room: "dev" })), ["4 Bob one"]);
    // Who is in it hears it and may speak without joining again.
    const bobAgain = await comeBack(server, "Bob", bob);
    assertEquals((await say(bobAgain.peer, "dev", "two")).seq, 5);
    assertEquals((await peer.next("said")).text, "two");
    for (const one of [peer, bobAgain.peer]) one.close();
  });

  Deno.test(`a room that was left stays left after ${signal}, and its log goes on`, async () => {
    await using server = await RealServer.start();
    const alice = await server.join("Alice");
    await alice.ok({ t: "join", room: "dev" });
    await alice.ok({ t: "leave", room: "dev" });
    await restart(server, signal, [alice]);
    const { peer, hello } = await comeBack(server, "Alice", alice);
    assertEquals(room(hello, "dev"), undefined);
    assertEquals((await peer.ok({ t: "join", room: "dev" })).seq, 3);
    peer.close();
  });

  Deno.test(`private conversations go on after ${signal}`, async () => {
    await using server = await RealServer.start();
    const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
    await say(alice, "@bob", "one");
    await restart(server, signal, [alice, bob]);
    const { peer, hello } = await comeBack(server, "Bob", bob);
    assertEquals(room(hello, "@Alice")?.with, alice.uid);
    // Alice isn't there, and gets it all the same.
    assertEquals((await say(peer, "@alice", "two")).seq, 2);
    const aliceAgain = await comeBack(server, "Alice", alice);
    const history = await aliceAgain.peer.ok({ t: "history", room: "@bob" });
    assertEquals(texts(history), ["1 Alice one", "2 Bob two"]);
    for (const one of [peer, aliceAgain.peer]) one.close();
  });

  Deno.test(`what is read and unread is known after ${signal}`, async () => {
    await using server = await RealServer.start();
    const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
    for (const peer of [alice, bob]) await peer.ok({ t: "join", room: "dev" });
    for (const text of ["one", "two", "three"]) {
      await say(bob, "dev", text);
      await say(bob, "@alice", `${text} to Alice`);
    }
    await alice.ok({ t: "read", room: "dev", seq: 4 });
    await alice.ok({ t: "read", room: "@bob", seq: 1 });
    await restart(server, signal, [alice, bob]);
    const { peer, hello } = await comeBack(server, "Alice", alice);
    const marks = ["dev", "@Bob"].map((name) => {
      const { read, unread } = room(hello, name) ?? {};
      return { read, unread };
    });
    assertEquals(marks, [{ read: 4, unread: 1 }, { read: 1, unread: 2 }]);
    peer.close();
  });

  Deno.test(`edits, deletions and reactions are there after ${signal}`, async () => {
    await using server = await RealServer.start();
    const alice = await server.join("Alice");
    for (const text of ["one", "two"]) await say(alice, "lobby", text);
    await alice.ok({ t: "edit", room: "lobby", seq: 1, text: "uno" });
    await alice.ok({ t: "react", room: "lobby", seq: 1, emoji: "👍" });
    await alice.ok({ t: "delete", room: "lobby", seq: 2 });
    await restart(server, signal, [alice]);
    const { peer } = await comeBack(server, "Alice", alice);
    const [one, two] = entries(await peer.ok({ t: "history", room: "lobby" }), "events");
    assertEquals([one.text, one.reactions], ["uno", { "👍": ["Alice"] }]);
    assertEquals(two.text, undefined);
    assertNotEquals(two.deleted, undefined);
    peer.close();
  });

  Deno.test(`a cid stands for what it stood for before ${signal}`, async () => {
    await using server = await RealServer.start();
    const alice = await server.join("Alice");
    await say(alice, "lobby", "one");
    await say(alice, "lobby", "two");
    await restart(server, signal, [alice]);
    const { peer } = await comeBack(server, "Alice", alice);
    assertEquals((await say(peer, "lobby", "one")).seq, 1);
    const other = { t: "say", room: "lobby", text: "other", cid: "two" };
    assertEquals(await peer.refused(other), "bad_message");
    assertEquals((await say(peer, "lobby", "three")).seq, 3);
    peer.close();
  });
}
