import { assert, assertEquals } from "@std/assert";
import { gzip } from "../../lib/wire/gzip.ts";
import { limits } from "../../lib/limits.ts";
import { turn } from "../helpers/fake_clock.ts";
import type { ScriptedPeer } from "../helpers/scripted_server.ts";
import {
  digestOf,
  MemorySink,
  sharedFile,
  someBytes,
  TransferScene,
} from "../helpers/transfer_scene.ts";

const bytes = someBytes(300_000);
const file = sharedFile(bytes);

/** Answers a fetch and sends what it is for, or the beginning of it. */
async function serve(peer: ScriptedPeer, given: Uint8Array = bytes, upTo = given.length) {
  const { id: re, offset, file: id } = await peer.take("fetch");
  const from = Number(offset);
  await peer.send({ t: "ok", re, file, offset: from, length: given.length - from });
  for (let at = from; at < upTo; at += 65_536) {
    const body = given.subarray(at, Math.min(at + 65_536, upTo));
    await peer.sendBody({ t: "part", re, file: id, offset: at }, body);
  }
  if (upTo === given.length) await peer.send({ t: "fetched", re, file: id, sha256: file.sha256 });
  return { re, from };
}

Deno.test("a download is fetched, checked, and given its name", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const { number } = scene.transfers.download(file, sink);
  await serve(await scene.online());
  const { standing, bytes: there } = await scene.until(number, "done");
  assertEquals([standing, there], [
    { is: "done", file, path: "received_files/it" },
    300_000,
  ]);
  assertEquals(sink.bytes, bytes);
  assert(sink.finished);
});

Deno.test("a download goes on after a lost connection with what is missing", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const { number } = scene.transfers.download(file, sink);
  const peer = await scene.online();
  await serve(peer, bytes, 131_072);
  while (sink.bytes.length < 131_072) await turn();
  peer.cut();
  const { from } = await serve(await scene.nextLine());
  assertEquals(from, 131_072);
  await scene.until(number, "done");
  assertEquals(sink.bytes, bytes);
});

Deno.test("a large file is asked for in pieces, so that little of it is ever on its way", async () => {
  await using scene = new TransferScene();
  const size = limits.fetchBytesUsual + 1000;
  const large = someBytes(size);
  const sink = new MemorySink();
  const { number } = scene.transfers.download(sharedFile(large), sink);
  const peer = await scene.online();
  for (const [offset, length] of [[0, limits.fetchBytesUsual], [limits.fetchBytesUsual, 1000]]) {
    const { id: re, ...asked } = await peer.take("fetch");
    assertEquals(asked.offset, offset);
    assertEquals(asked.length, offset === 0 ? length : undefined);
    await peer.send({ t: "ok", re, file: sharedFile(large), offset, length });
    for (let at = offset; at < offset + length; at += limits.partBytesUsual) {
      const end = Math.min(at + limits.partBytesUsual, offset + length);
      await peer.sendBody({ t: "part", re, file: "f1", offset: at }, large.subarray(at, end));
    }
    await peer.send({ t: "fetched", re, file: "f1", sha256: digestOf(large) });
  }
  await scene.until(number, "done");
  assertEquals(digestOf(sink.bytes), digestOf(large));
});

Deno.test("a server that sends none of what was asked for isn't asked for ever", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.download(file, new MemorySink());
  const peer = await scene.online();
  for (let attempt = 0; attempt < 6; attempt++) {
    const { id: re } = await peer.take("fetch");
    await peer.send({ t: "ok", re, file, offset: 0, length: bytes.length });
    await peer.send({ t: "fetched", re, file: "f1", sha256: file.sha256 });
  }
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed" && standing.error.code === "bad_offset");
});

Deno.test("compressed and base64 parts are understood", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const { number } = scene.transfers.download(file, sink);
  const peer = await scene.online();
  const { id: re } = await peer.take("fetch");
  await peer.send({ t: "ok", re, file, offset: 0, length: bytes.length });
  const packed = await gzip(bytes.subarray(0, 200_000));
  const line = { t: "part", re, file: "f1" };
  await peer.sendBody({ ...line, offset: 0, encoding: "gzip", raw: 200_000 }, packed);
  for (let offset = 200_000; offset < bytes.length; offset += 30_000) {
    const data = bytes.subarray(offset, offset + 30_000).toBase64();
    await peer.send({ ...line, offset, data });
  }
  await peer.send({ t: "fetched", re, file: "f1", sha256: file.sha256 });
  await scene.until(number, "done");
  assertEquals(sink.bytes, bytes);
});

Deno.test("wrong bytes are fetched once more, and never kept", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const { number } = scene.transfers.download(file, sink);
  const peer = await scene.online();
  const altered = bytes.slice();
  altered[77]++;
  await serve(peer, altered);
  await serve(peer, altered);
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed" && standing.error.code === "bad_hash");
  assert(!sink.finished);
  assert(sink.drops >= 2);
});

Deno.test("a fetch that the server ends fails with what it says", async () => {
  await using scene = new TransferScene();
  const { number } = scene.transfers.download(file, new MemorySink());
  const peer = await scene.online();
  const { re } = await serve(peer, bytes, 65_536);
  await peer.send({ t: "refused", re, code: "no_such_file", message: "It was removed" });
  const { standing } = await scene.until(number, "failed");
  assert(standing.is === "failed");
  assertEquals(standing.error.message, "It was removed");
});

Deno.test("an empty file is fetched as well, once: who sent it is to hear of it", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const empty = sharedFile(new Uint8Array());
  const { number } = scene.transfers.download(empty, sink);
  const peer = await scene.online();
  const { id: re, offset } = await peer.take("fetch");
  assertEquals(offset, 0);
  await peer.send({ t: "ok", re, file: empty, offset: 0, length: 0 });
  await peer.send({ t: "fetched", re, file: "f1", sha256: empty.sha256 });
  await scene.until(number, "done");
  assert(sink.finished);
});

Deno.test("what is already there in full is only checked", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  sink.bytes = bytes.slice();
  const { number } = scene.transfers.download(file, sink);
  await scene.online();
  await scene.until(number, "done");
});

Deno.test("a cancelled download is dropped on both sides", async () => {
  await using scene = new TransferScene();
  const sink = new MemorySink();
  const { number } = scene.transfers.download(file, sink);
  const peer = await scene.online();
  const { re } = await serve(peer, bytes, 65_536);
  while (sink.bytes.length < 65_536) await turn();
  const cancelled = scene.transfers.cancel(number);
  assertEquals((await peer.accept("cancel")).fetch, re);
  await cancelled;
  assertEquals([sink.bytes.length, sink.finished], [0, false]);
});

Deno.test("at most four are fetched at once", async () => {
  await using scene = new TransferScene();
  for (let index = 0; index < 6; index++) {
    scene.transfers.download({ ...file, name: `${index}` }, new MemorySink());
  }
  const peer = await scene.online();
  for (let index = 0; index < 4; index++) await peer.take("fetch");
  const early = await Promise.race([peer.next().then(() => "more"), turn().then(() => "none")]);
  assertEquals(early, "none");
});

Deno.test("closing leaves downloads for the next run", async () => {
  const scene = new TransferScene();
  const sink = new MemorySink();
  scene.transfers.download(file, sink);
  const peer = await scene.online();
  await serve(peer, bytes, 65_536);
  while (sink.bytes.length < 65_536) await turn();
  await scene[Symbol.asyncDispose]();
  assertEquals(scene.kept, [{ way: "down", file }]);
  await turn();
  assertEquals([sink.drops, sink.closed], [0, true]);
});
