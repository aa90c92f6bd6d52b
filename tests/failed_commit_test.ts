import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../lib/wire/fields.ts";
import type { Peer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";

const args = ["--preset=bench"];

/** A server in whose database every commit with this text fails as a whole. */
async function beginWithTrigger(text: string): Promise<RealServer> {
  const server = await RealServer.start({ args });
  await server.stop("SIGTERM");
  {
    using db = new DatabaseSync(join(server.data, "parley.db"));
    db.exec(`CREATE TRIGGER planted BEFORE INSERT ON event WHEN new.text = '${text}'
      BEGIN SELECT RAISE(ROLLBACK, 'a planted failure'); END`);
  }
  await server.start();
  return server;
}

/** Sends all in one piece, so that they are decided together; the answers. */
async function sayAll(peer: Peer, room: string, texts: readonly string[]): Promise<JsonObject[]> {
  const says = texts.map((text) => ({ t: "say", id: text, room, text, cid: text }));
  await peer.raw(says.map((say) => `${JSON.stringify(say)}\n`).join(""));
  const answers: JsonObject[] = [];
  for (const text of texts) answers.push(await peer.event(({ re }) => re === text));
  return answers;
}

/** Says again with the same cid until it is acknowledged, as clients do. */
async function sayAgain(peer: Peer, room: string, text: string): Promise<unknown> {
  for (;;) {
    const [answer] = await sayAll(peer, room, [text]);
    if (answer.t === "ok") return answer.seq;
    const retried = answer.code === "unavailable" || answer.code === "internal";
    assert(retried, JSON.stringify(answer));
    // What the server reads again after a failure is before this at its reader.
    await peer.ok({ t: "history", room, limit: 1 });
  }
}

async function log(peer: Peer, room: string): Promise<unknown[][]> {
  const { events, more } = await peer.ok({ t: "history", room, after: 0, limit: 200 });
  assertEquals(more, false);
  return (events as JsonObject[]).map(({ seq, text, t }) => [seq, text ?? t]);
}

Deno.test("a commit that fails is refused to all that were in it, and lost silently to nobody", async () => {
  await using server = await beginWithTrigger("boom");
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await bob.ok({ t: "join", room: "tea" });
  await alice.ok({ t: "say", room: "lobby", text: "before" });
  const [lobby, tea] = await Promise.all([
    sayAll(alice, "lobby", ["one", "two", "boom", "three"]),
    sayAll(bob, "tea", ["four", "five"]),
  ]);
  assertEquals(lobby.map(({ code }) => code), Array(4).fill("internal"));
  for (const { message } of lobby) assert(!String(message).includes("planted"), String(message));
  // A room of its own may have been in the same commit or not: refused, or kept.
  const kept = tea.filter(({ t }) => t === "ok").length;
  assert(kept === 0 || kept === 2);
  assertEquals((await log(bob, "tea")).length, 1 + kept);
  assertEquals(await log(bob, "lobby"), [[1, "before"]]);
  for (const [index, text] of ["one", "two", "three"].entries()) {
    assertEquals(await sayAgain(alice, "lobby", text), index + 2);
  }
  for (const text of ["four", "five"]) await sayAgain(bob, "tea", text);
  assertEquals(await log(bob, "lobby"), [[1, "before"], [2, "one"], [3, "two"], [4, "three"]]);
  assertEquals(await log(bob, "tea"), [[1, "joined"], [2, "four"], [3, "five"]]);
  await bob.event(({ text }) => text === "three");
  const heard = bob.events.flatMap(({ t, room, text }) =>
    t === "said" && room === "lobby" ? [text] : []
  );
  assertEquals(heard, ["before", "one", "two"]);
});

Deno.test("the server's log says why a commit failed, and no peer does", async () => {
  await using server = await beginWithTrigger("boom");
  const alice = await server.join("Alice");
  await sayAll(alice, "lobby", ["boom"]);
  await server.stop("SIGTERM");
  const errors = server.lines.filter((line) => line.includes("a planted failure"));
  assertEquals(errors.length, 1, server.lines.join("\n"));
});

Deno.test("a failure that comes back stops the others only for its own commits", async () => {
  await using server = await beginWithTrigger("boom");
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const texts = Array.from({ length: 40 }, (_, count) => `text ${count}`);
  let over = false;
  const booming = (async () => {
    let count = 0;
    for (; !over; count++) {
      const answer = await alice.ask({ t: "say", room: "lobby", text: "boom" });
      assert(answer.code === "internal" || answer.code === "unavailable", JSON.stringify(answer));
      await alice.ok({ t: "ping" });
    }
    return count;
  })();
  const seqs: unknown[] = [];
  for (const text of texts) seqs.push(await sayAgain(bob, "lobby", text));
  over = true;
  assert(await booming > 0);
  assertEquals(await log(bob, "lobby"), texts.map((text, index) => [seqs[index], text]));
  assertEquals(seqs, texts.map((_, index) => index + 1));
});

Deno.test("while somebody else holds the database, saying fails in time, and goes on afterwards", async () => {
  await using server = await RealServer.start({ args });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "before" });
  using db = new DatabaseSync(join(server.data, "parley.db"));
  db.exec("BEGIN IMMEDIATE");
  const refused = await sayAll(alice, "lobby", ["one", "two"]);
  assertEquals(refused.map(({ code }) => code), ["internal", "internal"]);
  assertEquals(await log(bob, "lobby"), [[1, "before"]]);
  const again = Promise.all([sayAgain(alice, "lobby", "one"), sayAgain(bob, "lobby", "three")]);
  await bob.ok({ t: "ping" });
  db.exec("ROLLBACK");
  await again;
  await sayAgain(alice, "lobby", "two");
  const entries = await log(bob, "lobby");
  assertEquals(entries.map(([seq]) => seq), [1, 2, 3, 4]);
  assertEquals(entries.map(([, text]) => text).sort(), ["before", "one", "three", "two"]);
  assertEquals(server.lines.filter((line) => line.includes("panicked")), []);
});
