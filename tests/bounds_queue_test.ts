import { assert, assertEquals } from "@std/assert";
import { type Fault, openMemory } from "../lib/backend/memory.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { limits } from "../lib/limits.ts";
import { Journal } from "../lib/log.ts";
import { type CommandName, commands } from "../lib/protocol.ts";
import { FakeClock, turn } from "./helpers/fake_clock.ts";
import { commandNames } from "./helpers/fuzz_grammar.ts";
import { HandPeer } from "./helpers/hand_peer.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const second = 1000;
const pageOfText = "x".repeat(limits.textBytesMax);

/** A server whose log is here, somebody who talks, and somebody who takes only what they are told to. */
async function begin() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text);
  const journal = new Journal({ write, clock, format: "text" });
  const server = await TestServer.start({ clock, journal });
  const alice = await server.join("Alice");
  const slow = new HandPeer(server);
  await slow.send({ t: "hello", v: 1, user: "Slow" });
  const hello = await slow.take(({ t }) => t === "ok");
  return { clock, server, alice, slow, token: hello?.token, lines };
}

/** Says texts of the largest size until `bytes` have been said; the last seq. */
async function sayBytes(alice: Peer, bytes: number): Promise<number> {
  let seq = 0;
  for (let said = 0; said < bytes; said += pageOfText.length) {
    seq = Number((await alice.ok({ t: "say", room: "lobby", text: pageOfText })).seq);
  }
  return seq;
}

function saidBy(user: string, text: string) {
  return (event: JsonObject) => event.user === user && event.text === text;
}

Deno.test("a peer that doesn't take what is queued for it isn't read, until it does", async () => {
  const { server, alice, slow } = await begin();
  await using _ = server;
  await sayBytes(alice, limits.outboxBytesSoft + 128 * 1024);
  const say = (text: string) => ({ t: "say", room: "lobby", text });
  // What is under way when the bound is passed is taken, and then nothing.
  await slow.send(say("one"));
  await alice.event(saidBy("Slow", "one"));
  await slow.send(say("two"));
  await alice.ok(say("three"));
  assertEquals(alice.events.filter(saidBy("Slow", "two")), []);
  await slow.take(saidBy("Alice", "three"));
  await alice.event(saidBy("Slow", "two"));
  slow.close();
  await slow.served;
});

Deno.test("a peer over the hard bound is dropped, and finds what it missed in the log", async () => {
  const { server, alice, slow, token, lines } = await begin();
  await using _ = server;
  const last = await sayBytes(alice, limits.outboxBytesMax + 256 * 1024);
  const rest = await slow.rest();
  slow.close();
  await slow.served;
  assert(lines.join("").includes("Slow 127.0.0.1 reading refused too_slow"), lines.join(""));
  const shown = rest.filter(({ t }) => t === "said").map(({ seq }) => Number(seq));
  assert(shown.length < last, "Nothing was missed");
  const back = server.connect();
  await back.ok({ t: "hello", v: 1, token });
  const seqs = [...shown];
  for (let more = true; more;) {
    const page = await back.ok({ t: "history", room: "lobby", after: seqs.at(-1) ?? 0 });
    seqs.push(...(page.events as { seq: number }[]).map(({ seq }) => seq));
    more = page.more === true;
  }
  assertEquals(seqs, Array.from({ length: last }, (_, index) => index + 1));
});

Deno.test("a peer that takes nothing for thirty seconds is dropped, however little it is", async () => {
  const { clock, server, alice, slow, lines } = await begin();
  await using _ = server;
  await sayBytes(alice, 96 * 1024);
  await clock.tick(limits.outboxStallMs - 2 * second);
  assertEquals(server.peerCount, 2);
  await clock.tick(4 * second);
  assert(lines.join("").includes("reading refused too_slow"), lines.join(""));
  slow.close();
  await slow.served;
  assertEquals(server.peerCount, 1);
});

Deno.test("a peer that takes a little now and then stays", async () => {
  const { clock, server, alice, slow } = await begin();
  await using _ = server;
  await sayBytes(alice, 200 * 1024);
  for (let count = 0; count < 3; count++) {
    await clock.tick(limits.outboxStallMs - 2 * second);
    await slow.text(8 * 1024);
    await alice.ok({ t: "ping" });
  }
  assertEquals(server.peerCount, 2);
  await slow.send({ t: "ping", id: "here" });
  assertEquals((await slow.take(({ re }) => re === "here"))?.t, "ok");
  slow.close();
  await slow.served;
});

Deno.test("a peer that reads only its own pages has at most one beyond the soft bound", async () => {
  const { server, alice, slow } = await begin();
  await using _ = server;
  await sayBytes(alice, limits.outboxBytesSoft);
  await slow.take(({ seq }) => seq === limits.outboxBytesSoft / limits.textBytesMax);
  const asks = Array.from({ length: 100 }, (_, id) => ({ t: "history", room: "lobby", id }));
  await slow.send(...asks);
  // It would be dropped if all that it asks for were queued: 25 MiB.
  for (const { id } of asks) {
    assertEquals((await slow.take(({ re }) => re === id))?.t, "ok");
    await alice.ok({ t: "ping" });
  }
  slow.close();
  await slow.served;
});

Deno.test("what a lost peer has asked for is not worked off", async () => {
  const backend = openMemory();
  let pages = 0;
  const read = backend.log.read.bind(backend.log);
  backend.log.read = (conversation, range) => {
    pages++;
    return read(conversation, range);
  };
  await using server = await TestServer.start({ backend });
  const alice = await server.join("Alice");
  await sayBytes(alice, limits.outboxBytesSoft);
  const peer = new HandPeer(server);
  await peer.send({ t: "hello", v: 1, user: "Lost" });
  await peer.send(...Array.from({ length: 500 }, () => ({ t: "history", room: "lobby" })));
  for (let before = -1; before < pages;) {
    before = pages;
    for (let turns = 0; turns < 5; turns++) await alice.ok({ t: "ping" });
  }
  assert(pages < 100, `${pages} pages were read for a peer that takes none`);
  const before = pages;
  peer.close();
  await peer.served;
  // It notices when it writes, with some under way.
  assert(pages < before + 50, `${pages - before} pages were read for nobody`);
});

/** How many of the answers have come when nothing more can without the clock. */
async function answered(answers: readonly Promise<JsonObject>[], least: number): Promise<number> {
  let count = 0;
  for (const answer of answers) void answer.then(() => count++);
  await Promise.all(answers.slice(0, least));
  for (let turns = 0; turns < 5; turns++) await turn();
  return count;
}

/** A server with its flood bounds; at the end time passes for those who still wait for theirs. */
async function beginFlood() {
  const clock = new FakeClock();
  const server = await TestServer.start({ clock, bounds: { flood: true } });
  return {
    clock,
    server,
    async [Symbol.asyncDispose]() {
      await clock.tick(10 * second);
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("over twenty at once a peer gets ten a second, and isn't read beyond", async () => {
  await using begun = await beginFlood();
  const { server, clock } = begun;
  const alice = await server.join("Alice");
  const says = Array.from({ length: 45 }, (_, count) => {
    return alice.ask({ t: "say", room: "lobby", text: String(count) });
  });
  assertEquals(await answered(says, 20), 20);
  await clock.tick(second);
  assertEquals(await answered(says, 30), 30);
  await clock.tick(second);
  assertEquals(await answered(says, 40), 40);
  await clock.tick(second);
  assertEquals((await Promise.all(says)).map(({ t }) => t), Array(45).fill("ok"));
});

Deno.test("one peer's flood slows nobody else", async () => {
  await using begun = await beginFlood();
  const { server } = begun;
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const flooding = Array.from({ length: 100 }, () => alice.ask({ t: "typing", room: "lobby" }));
  await Promise.all(flooding.slice(0, 20));
  const says = Array.from({ length: 20 }, (_, count) => {
    return bob.ask({ t: "say", room: "lobby", text: String(count) });
  });
  assertEquals(await answered(says, 20), 20);
});

/** Fields with which commands are done, or refused after a while; the others get none that are right. */
const costly: Partial<Record<CommandName, JsonObject>> = {
  users: {},
  rooms: {},
  join: { room: "tea" },
  leave: { room: "lobby" },
  members: { room: "lobby" },
  topic: { room: "lobby", topic: "x" },
  say: { room: "lobby", text: "hi" },
  edit: { room: "lobby", seq: 1, text: "hi" },
  delete: { room: "lobby", seq: 1 },
  react: { room: "lobby", seq: 1, emoji: "x" },
  history: { room: "lobby" },
  search: { text: "hi" },
  typing: { room: "lobby" },
  away: {},
  read: { room: "lobby", seq: 0 },
  ping: {},
  files: {},
  offer: { room: "lobby", name: "a.txt", size: 1 },
  part: { transfer: "t", offset: 0, data: "YQ==" },
  resume: { transfer: "t" },
  finish: { transfer: "t" },
  fetch: { file: "f" },
  cancel: { transfer: "t" },
  decline: { file: "f" },
  remove: { file: "f" },
};

for (const t of commandNames.filter((name) => name !== "hello" && name !== "quit")) {
  const { cost, fields: all } = commands[t];
  const fields = costly[t] ?? Object.fromEntries(Object.keys(all).map((key) => [key, {}]));
  Deno.test(`${t} takes ${cost} from the bucket`, async () => {
    await using begun = await beginFlood();
    const { server } = begun;
    const alice = await server.join("Alice");
    await alice.ask({ t, ...fields });
    const others = Array.from({ length: 25 }, () => alice.ask({ t: "users" }));
    assertEquals(await answered(others, limits.floodBurst - cost), limits.floodBurst - cost);
  });
}

Deno.test("rubbish and unknown commands take from the bucket, too", async () => {
  await using begun = await beginFlood();
  const { server, clock } = begun;
  const alice = await server.join("Alice");
  for (let count = 0; count < 10; count++) {
    await alice.raw("rubbish\n");
    await alice.ask({ t: "no such thing" });
  }
  const others = Array.from({ length: 5 }, () => alice.ask({ t: "users" }));
  assertEquals(await answered(others, 0), 0);
  await clock.tick(second);
  assertEquals(await answered(others, 5), 5);
});

Deno.test("a thousand answers wait for the storage, then the peer isn't read", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const faults: Fault[] = [{ is: "held", until: promise }];
  await using server = await TestServer.start({ backend: openMemory({ faults }) });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const says = Array.from({ length: limits.answersWaitingMax + 100 }, (_, count) => {
    return alice.ask({ t: "say", room: "lobby", text: String(count) });
  });
  const { decided } = server.core.hub.lobby;
  while (decided.seq < limits.answersWaitingMax) await turn();
  for (let turns = 0; turns < 5; turns++) await bob.ok({ t: "ping" });
  assertEquals(decided.seq, limits.answersWaitingMax);
  resolve();
  const answers = await Promise.all(says);
  assertEquals(answers.map(({ seq }) => seq), answers.map((_, index) => index + 1));
});
