import { assert, assertEquals } from "@std/assert";
import type { JsonObject } from "../lib/wire/fields.ts";
import { Journal } from "../lib/log.ts";
import { systemClock } from "../lib/system_clock.ts";
import { DataFolder } from "./backend/folder.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

/** A server whose store is on disk, and its log. */
class StoredServer implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly lines: readonly string[];
  readonly #server: TestServer;

  private constructor(folder: DataFolder, server: TestServer, lines: readonly string[]) {
    this.folder = folder;
    this.#server = server;
    this.lines = lines;
  }

  static async start(): Promise<StoredServer> {
    const folder = new DataFolder();
    const lines: string[] = [];
    const write = (text: string) => void lines.push(...text.split("\n"));
    const journal = new Journal({ write, clock: systemClock(), format: "text" });
    const server = await TestServer.start({ backend: await folder.open(), journal });
    return new StoredServer(folder, server, lines);
  }

  /** One in whose database every commit with this text fails as a whole. */
  static async startWithTrigger(text: string): Promise<StoredServer> {
    const server = await StoredServer.start();
    using db = server.folder.database();
    db.exec(`CREATE TRIGGER planted BEFORE INSERT ON event WHEN new.text = '${text}'
      BEGIN SELECT RAISE(ROLLBACK, 'a planted failure'); END`);
    return server;
  }

  join(user: string): Promise<Peer> {
    return this.#server.join(user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.folder[Symbol.asyncDispose]();
  }
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
  await using server = await StoredServer.startWithTrigger("boom");
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
  let lines: readonly string[];
  {
    await using server = await StoredServer.startWithTrigger("boom");
    ({ lines } = server);
    const alice = await server.join("Alice");
    const [answer] = await sayAll(alice, "lobby", ["boom"]);
    assertEquals(answer.code, "internal");
    assert(!String(answer.message).includes("planted"), String(answer.message));
  }
  const errors = lines.filter((line) => line.includes("a planted failure"));
  assertEquals(errors.length, 1, lines.join("\n"));
});

Deno.test("a failure that comes back stops the others only for its own commits", async () => {
  await using server = await StoredServer.startWithTrigger("boom");
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
  await using server = await StoredServer.start();
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  await alice.ok({ t: "say", room: "lobby", text: "before" });
  using db = server.folder.database();
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
});
