import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import type { TransferId } from "../../lib/names.ts";
import { gunzip } from "../../lib/wire/gzip.ts";
import { turn } from "../helpers/fake_clock.ts";
import {
  digestOf,
  MemorySource,
  sharedFile,
  someBytes,
  takeParts,
  TransferScene,
} from "../helpers/transfer_scene.ts";

const lobby = { room: "lobby" };
const finished = (bytes: Uint8Array) => ({ file: sharedFile(bytes), seq: 1, at: 1 });

Deno.test("an upload is offered, sent in parts, and finished with its hash", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(700_000);
  const source = new MemorySource("notes.txt", bytes);
  const { number } = scene.transfers.upload(source, lobby);
  const peer = await scene.online();
  const offer = await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  assertEquals([offer.room, offer.name, offer.size], ["lobby", "notes.txt", 700_000]);
  assertEquals(await takeParts(peer, "t1", { upTo: bytes.length }), bytes);
  const finish = await peer.accept("finish", finished(bytes));
  assertEquals(finish.sha256, digestOf(bytes));
  const view = await scene.until(number, "done");
  assertEquals([view.bytes, view.size], [700_000, 700_000]);
  await turn();
  assert(source.closed);
  assertEquals(scene.kept, []);
});

Deno.test("whoever waits for the same server hears that it is there, each time", async () => {
  await using scene = new TransferScene();
  scene.transfers.upload(new MemorySource("notes.txt", someBytes(10)), lobby);
  const peer = await scene.online();
  await peer.take("offer");
  assertEquals(scene.onlines, 1);
  peer.cut();
  const again = await scene.nextLine();
  await again.take("offer");
  assertEquals(scene.onlines, 2);
});

Deno.test("an empty file needs no part", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.upload(new MemorySource("e", new Uint8Array()), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await peer.accept("finish", finished(new Uint8Array()));
  await scene.until(number, "done");
});

Deno.test("an upload keeps less than 4 MiB ahead of what is stored", async () => {
  await using scene = new TransferScene();
  scene.transfers.upload(new MemorySource("big", someBytes(6 * 1024 * 1024)), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  const most = limits.aheadBytesMax - limits.partBytesUsual;
  let ahead = 0;
  while (ahead < most) {
    await peer.take("part");
    ahead += peer.body?.length ?? 0;
  }
  assertEquals(ahead, most);
  await turn();
  const next = peer.take("part");
  const early = await Promise.race([next.then(() => "part"), turn().then(() => "nothing")]);
  assertEquals(early, "nothing");
  await peer.send({ t: "stored", transfer: "t1", offset: limits.partBytesUsual });
  assertEquals((await next).offset, most);
});

Deno.test("a connection that is waited for is dialled at once when the server is known to be there", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a.bin", bytes), lobby);
  const first = await scene.online();
  await first.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  first.cut();
  await turn();
  assertEquals(scene.server.dialled, 1);
  scene.transfers.known();
  const second = await scene.online();
  await second.accept("resume", { transfer: "t1", offset: 10, place: 0 });
  await second.accept("finish", finished(bytes));
  await scene.until(number, "done");
});

Deno.test("an upload waits for its place and tells which it has", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 3 });
  assertEquals((await scene.until(number, "queued")).standing, { is: "queued", place: 3 });
  await peer.send({ t: "queued", transfer: "t1", place: 1 });
  await turn();
  assertEquals(scene.transfers.all[0].standing, { is: "queued", place: 1 });
  await peer.send({ t: "granted", transfer: "t1", offset: 0 });
  await takeParts(peer, "t1", { upTo: 10 });
  await peer.accept("finish", finished(bytes));
  await scene.until(number, "done");
});

Deno.test("a grant right behind the answer isn't missed", async () => {
  await using scene = new TransferScene();
  scene.transfers.upload(new MemorySource("a", someBytes(10)), lobby);
  const peer = await scene.online();
  const { id } = await peer.take("offer");
  const ok = { t: "ok", re: id, transfer: "t1", offset: 0, place: 1 };
  await peer.send(ok, { t: "granted", transfer: "t1", offset: 0 });
  await takeParts(peer, "t1", { upTo: 10 });
});

Deno.test("an upload goes on where the server has it after a lost connection", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(900_000);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await takeParts(peer, "t1", { upTo: limits.partBytesUsual });
  await turn();
  peer.cut();
  const again = await scene.nextLine();
  const resume = await again.accept("resume", { transfer: "t1", offset: 100_000, place: 0 });
  assertEquals(resume.transfer, "t1");
  const rest = await takeParts(again, "t1", { from: 100_000, upTo: bytes.length });
  assertEquals(rest, bytes.subarray(100_000));
  const finish = await again.accept("finish", finished(bytes));
  assertEquals(finish.sha256, digestOf(bytes));
  await scene.until(number, "done");
});

Deno.test("an upload whose finish wasn't answered is found finished", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await takeParts(peer, "t1", { upTo: 10 });
  await peer.take("finish");
  peer.cut();
  const again = await scene.nextLine();
  await again.accept("resume", { file: sharedFile(bytes) });
  await scene.until(number, "done");
});

Deno.test("an upload from an earlier run sends what is missing and hashes all", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(400_000);
  const begun = { cid: "c1", server: "s1" };
  scene.transfers.upload(new MemorySource("a", bytes), lobby, {
    ...begun,
    transfer: "t1" as TransferId,
  });
  const peer = await scene.online();
  await peer.accept("resume", { transfer: "t1", offset: 300_000, place: 0 });
  await takeParts(peer, "t1", { from: 300_000, upTo: 400_000 });
  assertEquals((await peer.accept("finish", finished(bytes))).sha256, digestOf(bytes));
});

Deno.test("an upload is offered anew where another server answers", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  const first = await peer.accept("offer", { transfer: "t1", offset: 0, place: 1 });
  await turn();
  peer.cut();
  await turn();
  const before = scene.server.dialled;
  while (scene.server.dialled === before) await scene.clock.tick(1000);
  const other = { id: "s2", name: "T", version: "0", at: 1, features: [], addresses: [] };
  const again = await scene.online({ server: other });
  const second = await again.accept("offer", { transfer: "t2", offset: 0, place: 0 });
  assert(first.cid !== second.cid);
  await takeParts(again, "t2", { upTo: 10 });
  await again.accept("finish", finished(bytes));
  await scene.until(number, "done");
});

Deno.test("an upload whose bytes came wrong is begun anew once, and then fails", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  for (const transfer of ["t1", "t2"]) {
    await peer.accept("offer", { transfer, offset: 0, place: 0 });
    await takeParts(peer, transfer, { upTo: 10 });
    await peer.refuse(await peer.take("finish"), "bad_hash");
  }
  await peer.accept("cancel");
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed" && standing.error.code === "bad_hash");
});

Deno.test("a refused part stops an upload with what the server says", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.upload(new MemorySource("a", someBytes(10)), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await peer.take("part");
  await peer.send({ t: "refused", code: "disk_full", message: "No room", transfer: "t1" });
  await peer.refuse(await peer.take("finish"), "bad_offset");
  await peer.accept("cancel");
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed" && standing.error.code === "disk_full");
});

Deno.test("a transfer that another connection took is left to it", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.upload(new MemorySource("a", someBytes(10)), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await peer.take("part");
  await peer.send({ t: "refused", code: "moved", message: "Moved", transfer: "t1" });
  await peer.refuse(await peer.take("finish"), "moved");
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed" && standing.error.code === "moved");
});

Deno.test("a place that was given up is asked for again", async () => {
  await using scene = new TransferScene();
  const bytes = someBytes(10);
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  await peer.take("part");
  await peer.send({ t: "refused", code: "not_granted", message: "No", transfer: "t1" });
  await peer.refuse(await peer.take("finish"), "bad_offset");
  await peer.accept("resume", { transfer: "t1", offset: 0, place: 0 });
  await takeParts(peer, "t1", { upTo: 10 });
  await peer.accept("finish", finished(bytes));
  await scene.until(number, "done");
});

Deno.test("a cancelled upload is cancelled on the server", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.upload(new MemorySource("a", someBytes(10)), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 2 });
  await scene.until(number, "queued");
  const cancelled = scene.transfers.cancel(number);
  assertEquals((await peer.accept("cancel")).transfer, "t1");
  assertEquals(await cancelled, true);
  assertEquals(scene.kept, []);
  assertEquals(await scene.transfers.cancel(number), false);
});

Deno.test("what nobody goes on with is taken back on the server that has it", async () => {
  await using scene = new TransferScene();
  const transfer = "t1" as TransferId;
  const withdrawn = scene.transfers.withdraw({ transfer, server: "s1" });
  const peer = await scene.online();
  assertEquals((await peer.accept("cancel", {})).transfer, "t1");
  await withdrawn;
  await scene.transfers.withdraw({ transfer, server: "s2" });
  scene.transfers.upload(new MemorySource("notes.txt", someBytes(10)), lobby);
  assertEquals((await peer.take("offer")).name, "notes.txt");
});

Deno.test("a file that changes while it is sent isn't finished", async () => {
  await using scene = new TransferScene();
  const source = new MemorySource("a", someBytes(10));
  const { number } = scene.transfers.upload(source, lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  source.same = false;
  await peer.take("part");
  await peer.accept("cancel");
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed");
  assertEquals(standing.error.message, '"a" was changed while it was sent: send it again');
});

Deno.test("parts are compressed where the file shrinks and the line is slow", async () => {
  await using scene = new TransferScene();
  const bytes = new TextEncoder().encode("the same again ".repeat(200_000));
  const { number } = scene.transfers.upload(new MemorySource("a", bytes), lobby);
  const peer = await scene.online();
  await peer.accept("offer", { transfer: "t1", offset: 0, place: 0 });
  let packed = 0;
  for (let at = 0; at < bytes.length;) {
    const part = await peer.take("part");
    assert(peer.body);
    const length = Number(part.raw ?? peer.body.length);
    const raw = part.encoding === "gzip" ? await gunzip(peer.body, length) : peer.body;
    assertEquals(raw, bytes.subarray(at, at + length));
    if (part.encoding === "gzip") packed++;
    at += length;
    await scene.clock.tick(1000);
    await peer.send({ t: "stored", transfer: "t1", offset: at });
    await turn();
  }
  assertEquals((await peer.accept("finish", finished(bytes))).sha256, digestOf(bytes));
  await scene.until(number, "done");
  assert(packed > 0);
});

Deno.test("the connection is closed when nothing needs it, and opened again", async () => {
  await using scene = new TransferScene();
  for (const name of ["a", "b"]) {
    const { number } = scene.transfers.upload(new MemorySource(name, new Uint8Array()), lobby);
    const peer = await scene.online();
    await peer.accept("offer", { transfer: name, offset: 0, place: 0 });
    await peer.accept("finish", finished(new Uint8Array()));
    await scene.until(number, "done");
    await scene.clock.tick(20_000);
    await peer.accept("quit");
    assertEquals(await peer.next(), undefined);
  }
  assertEquals(scene.server.dialled, 2);
});
