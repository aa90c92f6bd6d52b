/** A server that is told to stop while everybody talks. */

import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { Crowd } from "./helpers/crowd.ts";
import { Chance } from "./helpers/frames_chance.ts";
import { violations } from "./helpers/ledger.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";

/** Milliseconds in which a server that was told to stop has ended. */
const stopMsMax = 5000;
const bench = { args: ["--preset=bench", "--quiet"] };

/** Tells a server to stop; its exit code, and after how many milliseconds. */
async function stopped(server: RealServer, signal: "SIGINT" | "SIGTERM") {
  const { ended } = server;
  const began = performance.now();
  server.signal(signal);
  const { code } = await deadline(ended, 12 * stopMsMax);
  return { code, ms: performance.now() - began };
}

/** A peer that asks for much and reads none of it. */
async function connectStuck(port: number): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const hello = { t: "hello", v: 1, user: "Stuck" };
  const say = { t: "say", room: "lobby", text: "x".repeat(16_000) };
  const history = { t: "history", room: "lobby", limit: 200 };
  const commands = [hello, ...Array(16).fill(say), ...Array(60).fill(history)];
  const text = commands.map((command) => JSON.stringify(command) + "\n").join("");
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
  return conn;
}

async function talkAndStop(signal: "SIGINT" | "SIGTERM", clients: number): Promise<void> {
  const chance = Chance.ofRun("interrupt_test");
  const random = () => chance.below(2 ** 32) / 2 ** 32;
  await using server = await RealServer.start(bench);
  await using crowd = await Crowd.join({ port: server.port, clients, speakers: clients, random });
  crowd.talk();
  await crowd.said(clients * 2 + chance.below(clients * size(2, 50)));
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
  await crowd.said(after + clients);
  await crowd.hush();
  const ledger = await crowd.ledger();
  assertEquals(crowd.wrongs, []);
  assertEquals(violations(ledger).slice(0, 20), []);
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
  using _stuck = await connectStuck(server.port);
  const peer = await server.join("Alice");
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
  // For their sake the first one alone would take longer.
  using _stuck = await connectStuck(server.port);
  const peer = await server.join("Alice");
  server.signal("SIGINT");
  await peer.next("closing");
  const { code, ms } = await stopped(server, "SIGINT");
  peer.close();
  console.log(`ended after ${ms.toFixed(0)} ms`);
  assertEquals(code, 130);
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
