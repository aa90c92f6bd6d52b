import { assert, assertEquals } from "@std/assert";
import { type BlobFault, MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import type { FilePath } from "../../lib/file_store.ts";
import { Journal } from "../../lib/log.ts";
import { Chance } from "../helpers/chance.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { bytesOf, counted, fetchAll, share } from "../helpers/file_peer.ts";
import { HandPeer } from "../helpers/hand_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

const path = { conversation: "lobby", name: "a.txt" } as FilePath;

/** A file of Alice's in the lobby. */
async function shared(
  server: TestServer,
  bytes: Uint8Array,
): Promise<{ alice: Peer; file: string }> {
  const alice = await server.join("Alice");
  return { alice, file: String((await share(alice, bytes)).file) };
}

Deno.test("fetch gives a piece of a file", async () => {
  await using server = await TestServer.start();
  const bytes = counted(600_000);
  const { alice, file } = await shared(server, bytes);
  const pieces: [JsonObject, number, number][] = [
    [{}, 0, 600_000],
    [{ offset: 500_000 }, 500_000, 600_000],
    [{ offset: 1, length: 2 }, 1, 3],
    [{ length: 300_000 }, 0, 300_000],
    [{ offset: 599_999, length: 1e15 }, 599_999, 600_000],
    [{ offset: 600_000 }, 600_000, 600_000],
    [{ length: 0 }, 0, 0],
  ];
  for (const [index, [piece, from, to]] of pieces.entries()) {
    const fetched = await fetchAll(alice, 900 + index, { file, ...piece });
    assertEquals([fetched.answer.offset, fetched.answer.length], [from, to - from]);
    assertEquals(fetched.bytes, bytes.slice(from, to), JSON.stringify(piece));
    assertEquals(fetched.end.t, "fetched");
  }
  const { code, offset } = await alice.ask({ t: "fetch", file, offset: 600_001 });
  assertEquals([code, offset], ["bad_offset", 600_000]);
});

Deno.test("the log names the file of each action, and tells of many pieces of it once", async () => {
  const lines: string[] = [];
  const clock = { now: () => 0, soon: (run: () => void) => run() };
  const write = (line: string) => void lines.push(line);
  const journal = new Journal({ write, clock, format: "json" });
  await using server = await TestServer.start({ journal });
  const { alice, file } = await shared(server, counted(1000));
  const bob = await server.join("Bob");
  for (const peer of [alice, bob]) {
    for (const offset of [0, 300, 600, 0]) await fetchAll(peer, 900, { file, offset, length: 300 });
  }
  await bob.refused({ t: "remove", file });
  await alice.ok({ t: "remove", file });
  const told = lines.map((line): JsonObject => JSON.parse(line))
    // Not that other nodes have come.
    .filter(({ command }) => command !== undefined && command !== "hello")
    .map(({ user, command, file, name, refused }) => [user, command, file, name, refused]);
  assertEquals(told, [
    ["Alice", "offer", undefined, "a.txt", undefined],
    ["Alice", "finish", file, "a.txt", undefined],
    ["Alice", "fetch", file, "a.txt", undefined],
    ["Bob", "fetch", file, "a.txt", undefined],
    ["Bob", "remove", file, undefined, "not_allowed"],
    ["Alice", "remove", file, undefined, undefined],
  ]);
});

Deno.test("fetch needs an id that no other fetch has, and a file that is there", async () => {
  await using server = await TestServer.start();
  const { alice, file } = await shared(server, counted(10));
  await alice.raw(`${JSON.stringify({ t: "fetch", file })}\n`);
  assertEquals((await alice.next("refused")).code, "bad_message");
  assertEquals(await alice.refused({ t: "fetch", file: "none" }), "no_such_file");
  assertEquals(await alice.refused({ t: "fetch", file, offset: -1 }), "bad_message");
});

Deno.test("four fetches go on at once, a fifth is told to wait", async () => {
  await using server = await TestServer.start();
  const bytes = counted(3_000_000);
  const { file } = await shared(server, bytes);
  const peer = new HandPeer(server);
  await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, id: 0 });
  await peer.take(({ t }) => t === "ok");
  const ids = [1, 2, 3, 4, 5];
  await peer.send(...ids.map((id) => ({ t: "fetch", file, id })), { t: "fetch", file, id: 1 });
  const refused = await peer.take(({ t }) => t === "refused");
  assertEquals([refused?.re, refused?.code], [5, "slow_down"]);
  const twice = await peer.take(({ t }) => t === "refused");
  assertEquals([twice?.re, twice?.code], [1, "bad_message"]);
  const seen = new Map<unknown, number>();
  while (ids.slice(0, 4).some((id) => (seen.get(id) ?? 0) < 3)) {
    const part = await peer.take(({ t }) => t === "part");
    seen.set(part?.re, (seen.get(part?.re) ?? 0) + 1);
  }
  assert(Math.max(...seen.values()) <= 5, "They take turns");
  peer.close();
  await peer.served;
});

Deno.test("no part is put behind another one that isn't taken", async () => {
  await using server = await TestServer.start();
  const { file } = await shared(server, counted(3_000_000));
  const peer = new HandPeer(server, 1000);
  await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, id: 0 });
  await peer.take(({ t }) => t === "ok");
  await peer.send({ t: "fetch", file, id: 1 });
  await peer.take(({ t, re }) => t === "ok" && re === 1);
  await peer.send({ t: "ping", id: 2 });
  let parts = 0;
  await peer.take(({ t, re }) => {
    if (t === "part") parts++;
    return re === 2;
  });
  assert(parts <= 2, `${parts} parts came before what was asked meanwhile`);
  peer.close();
  await peer.served;
});

Deno.test("cancel stops a fetch: nothing of it comes behind the answer", async () => {
  await using server = await TestServer.start();
  const { file } = await shared(server, counted(3_000_000));
  const peer = new HandPeer(server, 1000);
  await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, id: 0 });
  await peer.send({ t: "fetch", file, id: "f" });
  await peer.take(({ t }) => t === "part");
  await peer.send({ t: "cancel", fetch: "f", id: 2 }, { t: "cancel", fetch: "none", id: 3 });
  await peer.take(({ re }) => re === 3);
  await peer.send({ t: "quit" });
  assertEquals((await peer.rest()).map(({ t }) => t), ["ok"]);
  await peer.served;
});

Deno.test("who cancels and fetches again without taking anything is told to wait", async () => {
  await using server = await TestServer.start();
  const { file } = await shared(server, counted(3_000_000));
  const peer = new HandPeer(server, 1000);
  await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, id: 0 });
  await peer.take(({ re }) => re === 0);
  for (let id = 1; id <= 20; id++) {
    await peer.send({ t: "fetch", file, id }, { t: "cancel", fetch: id });
  }
  await peer.send({ t: "quit" });
  const codes = (await peer.rest()).flatMap(({ code }) => code ?? []);
  assert(codes.length >= 10 && codes.every((code) => code === "slow_down"), codes.join());
  await peer.served;
});

Deno.test("who asks for base64 gets no raw bytes", async () => {
  await using server = await TestServer.start();
  const bytes = counted(100_001);
  const { file } = await shared(server, bytes);
  const peer = server.connect();
  await peer.hello("Bob", { features: ["gzip", "base64", "other"] });
  const fetched = await fetchAll(peer, 900, { file });
  assertEquals(fetched.bytes, bytes);
  assert(fetched.parts.every(({ data, bytes }) => typeof data === "string" && bytes === undefined));
  assertEquals(fetched.parts.length, Math.ceil(bytes.length / limits.dataBytesMax));
});

Deno.test("a file that is removed or altered on disk is refused, and never wrong", async () => {
  const alterations: [string, (blobs: MemoryBlobs) => void][] = [
    ["removed", (blobs) => blobs.take(path)],
    ["shortened", (blobs) => blobs.put(path, counted(5))],
    ["replaced by a longer one", (blobs) => blobs.put(path, counted(3_000_001))],
  ];
  for (const [what, alter] of alterations) {
    const blobs = new MemoryBlobs();
    await using server = await TestServer.start({ blobs });
    const { alice, file } = await shared(server, counted(3_000_000));
    const peer = new HandPeer(server, 1000);
    await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, id: 0 });
    await peer.send({ t: "fetch", file, id: 1 });
    await peer.take(({ t }) => t === "part");
    alter(blobs);
    const end = await peer.take(({ t }) => t === "refused" || t === "fetched");
    assertEquals([end?.t, end?.re, end?.code], ["refused", 1, "no_such_file"], what);
    assertEquals(await alice.refused({ t: "fetch", file }), "no_such_file", what);
    await alice.ok({ t: "say", room: "lobby", text: "still here" });
    peer.close();
    await peer.served;
  }
});

Deno.test("a disk that can't be read ends the fetch only", async () => {
  const faults: BlobFault[] = [];
  await using server = await TestServer.start({ blobs: new MemoryBlobs({ faults }) });
  const { alice, file } = await shared(server, counted(10));
  faults.push({ call: "read", error: new Error("planted") });
  const { end } = await fetchAll(alice, 900, { file });
  assertEquals([end.t, end.code], ["refused", "internal"]);
  faults.push({ call: "open", error: new Error("planted") });
  assertEquals(await alice.refused({ t: "fetch", file }), "internal");
  assertEquals((await fetchAll(alice, 901, { file })).bytes, counted(10));
});

/** How the parts of a file come over a link on which each takes so long. */
async function encodings(
  bytes: Uint8Array,
  { partMs, features }: { readonly partMs: number; readonly features: readonly string[] },
): Promise<unknown[]> {
  const clock = new FakeClock();
  await using server = await TestServer.start({ clock });
  const { file } = await shared(server, bytes);
  const peer = new HandPeer(server);
  await peer.send({ t: "hello", v: 1, user: "Bob", quiet: true, features, id: 0 });
  await peer.send({ t: "fetch", file, id: 1 });
  const found: unknown[] = [];
  for (;;) {
    const next = await peer.take(({ t, re }) => re === 1 && t !== "ok");
    if (next?.t !== "part") break;
    found.push(next.encoding);
    await clock.tick(partMs);
  }
  peer.close();
  await peer.served;
  return found;
}

Deno.test("parts are compressed where the link is slow, the peer has it, and they shrink", async () => {
  const text = new Uint8Array(3_000_000).map((_, index) => index >> 12);
  const noise = bytesOf(3_000_000, new Chance(7));
  const features = ["gzip"];
  const slow = await encodings(text, { partMs: 200, features });
  assertEquals([slow[0], slow.at(-1)], [undefined, "gzip"]);
  const all = [
    await encodings(text, { partMs: 0, features }),
    await encodings(text, { partMs: 200, features: [] }),
    await encodings(noise, { partMs: 200, features }),
  ];
  assertEquals([...new Set(all.flat())], [undefined]);
});
