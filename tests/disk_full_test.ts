import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { join } from "@std/path";
import { DatabaseSync } from "node:sqlite";
import type { JsonObject } from "../lib/wire/fields.ts";
import { barrierMs } from "./helpers/patience.ts";
import type { Peer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";
import { canMount, SmallDisk } from "./helpers/tmpfs.ts";

const MiB = 1024 * 1024;
/** From one look at a file of the server's to the next one. */
const lookMs = 20;
// The floor is for files; without it the disk's own error comes.
const args = ["--preset=bench", "--disk-free-bytes=0"];
const ignore = !canMount();
/** For what the server does in its own time, on a busy machine. */

if (ignore) console.log("Only root can mount the disks that these tests fill");

const padding = "the padding of a message that fills disks ".repeat(40);

/** Says numbered texts until one isn't acknowledged; the seqs of the others, and the refusal. */
async function sayUntilRefused(peer: Peer, word: string) {
  const acknowledged = new Map<string, unknown>();
  for (let count = 1; count <= 20_000; count++) {
    const text = `${word}${count} ${padding}`;
    const answer = await peer.ask({ t: "say", room: "lobby", text, cid: `${word}${count}` });
    if (answer.t !== "ok") {
      return { acknowledged, refused: { text, cid: `${word}${count}` }, answer };
    }
    acknowledged.set(text, answer.seq);
  }
  throw new Error("The disk was never full");
}

/** All that the lobby's log has. */
async function wholeLog(peer: Peer): Promise<JsonObject[]> {
  const events: JsonObject[] = [];
  for (;;) {
    const after = Number(events.at(-1)?.seq ?? 0);
    const page = await peer.ok({ t: "history", room: "lobby", after, limit: 200 });
    events.push(...page.events as JsonObject[]);
    if (page.more !== true) return events;
  }
}

async function hits(peer: Peer, text: string): Promise<unknown[]> {
  const seqs: unknown[] = [];
  for (let from: JsonObject = {};;) {
    const answer = await peer.ok({ t: "search", text, limit: 200, ...from });
    seqs.push(...(answer.hits as { event: JsonObject }[]).map(({ event }) => event.seq));
    if (answer.more !== true) return seqs;
    from = { before: answer.cursor };
  }
}

function assertLog(events: readonly JsonObject[], acknowledged: ReadonlyMap<string, unknown>) {
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index + 1));
  const texts = events.flatMap(({ text, seq }) => [[text, seq]]);
  assertEquals(texts, [...acknowledged]);
}

/** Nothing in the log but what users did, refusals included. */
function assertNoCrash(server: RealServer): void {
  assertEquals(server.lines.filter((line) => line.includes("panicked")), []);
  assert(server.pid > 0);
}

Deno.test({
  name:
    "on a full disk saying is refused, reading goes on, and there is service when there is room",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(12 * MiB);
    await using server = await RealServer.start({
      args: [...args, "--data", disk.path],
      permissions: "all",
    });
    const { pid } = server;
    const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
    await alice.ok({ t: "say", room: "lobby", text: "before", cid: "before" });
    await disk.fill();
    const { acknowledged, refused, answer } = await sayUntilRefused(alice, "one");
    assertEquals(answer.code, "disk_full");
    assert(String(answer.message).includes("disk is full"), String(answer.message));
    const all = new Map<string, unknown>([["before", 1], ...acknowledged]);
    for (let count = 0; count < 3; count++) {
      assertEquals(await bob.refused({ t: "say", room: "lobby", text: padding }), "disk_full");
    }
    // Who is new has to be kept, too; who reads has not.
    const stranger = await server.connect();
    assertEquals(await stranger.refused({ t: "hello", v: 1, user: "Eve" }), "disk_full");
    assertLog(await wholeLog(bob), all);
    assertEquals(await hits(bob, "before"), [1]);
    await disk.free();
    const { seq } = await alice.ok({ t: "say", room: "lobby", ...refused });
    assertEquals(seq, all.size + 1);
    all.set(refused.text, seq);
    await stranger.hello("Eve");
    const after = await stranger.ok({ t: "say", room: "lobby", text: "after" });
    all.set("after", after.seq);
    assertLog(await wholeLog(stranger), all);
    await bob.event(({ text }) => text === "after");
    const heard = bob.events.filter(({ t }) => t === "said").map(({ text }) => text);
    assertEquals([...heard, "after"], [...all.keys()]);
    assertEquals(server.pid, pid);
    assertNoCrash(server);
  },
});

Deno.test({
  name: "a disk that fills up under a busy server loses nothing acknowledged, again and again",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(12 * MiB);
    await using server = await RealServer.start({
      args: [...args, "--data", disk.path],
      permissions: "all",
    });
    const alice = await server.join("Alice");
    const all = new Map<string, unknown>();
    for (const word of ["one", "two", "three"]) {
      await disk.fill();
      const { acknowledged, refused, answer } = await sayUntilRefused(alice, word);
      assertEquals(answer.code, "disk_full");
      for (const [text, seq] of acknowledged) all.set(text, seq);
      await disk.free();
      all.set(refused.text, (await alice.ok({ t: "say", room: "lobby", ...refused })).seq);
    }
    assertLog(await wholeLog(alice), all);
    assertNoCrash(server);
    await server.stop("SIGTERM");
    await server.start();
    assertLog(await wholeLog(await server.join("Bob")), all);
  },
});

/** Up to which event the index has the log, read from its file; 0 where nothing is in it yet. */
function indexed(path: string): number {
  using db = new DatabaseSync(path, { readOnly: true });
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").get()) return 0;
  const row = db.prepare("SELECT value FROM meta WHERE key = 'position'").get();
  return Number(row?.value);
}

/** Resolves when the index has the log up to `event`, which nobody is told. */
async function indexedUpTo(event: number, path: string): Promise<void> {
  const until = Date.now() + barrierMs;
  while (indexed(path) < event) {
    assert(Date.now() < until, `The index came only to ${indexed(path)}`);
    await delay(lookMs);
  }
}

Deno.test({
  name: "a full disk under the index stops nobody from saying, and search is right all the time",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(16 * MiB);
    const data = await Deno.makeTempDir({ prefix: "parley-test-" });
    await using _ = { [Symbol.asyncDispose]: () => Deno.remove(data, { recursive: true }) };
    const index = join(disk.path, "search.db");
    await Deno.writeFile(index, new Uint8Array(0));
    await Deno.symlink(index, join(data, "search.db"));
    await using server = await RealServer.start({
      args: [...args, "--data", data],
      permissions: "all",
    });
    const alice = await server.join("Alice");
    const say = async (count: number, text: string) => {
      const says = Array.from(
        { length: count },
        () => alice.ask({ t: "say", room: "lobby", text }),
      );
      assertEquals((await Promise.all(says)).map(({ t }) => t), Array(count).fill("ok"));
    };
    await say(1, "the first needle");
    await say(800, padding);
    await say(1, "两个字 in the middle");
    await indexedUpTo(802, index);
    await disk.fill();
    await say(800, padding);
    await say(1, "the last needle");
    assertEquals(await hits(alice, "needle"), [1603, 1]);
    assertEquals(await hits(alice, "个字"), [802]);
    await alice.ok({ t: "delete", room: "lobby", seq: 1 });
    assertEquals(await hits(alice, "needle"), [1603]);
    assert(indexed(index) < 1603, "The index had room for everything");
    disk.grow(32 * MiB);
    await indexedUpTo(1604, index);
    assertEquals(await hits(alice, "needle"), [1603]);
    assertEquals(await hits(alice, "个字"), [802]);
    assertNoCrash(server);
  },
});
