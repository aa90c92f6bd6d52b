import { assert, assertEquals } from "@std/assert";
import { limits } from "../lib/limits.ts";
import { FakeClock, turn } from "./helpers/fake_clock.ts";
import { HandPeer } from "./helpers/hand_peer.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";

const second = 1000;

/** What the server said before it ended the connection, as codes or kinds. */
async function lastWords(peer: Peer): Promise<unknown[]> {
  await peer.end();
  return peer.events.map(({ code, t }) => code ?? t);
}

Deno.test("a first message that is no JSON object ends the connection", async () => {
  for (const line of ["hi there", "[1]", '"hello"', "\ufeff{}", "\u0000"]) {
    await using server = await TestServer.start();
    const peer = server.connect();
    await peer.raw(`${line}\n{"t":"ping"}\n`);
    assertEquals(await lastWords(peer), ["bad_message"], line);
  }
});

Deno.test("a first message that is another command is refused, and hello may follow", async () => {
  await using server = await TestServer.start();
  const peer = server.connect();
  assertEquals(await peer.refused({ t: "users" }), "hello_first");
  assertEquals(await peer.refused({ t: "no such thing" }), "unknown_command");
  assertEquals(await peer.refused({}), "bad_message");
  await peer.hello("Alice");
});

Deno.test("an HTTP request on the chat port gets an HTTP answer and the end", async () => {
  const long = `/${"x".repeat(300)}`;
  for (const start of ["GET / HTTP/1.1", "POST /files HTTP/1.0", `GET ${long} HTTP/1.1`]) {
    await using server = await TestServer.start();
    const peer = new HandPeer(server);
    await peer.raw(`${start}\r\nHost: localhost:5000\r\nAccept: */*\r\n\r\n`);
    const parts: string[] = [];
    do parts.push(await peer.text(4096)); while (parts.at(-1) !== "");
    const answer = parts.join("");
    assert(answer.startsWith("HTTP/1.1 400 "), answer);
    assert(answer.includes("Connection: close\r\n"));
    peer.close();
    await peer.served;
  }
});

Deno.test("ten lines of rubbish in a row end the connection", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await alice.raw("rubbish\n".repeat(limits.badLinesMax + 5));
  assertEquals(await lastWords(alice), Array(limits.badLinesMax).fill("bad_message"));
});

Deno.test("nine lines of rubbish and a good one end nothing, again and again", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  for (let round = 0; round < 3; round++) {
    await alice.raw("rubbish\n".repeat(limits.badLinesMax - 1));
    await alice.ok({ t: "ping" });
  }
  assertEquals((await alice.seen("refused")).length, 3 * (limits.badLinesMax - 1));
});

Deno.test("a command whose name is no text is refused, whatever it is", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
  for (const t of ["1", "null", '{"toString":1}', '{"__proto__":null}', deep]) {
    await alice.raw(`{"id":"x","t":${t}}\n`);
    assertEquals((await alice.event(({ re }) => re === "x")).code, "bad_message");
  }
  await alice.ok({ t: "ping" });
});

Deno.test("bytes after a command that takes none are dropped and refused", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  await alice.raw('{"id":"x","t":"ping","bytes":30}\n{"t":"say","room":"lobby"}\n\n\n\n');
  assertEquals((await alice.event(({ re }) => re === "x")).code, "bad_message");
  await alice.ok({ t: "ping" });
});

Deno.test("a line or body over its bound ends the connection", async () => {
  for (const bytes of ["x".repeat(limits.lineBytesInMax + 1), '{"t":"ping","bytes":1048577}\n']) {
    await using server = await TestServer.start();
    const alice = await server.join("Alice");
    await alice.raw(bytes);
    assertEquals(await lastWords(alice), ["too_long"]);
  }
});

Deno.test("whoever sent no hello in ten seconds is idle, whatever else they sent", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const [mute, pinging] = [server.connect(), server.connect()];
  for (let at = 0; at < 10; at++) {
    await clock.tick(second);
    await pinging.ok({ t: "ping" });
  }
  assertEquals(server.peerCount, 2);
  await clock.tick(2 * second);
  assertEquals(await lastWords(mute), ["idle"]);
  assertEquals(await lastWords(pinging), ["idle"]);
});

Deno.test("a hello that comes a byte a second is idle after ten seconds", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const peer = server.connect();
  for (const byte of '{"t":"hello"') {
    if (server.peerCount === 0) break;
    await peer.raw(byte);
    await clock.tick(second);
  }
  await clock.tick(second);
  assertEquals(await lastWords(peer), ["idle"]);
});

Deno.test("a line that comes a byte a second keeps nobody from being idle", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const peer = new HandPeer(server);
  await peer.send({ t: "hello", v: 1, user: "Alice" });
  await peer.take(({ t }) => t === "ok");
  for (let at = 0; at <= limits.idleMs; at += second) {
    await peer.raw("{");
    await clock.tick(second);
  }
  assertEquals((await peer.rest()).at(-1)?.code, "idle");
  peer.close();
  await peer.served;
});

Deno.test("a body that comes slowly keeps a connection, which a slow link may need", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const alice = await server.join("Alice");
  await alice.raw('{"id":"x","t":"ping","bytes":5}\n');
  for (let count = 0; count < 4; count++) {
    await clock.tick(limits.idleMs / 2);
    await alice.raw("x");
  }
  assertEquals(alice.events.filter(({ t }) => t === "refused"), []);
  await alice.raw("x");
  assertEquals((await alice.event(({ re }) => re === "x")).code, "bad_message");
});

Deno.test("silence of a hundred seconds is idle, and a ping in time isn't silence", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const [mute, pinging] = [await server.join("Alice"), await server.join("Bob")];
  await clock.tick(limits.idleMs - second);
  await pinging.ok({ t: "ping" });
  assertEquals(server.peerCount, 2);
  await clock.tick(3 * second);
  await mute.end();
  assertEquals(mute.events.at(-1)?.code, "idle");
  await pinging.ok({ t: "ping" });
});

Deno.test("an address has so many connections, others still come in", async () => {
  await using server = await TestServer.start({
    bounds: { connectionsPerAddressMax: 2 },
    alone: "each node counts for itself",
  });
  const first = server.connect("10.0.0.1");
  await first.hello("Alice");
  await server.connect("10.0.0.1").hello("Bob");
  const third = server.connect("10.0.0.1");
  const refusal = await third.next("refused");
  assertEquals(refusal.code, "server_full");
  assert(Number(refusal.retry_ms) > 0);
  await third.end();
  await server.connect("10.0.0.2").hello("Carol");
  await first.ok({ t: "quit" });
  await first.end();
  first.close();
  while (server.peerCount > 2) await turn();
  await server.connect("10.0.0.1").hello("Dave");
});

Deno.test("a server has so many connections altogether", async () => {
  await using server = await TestServer.start({
    bounds: { connectionsMax: 3 },
    alone: "each node counts for itself",
  });
  for (const host of [1, 2, 3]) await server.connect(`10.0.0.${host}`).hello(`user${host}`);
  const fourth = server.connect("10.0.0.4");
  assertEquals((await fourth.next("refused")).code, "server_full");
  await fourth.end();
  assertEquals(server.peerCount, 3);
});
