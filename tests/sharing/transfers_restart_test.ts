import { assertEquals } from "@std/assert";
import { type Fault, openMemory } from "../../lib/backend/memory.ts";
import { type BlobFault, MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { type Peer, TestServer } from "../helpers/peer.ts";

/** What outlives servers. */
function kept(faults: BlobFault[] = []) {
  return { backend: openMemory(), blobs: new MemoryBlobs({ faults }) };
}

async function again(server: TestServer, { token }: Peer): Promise<Peer> {
  const peer = server.connect();
  await peer.ok({ t: "hello", v: 1, token });
  return peer;
}

Deno.test("a transfer goes on after the server's restart where it was stored", async () => {
  const stores = kept();
  const bytes = counted(1000);
  const before = await TestServer.start(stores);
  const alice = await before.join("Alice");
  const { transfer } = await offer(alice, bytes, { cid: "c-1", folder: "a/b", mime: "text/plain" });
  await sendParts(alice, transfer, bytes, { to: 600 });
  await alice.next("stored");
  await before[Symbol.asyncDispose]();
  await using server = await TestServer.start(stores);
  const back = await again(server, alice);
  const { offset, place } = await back.ok({ t: "resume", transfer });
  assertEquals([offset, place], [600, 0]);
  const repeated = await offer(back, bytes, { cid: "c-1", folder: "a/b", mime: "text/plain" });
  assertEquals([repeated.transfer, repeated.offset], [transfer, 600]);
  await sendParts(back, transfer, bytes, { from: 600 });
  const { file } = await back.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  const { folder, mime, file: id } = file as JsonObject;
  assertEquals([folder, mime], ["a/b", "text/plain"]);
  assertEquals((await fetchAll(back, 900, { file: id })).bytes, bytes);
});

Deno.test("quotas count what was there before a restart", async () => {
  const stores = kept();
  const bounds = { guestQuotaBytes: 100 };
  const before = await TestServer.start({ ...stores, bounds });
  const alice = await before.join("Alice");
  const { file } = await share(alice, counted(30));
  const { transfer } = await offer(alice, counted(50));
  await before[Symbol.asyncDispose]();
  await using server = await TestServer.start({ ...stores, bounds });
  const back = await again(server, alice);
  const offered = { t: "offer", room: "lobby", name: "b", size: 21 };
  assertEquals(await back.refused(offered), "quota");
  await back.ok({ t: "cancel", transfer });
  await back.ok({ t: "remove", file });
  await back.ok({ ...offered, size: 100 });
});

Deno.test("a repeated finish is answered the same after a restart", async () => {
  const stores = kept();
  const before = await TestServer.start(stores);
  const alice = await before.join("Alice");
  const { transfer } = await offer(alice, counted(10));
  await sendParts(alice, transfer, counted(10));
  const { re: _one, ...first } = await alice.ok({ t: "finish", transfer });
  await before[Symbol.asyncDispose]();
  await using server = await TestServer.start(stores);
  const back = await again(server, alice);
  const { re: _other, ...second } = await back.ok({ t: "finish", transfer });
  assertEquals(second, first);
  const sha256 = hashOf(counted(11));
  assertEquals(await back.refused({ t: "finish", transfer, sha256 }), "bad_hash");
  assertEquals((await back.ok({ t: "resume", transfer })).file, first.file);
});

for (const call of ["link", "discard"] as const) {
  Deno.test(`a start completes what failed at ${call}, and tells everybody`, async () => {
    const faults: BlobFault[] = [];
    const stores = kept(faults);
    const before = await TestServer.start(stores);
    const alice = await before.join("Alice");
    const { transfer } = await offer(alice, counted(10), { cid: "c-1" });
    await sendParts(alice, transfer, counted(10));
    faults.push({ call, error: new Error("planted") });
    assertEquals(await alice.refused({ t: "finish", transfer }), "internal");
    await before[Symbol.asyncDispose]();
    await using server = await TestServer.start(stores);
    const back = await again(server, alice);
    const { file } = await back.ok({ t: "resume", transfer });
    const { events } = await back.ok({ t: "history", room: "lobby" });
    const shared = (events as JsonObject[]).filter(({ t }) => t === "shared");
    assertEquals(shared.map(({ file }) => (file as JsonObject).file), [(file as JsonObject).file]);
    const { file: id } = file as JsonObject;
    assertEquals((await fetchAll(back, 900, { file: id })).bytes, counted(10));
  });
}

const failures: readonly Fault[] = [
  { is: "failed", code: "disk_full" },
  { is: "failed", code: "internal" },
  { is: "failed", code: "internal", kept: true },
];

for (const fault of failures) {
  const { code, kept } = fault as { code: string; kept?: true };
  Deno.test(`finish after a commit that failed as ${code}${kept ? ", but was kept" : ""}`, async () => {
    const faults: Fault[] = [];
    await using server = await TestServer.start({ backend: openMemory({ faults }) });
    const alice = await server.join("Alice");
    const { transfer } = await offer(alice, counted(10), { cid: "c-1" });
    await sendParts(alice, transfer, counted(10));
    faults.push(fault);
    assertEquals(await alice.refused({ t: "finish", transfer }), code);
    let answer = await alice.ask({ t: "finish", transfer });
    while (answer.code === "unavailable") answer = await alice.ask({ t: "finish", transfer });
    const { file, seq } = answer;
    assertEquals([answer.t, seq], ["ok", 1]);
    const { events } = await alice.ok({ t: "history", room: "lobby" });
    assertEquals((events as JsonObject[]).filter(({ t }) => t === "shared").length, 1);
    assertEquals((await alice.ok({ t: "files" })).files, [file]);
  });
}
