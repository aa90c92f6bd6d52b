/**
 * A process full of peers that nobody wants: `load_hostile.ts PORT SEED FRAMES`. It goes on until its
 * standard input ends, and then says in one line of JSON what it has done and seen.
 */

import { delay } from "@std/async/delay";
import { Framer } from "../../lib/wire/connection.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { Chance } from "./chance.ts";
import { fuzzBytes } from "./fuzz_frames.ts";
import { Grammar } from "./fuzz_grammar.ts";

/** What hostile peers have done, and what a server must not do. */
export interface HostileReport {
  /**
   * Frames sent by those who send nonsense; said once, in a line of its own, when it's all and
   * somebody was dropped.
   */
  frames: number;
  /** Connections that took nothing and were ended. */
  dropped: number;
  /** Commands that were read from whoever floods. */
  flooded: number;
  /** Answers that should not be. */
  wrongs: string[];
}

const [port, seed, frames] = Deno.args.map(Number);
const report: HostileReport = { frames: 0, dropped: 0, flooded: 0, wrongs: [] };
const framesAtOnce = 20;
/** How fast they go, in milliseconds: nobody here waits for anything to have come to be. */
const pacesMs = { comeBack: 200, stayUnread: 500, nextByte: 1000, nextNonsense: 30 };
const firstDropped = Promise.withResolvers<void>();
let names = 0;

async function connect(): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port });
}

async function send(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

function line(...commands: readonly JsonObject[]): Uint8Array {
  return new TextEncoder().encode(commands.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

function hello(): JsonObject {
  return { t: "hello", v: 1, user: `hostile${++names}` };
}

/** Reads to the end, and looks at every line. */
async function readAll(conn: Deno.Conn, take: (json: JsonObject) => void = () => {}) {
  const framer = new Framer({ lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false });
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await conn.read(buffer).catch(() => null);
    if (length === null) return;
    for (const frame of framer.push(buffer.subarray(0, length))) {
      if (frame.is !== "object") report.wrongs.push(`a line that is ${frame.is}`);
      else take(frame.json);
    }
  }
}

/** Does it again and again: whoever is thrown out comes back. */
async function forEver(live: () => Promise<void>): Promise<never> {
  for (;;) {
    await live().catch(() => {});
    await delay(pacesMs.comeBack);
  }
}

/** Asks for much, and takes nothing of it. */
async function takeNothing(): Promise<void> {
  using conn = await connect();
  const ask = { t: "history", room: "lobby", limit: 200 };
  await send(conn, line(hello(), ...Array.from({ length: 20 }, () => ask)));
  // Fails when the server has ended the connection: nothing is read to learn it earlier.
  try {
    for (;;) {
      await send(conn, line({ t: "ping" }));
      await delay(pacesMs.stayUnread);
    }
  } finally {
    report.dropped++;
    firstDropped.resolve();
  }
}

/** Sends a byte a second. */
async function drip(greeted: boolean): Promise<void> {
  using conn = await connect();
  if (greeted) await send(conn, line(hello()));
  void readAll(conn);
  for (const byte of new TextEncoder().encode('{"t":"ping"'.repeat(1000))) {
    await send(conn, Uint8Array.of(byte));
    await delay(pacesMs.nextByte);
  }
}

/** Sends as fast as it is read. */
async function flood(command: JsonObject): Promise<void> {
  using conn = await connect();
  await send(conn, line(hello()));
  void readAll(conn, ({ t }) => void (t === "ok" && report.flooded++));
  const bytes = line(...Array.from({ length: 200 }, () => command));
  for (;;) await send(conn, bytes);
}

/** Sends nonsense, then says that it is done, and reads what the server makes of it. */
async function talkNonsense(chance: Chance): Promise<void> {
  using conn = await connect();
  const isGreeted = !chance.once(5);
  // Passwords are work for a processor; who makes much of that has tests of their own.
  const grammar = new Grammar(chance, { spared: ["register", "password"] });
  const reading = readAll(conn, (json) => {
    const { t, code } = json;
    grammar.seen.take(json);
    if (t === "refused" && code === "internal") report.wrongs.push("refused internal");
    if (typeof t !== "string") report.wrongs.push("a line without a kind");
  });
  if (isGreeted) await send(conn, line(hello()));
  const count = Math.min(framesAtOnce, frames - report.frames);
  report.frames += count;
  try {
    for (let sent = 0; sent < count; sent++) await send(conn, fuzzBytes(chance, grammar));
    await conn.closeWrite();
  } catch {
    // It was thrown out in the middle, as it should be for some of this.
  }
  await reading;
}

async function nonsense(chance: Chance): Promise<void> {
  while (report.frames < frames) {
    await talkNonsense(chance);
    // Making nonsense is work, too, and the server's processors are our own.
    await delay(pacesMs.nextNonsense);
  }
}

function begin(): void {
  for (let count = 0; count < 20; count++) void forEver(takeNothing);
  void forEver(() => drip(false));
  void forEver(() => drip(true));
  const text = "x".repeat(limits.textBytesMax);
  for (let count = 0; count < 5; count++) {
    void forEver(() => flood({ t: "say", room: "lobby", text }));
  }
  void forEver(() => flood({ t: "users" }));
  void (async () => {
    const chances = Array.from({ length: 4 }, (_, index) => new Chance(seed + index));
    await Promise.all(chances.map(nonsense));
    await Promise.race([firstDropped.promise, delay(limits.outboxStallMs * 2)]);
    console.log(JSON.stringify(report));
  })();
}

if (import.meta.main) {
  begin();
  for await (const _ of Deno.stdin.readable);
  console.log(JSON.stringify(report));
  Deno.exit(0);
}
