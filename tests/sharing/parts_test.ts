import { assert, assertEquals } from "@std/assert";
import { type BlobFault, MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { openMemory } from "../../lib/backend/memory.ts";
import { pause } from "../../lib/clock.ts";
import { ChatError } from "../../lib/errors.ts";
import { gzip } from "../../lib/wire/gzip.ts";
import { limits } from "../../lib/limits.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

/** A new transfer of Alice's. */
async function begun(
  bytes: Uint8Array,
  server: TestServer,
): Promise<{ alice: Peer; transfer: string }> {
  const alice = await server.join("Alice");
  const { transfer } = await offer(alice, bytes);
  return { alice, transfer: String(transfer) };
}

/** Everything that was refused once the server has answered what was sent. */
async function refusals(peer: Peer): Promise<unknown[]> {
  const refused = await peer.seen("refused");
  peer.events.length = 0;
  return refused.map(({ code, transfer, offset }) =>
    offset === undefined ? [code, transfer] : [code, transfer, offset]
  );
}

Deno.test("a part at the wrong offset is refused once, and the rest dropped until resume", async () => {
  await using server = await TestServer.start();
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  await sendParts(alice, transfer, bytes, { to: 100, size: 100 });
  await alice.part(transfer, 200, bytes.subarray(200, 300));
  await sendParts(alice, transfer, bytes, { from: 300, size: 100 });
  await sendParts(alice, transfer, bytes, { from: 100, size: 100 });
  assertEquals(await refusals(alice), [["bad_offset", transfer, 100]]);
  assertEquals(await alice.refused({ t: "finish", transfer }), "bad_offset");
  const { re: _re, t: _t, ...stands } = await alice.ok({ t: "resume", transfer });
  assertEquals(stands, { transfer, name: "a.txt", size: 1000, offset: 100, place: 0 });
  await sendParts(alice, transfer, bytes, { from: 100, size: 100 });
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("a transfer is gone on with by what is sent at once, without waiting for answers", async () => {
  let shift = 0;
  const clock = { ...systemClock(), now: () => Date.now() + shift };
  const backend = openMemory();
  const { library } = backend;
  const keep = library.keep.bind(library);
  await using server = await TestServer.start({ backend, clock });
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  // Going on is kept after a while, which takes a commit: other commands get there meanwhile.
  shift = 120_000;
  library.keep = async (record) => {
    await pause(clock, 20);
    await keep(record);
  };
  const device = server.connect();
  await device.ok({ t: "hello", v: 1, token: alice.token });
  const resumed = device.ok({ t: "resume", transfer });
  const part = { t: "part", transfer, offset: 0, data: bytes.toBase64() };
  await device.raw(`${JSON.stringify(part)}\n`);
  await device.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals((await resumed).offset, 0);
});

Deno.test("a part beyond the size that was offered is refused", async () => {
  await using server = await TestServer.start();
  const { alice, transfer } = await begun(counted(10), server);
  await alice.part(transfer, 0, counted(11));
  assertEquals(await refusals(alice), [["file_size", transfer]]);
});

Deno.test("parts go on over the connection that resumed last, and are moved for the others", async () => {
  await using server = await TestServer.start();
  const bytes = counted(300);
  const { alice, transfer } = await begun(bytes, server);
  await sendParts(alice, transfer, bytes, { to: 100 });
  const device = server.connect();
  await device.ok({ t: "hello", v: 1, token: alice.token, quiet: true });
  const { offset } = await device.ok({ t: "resume", transfer });
  assertEquals(offset, 100);
  await sendParts(alice, transfer, bytes, { from: 100, to: 200, size: 50 });
  assertEquals(await refusals(alice), [["moved", transfer]]);
  await sendParts(device, transfer, bytes, { from: 100 });
  await device.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  // Quiet, it has heard of its own transfer only.
  assertEquals([...new Set(device.events.map(({ t }) => t))], ["stored"]);
});

Deno.test("a transfer of somebody else isn't there", async () => {
  await using server = await TestServer.start();
  const { transfer } = await begun(counted(10), server);
  const bob = await server.join("Bob");
  for (const t of ["resume", "finish", "cancel"]) {
    assertEquals(await bob.refused({ t, transfer }), "no_such_transfer", t);
  }
  for (let times = 0; times < 3; times++) await bob.part(transfer, 0, counted(10));
  assertEquals(await refusals(bob), [["no_such_transfer", transfer]]);
});

Deno.test("a part without its bytes, or with both kinds, is a bad message", async () => {
  await using server = await TestServer.start();
  const { alice, transfer } = await begun(counted(10), server);
  const part = { t: "part", transfer, offset: 0 };
  const lines = [
    part,
    { ...part, data: "####" },
    { ...part, data: "" },
    { ...part, data: "AAAA", encoding: "gzip" },
    { ...part, data: "AAAA", encoding: "br" },
    { t: "part", transfer, data: "AAAA" },
  ];
  for (const line of lines) {
    await alice.raw(`${JSON.stringify(line)}\n`);
    assertEquals(await refusals(alice), [["bad_message", transfer]], JSON.stringify(line));
  }
  await alice.part(transfer, 0, counted(3), { data: "AAAA" });
  assertEquals(await refusals(alice), [["bad_message", transfer]]);
});

Deno.test("parts in base64 are taken", async () => {
  await using server = await TestServer.start();
  const bytes = counted(100_000);
  const { alice, transfer } = await begun(bytes, server);
  for (let offset = 0; offset < bytes.length; offset += limits.dataBytesMax) {
    const data = bytes.slice(offset, offset + limits.dataBytesMax).toBase64();
    await alice.raw(`${JSON.stringify({ t: "part", transfer, offset, data })}\n`);
  }
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("parts in gzip are taken, and one that isn't what it says is refused", async () => {
  await using server = await TestServer.start();
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  const packed = await gzip(bytes);
  const bomb = await gzip(new Uint8Array(100_000_000));
  assert(bomb.length < limits.bodyBytesMax);
  const wrong: [Uint8Array, number][] = [[packed, 999], [bytes, 1000], [bomb, 1000]];
  for (const [body, raw] of wrong) {
    await alice.part(transfer, 0, body, { encoding: "gzip", raw });
    await alice.event(({ t, code }) => t === "refused" && code === "bad_message");
    assertEquals((await alice.ok({ t: "resume", transfer })).offset, 0);
  }
  await alice.part(transfer, 0, packed, { encoding: "gzip", raw: bytes.length });
  const { file } = await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals((await fetchAll(alice, 900, file as { file: string })).bytes, bytes);
});

Deno.test("bytes that aren't those that were meant end the transfer", async () => {
  await using server = await TestServer.start({ bounds: { guestQuotaBytes: 10 } });
  const { alice, transfer } = await begun(counted(10), server);
  await sendParts(alice, transfer, counted(10));
  const sha256 = hashOf(counted(11));
  assertEquals(await alice.refused({ t: "finish", transfer, sha256 }), "bad_hash");
  assertEquals(await alice.refused({ t: "resume", transfer }), "no_such_transfer");
  await share(alice, counted(10));
});

Deno.test("a disk that is full is told, and what was stored stays", async () => {
  const faults: BlobFault[] = [];
  await using server = await TestServer.start({ blobs: new MemoryBlobs({ faults }) });
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  await sendParts(alice, transfer, bytes, { to: 400 });
  await alice.next("stored");
  faults.push({ call: "append", error: new ChatError("disk_full", "The disk is full") });
  await sendParts(alice, transfer, bytes, { from: 400, size: 100 });
  await alice.next("refused").then(({ code, transfer: about }) => {
    assertEquals([code, about], ["disk_full", transfer]);
  });
  assertEquals(await refusals(alice), []);
  const { offset } = await alice.ok({ t: "resume", transfer });
  assertEquals(offset, 400);
  await sendParts(alice, transfer, bytes, { from: 400 });
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("room that others took while it came is told as a full disk", async () => {
  const blobs = new MemoryBlobs({ room: 2000 });
  await using server = await TestServer.start({ blobs, bounds: { diskFreeBytes: 100 } });
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  blobs.put({ conversation: "lobby", name: "big" } as never, new Uint8Array(1950));
  await sendParts(alice, transfer, bytes, { to: 500 });
  assertEquals((await alice.next("refused")).code, "disk_full");
});

Deno.test("what fails inside is told as internal, and no byte of it is lost or doubled", async () => {
  const faults: BlobFault[] = [];
  await using server = await TestServer.start({ blobs: new MemoryBlobs({ faults }) });
  const bytes = counted(1000);
  const { alice, transfer } = await begun(bytes, server);
  for (const call of ["receive", "append"] as const) {
    faults.push({ call, error: new Error("planted") });
    await sendParts(alice, transfer, bytes, { size: 100 });
    assertEquals((await alice.next("refused")).code, "internal");
    assertEquals((await alice.ok({ t: "resume", transfer })).offset, 0);
  }
  await sendParts(alice, transfer, bytes);
  for (const call of ["seal", "link", "discard"] as const) {
    faults.push({ call, error: new Error("planted") });
    assertEquals(await alice.refused({ t: "finish", transfer }), "internal", call);
  }
  const { file } = await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals((await fetchAll(alice, 900, file as { file: string })).bytes, bytes);
  assertEquals((await alice.ok({ t: "files" })).files, [file]);
});

Deno.test("where the disk has other bytes than were stored, none are put behind them", async () => {
  const blobs = new MemoryBlobs();
  const receive = blobs.receive.bind(blobs);
  const appended: number[] = [];
  blobs.receive = async (transfer) => {
    const incoming = await receive(transfer);
    // As after a failed write that couldn't be cut.
    return {
      ...incoming,
      offset: incoming.offset + 5,
      append: (bytes) => Promise.resolve(void appended.push(bytes.length)),
    };
  };
  await using server = await TestServer.start({ blobs });
  const bytes = counted(10);
  const { alice, transfer } = await begun(bytes, server);
  await alice.part(transfer, 0, bytes);
  assertEquals(await refusals(alice), [["internal", transfer]]);
  assertEquals(appended, []);
  assertEquals(await alice.refused({ t: "finish", transfer }), "bad_offset");
});

Deno.test("cancel ends a transfer for good", async () => {
  await using server = await TestServer.start();
  const { alice, transfer } = await begun(counted(10), server);
  await sendParts(alice, transfer, counted(10), { to: 5 });
  await alice.ok({ t: "cancel", transfer });
  assertEquals(await alice.refused({ t: "resume", transfer }), "no_such_transfer");
  await alice.part(transfer, 5, counted(5));
  assertEquals(await refusals(alice), [["no_such_transfer", transfer]]);
  assertEquals(await alice.refused({ t: "cancel" }), "bad_message");
  assertEquals(await alice.refused({ t: "cancel", transfer, fetch: 1 }), "bad_message");
  const { transfer: other } = await offer(alice, counted(0));
  await alice.ok({ t: "finish", transfer: other });
  assertEquals(await alice.refused({ t: "cancel", transfer: other }), "no_such_transfer");
  const { file } = await alice.ok({ t: "resume", transfer: other });
  assertEquals((file as { name: string }).name, "a.txt");
});
