/** A server that is told to stop while everybody talks. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { streamConnection } from "../lib/wire/connection.ts";
import { streamPair } from "../lib/wire/stream_pair.ts";
import { limits } from "../lib/limits.ts";
import { serve } from "../lib/peer/session.ts";
import { Crowd } from "./helpers/crowd.ts";
import { FakeClock } from "./helpers/fake_clock.ts";
import { Chance } from "./helpers/chance.ts";
import { violations } from "./helpers/ledger.ts";
import { type Peer, TestServer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";

/** Milliseconds in which a server that was told to stop has ended. */
const stopMsMax = 5000;
const bench = { args: ["--preset=bench"] };

/** Tells a server to stop; its exit code, and after how many milliseconds. */
async function stopped(server: RealServer, signal: "SIGINT" | "SIGTERM") {
  const { ended } = server;
  const began = performance.now();
  server.signal(signal);
  const { code } = await deadline(ended, 12 * stopMsMax);
  return { code, ms: performance.now() - began };
}

/** A peer that has asked for much more than the system holds for it, and reads none of it. */
async function connectStuck(server: RealServer, talker: Peer): Promise<Deno.TcpConn> {
  const text = "x".repeat(limits.textBytesMax);
  for (let count = 0; count < 16; count++) await talker.ok({ t: "say", room: "lobby", text });
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  const history = { t: "history", room: "lobby", limit: 200 };
  const commands = [{ t: "hello", v: 1, user: "Stuck" }, ...Array(200).fill(history)];
  const lines = commands.map((command) => JSON.stringify(command) + "\n").join("");
  const bytes = new TextEncoder().encode(lines);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  // Until nothing more is read from them, because what they were answered stays where it is.
  for (let before = -1, now = 0; now === 0 || now > before;) {
    for (let count = 0; count < 50; count++) await talker.ok({ t: "ping" });
    before = now;
    now = server.lines.filter((line) => line.includes("Stuck") && line.includes("history")).length;
  }
  return conn;
}

async function talkAndStop(signal: "SIGINT" | "SIGTERM", clients: number): Promise<void> {
  const chance = Chance.ofRun("interrupt_test");
  const random = () => chance.below(2 ** 32) / 2 ** 32;
  await using server = await RealServer.start({ args: ["--preset=bench", "--quiet"] });
  await using crowd = await Crowd.join({
    ports: server.ports,
    clients,
    speakers: clients,
    random,
  });
  crowd.talk();
  await crowd.said(clients + chance.below(clients * size(1, 50, 1)));
  const before = crowd.acknowledged.length;
  const { code, ms } = await stopped(server, signal);
  await crowd.until(() => crowd.members.every(({ closings }) => closings > 0));
  const after = crowd.acknowledged.length;
  console.log(
    `${signal} while ${clients} talked: ended after ${ms.toFixed(0)} ms with ${code}; ` +
      `${before} messages acknowledged before it, ${after - before} while it stopped`,
  );
  assertEquals(code, 0);
  assertLess(ms, stopMsMax);

  await server.start();
  await crowd.said(after + size(clients / 4, clients, clients / 4));
  await crowd.hush();
  const ledger = await crowd.ledger();
  assertEquals([...violations(ledger), ...crowd.wrongs].slice(0, 20), []);
  assertEquals(crowd.members.filter(({ closings }) => closings !== 1), []);
}

Deno.test("SIGINT tells 200 who talk, loses nothing and ends the server with 0 within 5 s", async () => {
  await talkAndStop("SIGINT", 200);
});

Deno.test("SIGTERM does the same", async () => {
  await talkAndStop("SIGTERM", 20);
});

Deno.test("SIGINT ends the server within 5 s, too, where a peer reads nothing", async () => {
  await using server = await RealServer.start(bench);
  const peer = await server.join("Alice");
  using _stuck = await connectStuck(server, peer);
  const stop = stopped(server, "SIGINT");
  await peer.next("closing");
  await peer.end();
  peer.close();
  const { code, ms } = await stop;
  console.log(`ended after ${ms.toFixed(0)} ms`);
  assertEquals(code, 0);
  assertLess(ms, stopMsMax);
});

Deno.test("a second SIGINT ends the server at once", async () => {
  await using server = await RealServer.start(bench);
  const peer = await server.join("Alice");
  // For their sake the first one alone would take longer.
  using _stuck = await connectStuck(server, peer);
  server.signal("SIGINT");
  await peer.next("closing");
  // What comes at once is the same Ctrl+C once more.
  await delay(600);
  const { code, ms } = await stopped(server, "SIGINT");
  peer.close();
  console.log(`ended after ${ms.toFixed(0)} ms`);
  assertEquals(code, 130);
});

Deno.test("a Ctrl+C that comes twice, by the terminal and by deno task, ends the server as one", async () => {
  await using server = await RealServer.start(bench);
  const peer = await server.join("Alice");
  // So that it is still there when the second one comes.
  using _stuck = await connectStuck(server, peer);
  server.signal("SIGINT");
  await peer.next("closing");
  const stop = stopped(server, "SIGINT");
  await peer.end();
  peer.close();
  assertEquals((await stop).code, 0);
});

Deno.test("a server that nobody is at ends at SIGINT with 0", async () => {
  await using server = await RealServer.start(bench);
  const { code } = await stopped(server, "SIGINT");
  assertEquals(code, 0);
  // Nothing is left that the next start would have to mend.
  const files = await Array.fromAsync(Deno.readDir(server.data), ({ name }) => name);
  assertEquals(files.filter((name) => /-(wal|shm)$/.test(name)), []);
  assertGreater(files.length, 0);
});

Deno.test("a session ends though its peer takes nothing and a write to it is under way", async () => {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const [here, there] = streamPair(1024);
  // As with sockets: nothing can be said behind a write that isn't taken.
  let write: Promise<number> = Promise.resolve(0);
  const stream = {
    read: (into: Uint8Array) => there.read(into),
    write: (bytes: Uint8Array) => write = there.write(bytes),
    closeWrite: async () => void await write,
    close: () => there.close(),
  };
  const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  const connection = streamConnection(stream, { remote: "test", bounds, now: () => clock.now() });
  const session = serve(server.core, connection);
  const say = { t: "say", room: "lobby", text: "x".repeat(5000) };
  const lines = [{ t: "hello", v: 1, user: "Stuck" }, say].map((one) => JSON.stringify(one) + "\n");
  const bytes = new TextEncoder().encode(lines.join(""));
  for (let at = 0; at < bytes.length;) at += await here.write(bytes.subarray(at));
  await clock.tick(0);
  here.closeWrite?.();
  await clock.tick(limits.drainMs * 2 + limits.lingerMs);
  await session;
});
