/** What the system is asked for between a message and its answer. */

import { assertEquals, assertGreater } from "@std/assert";
import { join } from "@std/path";
import { isMissing } from "./helpers/needs.ts";
import type { Peer } from "./helpers/peer.ts";
import { RealServer } from "./helpers/real_server.ts";
import { readTrace, type Syscall, type Traced, unsynced } from "./helpers/syscalls.ts";

const wal = "42</data/parley.db-wal>";
const traced: Traced = { text: "mark 1", answer: '"re":901' };

/** A trace as it should be, by the names of its lines. */
const lines = {
  read: String.raw`7 recvfrom(5<socket:[1]>, "{\"t\":\"say\",\"text\":\"mark 1\"}\n", 1024) = 29`,
  write: String.raw`9 pwrite64(${wal}, "\r\0\0\1mark 1", 4096, 0) = 4096`,
  syncBegun: String.raw`9 fdatasync(${wal} <unfinished ...>`,
  other: String.raw`8 write(1<pipe:[2]>, "a line\n", 7) = 7`,
  synced: String.raw`9 <... fdatasync resumed>) = 0`,
  told: String.raw`7 sendto(6<socket:[3]>, "{\"t\":\"said\",\"text\":\"mark 1\"}\n", 30) = 30`,
  ok: String.raw`7 sendto(5<socket:[1]>, "{\"t\":\"ok\",\"re\":901}\n", 20) = 20`,
} as const;
type Line = keyof typeof lines;
const asItShouldBe = Object.keys(lines) as Line[];

function judge(order: readonly Line[], change: Partial<Record<Line, string>> = {}) {
  const trace = order.map((name) => change[name] ?? lines[name]).join("\n");
  return unsynced(readTrace(trace), traced);
}

function without(...names: readonly Line[]): readonly Line[] {
  return asItShouldBe.filter((name) => !names.includes(name));
}

Deno.test("unsynced() says nothing where the sync ends between the message and its answer", () => {
  assertEquals(judge(asItShouldBe), undefined);
});

Deno.test("unsynced() notices that there is no sync", () => {
  assertEquals(judge(without("syncBegun", "synced")), 'The log with "mark 1" was never synced');
});

Deno.test("unsynced() notices a sync from before the message was written", () => {
  const order = ["read", "syncBegun", "write", "synced", "told", "ok"] as const;
  assertEquals(judge(order), 'The log with "mark 1" was never synced');
});

Deno.test("unsynced() notices a sync that ends after the answer", () => {
  const order = ["read", "write", "syncBegun", "ok", "synced", "told"] as const;
  assertEquals(judge(order), '"mark 1" was answered before its log was synced');
});

Deno.test("unsynced() notices a sync that ends after others were told", () => {
  const order = ["read", "write", "syncBegun", "told", "synced", "ok"] as const;
  assertEquals(judge(order), '"mark 1" was told before its log was synced');
});

Deno.test("unsynced() notices a sync that never ends", () => {
  assertEquals(judge(without("synced")), 'The log with "mark 1" was never synced');
});

Deno.test("unsynced() notices a sync that failed", () => {
  const failed = { synced: "9 <... fdatasync resumed>) = -1 EIO (Input/output error)" };
  assertEquals(judge(asItShouldBe, failed), 'The log with "mark 1" was never synced');
});

Deno.test("unsynced() notices a sync of another file", () => {
  const other = { syncBegun: lines.syncBegun.replace("parley.db-wal", "search.db-wal") };
  assertEquals(judge(asItShouldBe, other), 'The log with "mark 1" was never synced');
});

Deno.test("unsynced() notices that a message was read, written or answered nowhere", () => {
  assertEquals(judge(without("read")), '"mark 1" was never read from a socket');
  assertEquals(
    judge(without("write")),
    '"mark 1" was never written to the write-ahead log after it was read',
  );
  assertEquals(judge(without("ok")), '"mark 1" was never answered');
  assertEquals(judge(without("told")), '"mark 1" was never told to anybody');
});

const calls = "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg," +
  "pwrite64,pwritev,fsync,fdatasync";

/** Says `count` messages at once, as one of several peers; what was said. */
async function sayAll(peer: Peer, from: number, count: number): Promise<Traced[]> {
  const all = Array.from({ length: count }, (_, index) => from + index);
  const lines = all.map((id) =>
    JSON.stringify({ t: "say", id, room: "lobby", text: `mark ${id}.` }) + "\n"
  );
  await peer.raw(lines.join(""));
  await Promise.all(all.map((id) => peer.event(({ t, re }) => t === "ok" && re === id)));
  return all.map((id) => ({ text: `mark ${id}.`, answer: `"re":${id},` }));
}

/** What a server did while some talked, alone and all at once. */
async function traceTalk(): Promise<{ calls: readonly Syscall[]; said: readonly Traced[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "trace");
    const under = ["strace", "-D", "-f", "-y", "-s", "8192", "-o", path, "-e", `trace=${calls}`];
    await using server = await RealServer.start({
      under,
      alone: "what one process asks of the system",
    });
    const peers = await Promise.all(["Ann", "Bob", "Cem"].map((name) => server.join(name)));
    const alone = await sayAll(peers[0], 901, 1);
    const together = peers.map((peer, index) => sayAll(peer, 1000 * (index + 1), 10));
    const said = [...alone, ...(await Promise.all(together)).flat()];
    for (const peer of peers) peer.close();
    await server.stop("SIGTERM");
    return { calls: readTrace(await Deno.readTextFile(path)), said };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "the disk is synced between reading a message and answering or telling it",
  ignore: isMissing("strace"),
  async fn() {
    const { calls, said } = await traceTalk();
    assertEquals(said.map((one) => unsynced(calls, one)), said.map(() => undefined));
    const syncs = calls.filter(({ name, path }) => name.endsWith("sync") && path.endsWith("-wal"));
    console.log(`${said.length} messages, ${syncs.length} syncs of write-ahead logs`);
    assertGreater(syncs.length, 1);
    // The control: the same trace without its syncs.
    const none = calls.filter((call) => !syncs.includes(call));
    assertEquals(
      said.map((one) => unsynced(none, one)),
      said.map(({ text }) => `The log with "${text}" was never synced`),
    );
  },
});
