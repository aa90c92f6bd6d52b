/** Files in NATS: writers who were cut off, servers that are lost, and what is left behind. */

import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { openNatsFiles } from "../../lib/backend/nats.ts";
import type { NatsBlobs } from "../../lib/backend/nats/blobs.ts";
import { fileLayoutOf } from "../../lib/backend/nats/file_layout.ts";
import { pieceBytes } from "../../lib/backend/nats/pieces.ts";
import { ChatError } from "../../lib/errors.ts";
import type { Blobs, FilePath } from "../../lib/file_store.ts";
import { lobby, type TransferId } from "../../lib/names.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { Chance } from "../helpers/chance.ts";
import { counted, hashOf } from "../helpers/file_peer.ts";
import { folderBytes } from "../helpers/folder_bytes.ts";
import { NatsServer } from "../helpers/nats.ts";
import { level, startNats } from "../helpers/nats_cluster.ts";
import { isMissing } from "../helpers/needs.ts";

const clock = systemClock();
const MiB = 1024 * 1024;
const transfer = "t-1" as TransferId;
const path: FilePath = { conversation: lobby, name: "a.bin" };

/** One NATS, and nodes that keep files in it. */
class Scene implements AsyncDisposable {
  readonly nats: NatsServer;
  readonly #stack: AsyncDisposableStack;

  private constructor(nats: NatsServer, stack: AsyncDisposableStack) {
    this.nats = nats;
    this.#stack = stack;
  }

  static async start(): Promise<Scene> {
    const stack = new AsyncDisposableStack();
    return new Scene(stack.use(await NatsServer.start()), stack);
  }

  async open(room = 64 * MiB): Promise<NatsBlobs> {
    return this.#stack.use(await openNatsFiles({ servers: [this.nats.url], clock, room }));
  }

  /** How many messages are in each of the streams. */
  async left(): Promise<{ readonly notes: number; readonly pieces: number }> {
    const connection = await connect({ servers: `127.0.0.1:${this.nats.port}` });
    try {
      const { streams } = await jetstreamManager(connection, { checkAPI: false });
      const { notes, bytes } = fileLayoutOf("parley");
      const [known, pieces] = [await streams.info(notes.stream), await streams.info(bytes.stream)];
      return { notes: known.state.messages, pieces: pieces.state.messages };
    } finally {
      await connection.close();
    }
  }

  /** Bytes that are in the files of NATS. */
  get diskBytes(): number {
    return folderBytes(this.nats.folder);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function natsTest(name: string, fn: (scene: Scene) => Promise<void>): void {
  Deno.test({
    name: `files in nats: ${name}`,
    ignore: isMissing("nats-server"),
    fn: async () => {
      await using scene = await Scene.start();
      await fn(scene);
    },
  });
}

/** A file's bytes as they are read in one go, some at a time. */
async function bytesAt(blobs: Blobs, most = 100_000): Promise<Uint8Array> {
  await using file = await blobs.open(path);
  assert(file);
  const bytes = new Uint8Array(file.size);
  for (let at = 0; at < bytes.length;) {
    const count = await file.read(bytes.subarray(at, at + most), at);
    assert(count > 0);
    at += count;
  }
  return bytes;
}

/** Shares a file. */
async function put(blobs: Blobs, bytes: Uint8Array, name = path.name): Promise<void> {
  {
    await using incoming = await blobs.receive(transfer);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      await incoming.append(bytes.subarray(at, at + pieceBytes));
    }
    await incoming.seal();
  }
  assertEquals(await blobs.link(transfer, { ...path, name }), "linked");
}

natsTest("parts of any length, by writers who come and go, are one file", async (scene) => {
  const nodes = [await scene.open(), await scene.open()];
  const chance = Chance.ofRun("parts of any length");
  const bytes = counted(3 * MiB + 12_345);
  let sha256 = "";
  for (let at = 0; at < bytes.length;) {
    await using incoming = await nodes[chance.below(2)].receive(transfer);
    assertEquals(incoming.offset, at);
    for (let parts = chance.below(4); parts >= 0 && at < bytes.length; parts--) {
      const length = chance.pick([1, 100, 45_000, pieceBytes, pieceBytes, MiB, chance.below(MiB)]);
      await incoming.append(bytes.subarray(at, at + length));
      at = Math.min(at + length, bytes.length);
    }
    if (at === bytes.length) sha256 = await incoming.seal();
  }
  assertEquals(sha256, hashOf(bytes));
  assertEquals(await nodes[0].link(transfer, path), "linked");
  assertEquals(hashOf(await bytesAt(nodes[1])), sha256);
  assertEquals(await nodes[1].sha256(path), sha256);
});

natsTest(
  "bytes can be read from any offset, across pieces and against their order",
  async (scene) => {
    const blobs = await scene.open();
    const bytes = counted(5 * pieceBytes + 1000);
    await put(blobs, bytes);
    const chance = Chance.ofRun("any offset");
    await using file = await blobs.open(path);
    assert(file);
    for (let times = 0; times < 100; times++) {
      const offset = chance.below(bytes.length);
      const into = new Uint8Array(1 + chance.below(2 * pieceBytes));
      const count = await file.read(into, offset);
      assert(count > 0);
      assertEquals(into.subarray(0, count), bytes.slice(offset, offset + count));
    }
  },
);

natsTest("what a writer had written who is gone without a word is found", async (scene) => {
  const [one, other] = [await scene.open(), await scene.open()];
  for (const [index, size] of [0, 1, pieceBytes, 7 * pieceBytes, 9 * pieceBytes + 5].entries()) {
    const id = `t-${index}` as TransferId;
    const incoming = await one.receive(id);
    for (let at = 0; at < size; at += pieceBytes) {
      await incoming.append(counted(Math.min(pieceBytes, size - at)));
    }
    assertEquals((await other.unfinished()).get(id), size);
    await using taken = await other.receive(id);
    assertEquals(taken.offset, size);
  }
});

natsTest("what a writer says who was taken for gone is no part of the file", async (scene) => {
  const [one, other] = [await scene.open(), await scene.open()];
  const bytes = counted(2 * MiB);
  const late = await one.receive(transfer);
  await late.append(bytes.subarray(0, MiB + 1000));
  {
    await using incoming = await other.receive(transfer);
    assertEquals(incoming.offset, MiB + 1000);
    // As it comes when a line is mended: into the piece that the other one goes on with, and behind.
    const moved = await assertRejects(() => late.append(new Uint8Array(3 * pieceBytes)), ChatError);
    assertEquals(moved.code, "moved");
    await incoming.append(bytes.subarray(MiB + 1000));
    await assertRejects(() => late.append(new Uint8Array(10)), ChatError, "another node");
    await assertRejects(() => late.seal(), ChatError, "another node");
    assertEquals(await incoming.seal(), hashOf(bytes));
  }
  assertEquals(await one.unfinished(), new Map([[transfer, bytes.length]]));
  assertEquals(await other.link(transfer, path), "linked");
  assertEquals(hashOf(await bytesAt(one)), hashOf(bytes));
  // Nor does it make an unfinished file of one that isn't any more.
  await late[Symbol.asyncDispose]();
  assertEquals(await one.unfinished(), new Map());
});

natsTest("of two who begin to write one file at once, one writes it", async (scene) => {
  const nodes = [await scene.open(), await scene.open()];
  const own = [counted(400_000), counted(700_000).reverse()];
  for (let number = 1; number <= 10; number++) {
    const id = `t-${number}` as TransferId;
    const begun = await Promise.allSettled(nodes.map((node) => node.receive(id)));
    const written: Uint8Array[] = [];
    for (const [index, one] of begun.entries()) {
      if (one.status === "rejected") continue;
      // Of the one that another one came behind, nothing counts any more.
      const appended = one.value.append(own[index]).then(() => written.push(own[index]));
      await appended.catch((error) => assertEquals(error.code, "moved"));
    }
    for (const one of begun) {
      if (one.status === "fulfilled") await one.value[Symbol.asyncDispose]();
    }
    assertEquals(written.length, 1);
    await using incoming = await nodes[0].receive(id);
    assertEquals(incoming.offset, written[0].length);
    assertEquals(await incoming.seal(), hashOf(written[0]));
  }
});

natsTest(
  "a server of NATS that is killed holds a writer and a reader up, and no more",
  async (scene) => {
    const blobs = await scene.open();
    const bytes = counted(4 * MiB);
    await using incoming = await blobs.receive(transfer);
    for (let at = 0; at < bytes.length; at += MiB) {
      if (at === 2 * MiB) await scene.nats.kill();
      const appended = incoming.append(bytes.subarray(at, at + MiB));
      if (at === 2 * MiB) await scene.nats.start();
      await appended;
    }
    assertEquals(await incoming.seal(), hashOf(bytes));
    await incoming[Symbol.asyncDispose]();
    assertEquals(await blobs.link(transfer, path), "linked");
    await using file = await blobs.open(path);
    assert(file);
    await scene.nats.kill();
    const into = new Uint8Array(1000);
    const read = file.read(into, MiB);
    await scene.nats.start();
    assertEquals(into.subarray(0, await read), bytes.slice(MiB, MiB + 1000));
  },
);

Deno.test({
  name: "files in nats: servers that are killed one after the other miss what was removed, no more",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using stack = new AsyncDisposableStack();
    const all = (await startNats(3)).map((server) => stack.use(server));
    const servers = all.map(({ url }) => url);
    const blobs = stack.use(await openNatsFiles({ servers, replicas: 3, clock, room: 64 * MiB }));
    const bytes = counted(MiB + 1);
    await put(blobs, bytes);
    for (const server of all) {
      await put(blobs, counted(MiB), "going.bin");
      await blobs.remove({ ...path, name: "going.bin" });
      await server.kill();
      await put(blobs, counted(MiB), `${server.port}.bin`);
      await server.start();
      await level(all);
    }
    assertEquals(await bytesAt(blobs), bytes);
    const found = await Array.fromAsync(blobs.found(lobby), ({ path: { name } }) => name);
    assertEquals(found.sort(), [path.name, ...all.map(({ port }) => `${port}.bin`)].sort());
  },
});

natsTest(
  "while NATS is away, who sends is told so, and goes on behind what is there",
  async (scene) => {
    const blobs = await scene.open();
    const bytes = counted(MiB);
    await using incoming = await blobs.receive(transfer);
    await incoming.append(bytes.subarray(0, 300_000));
    await scene.nats.kill();
    const away = await assertRejects(() => incoming.append(bytes.subarray(300_000)), ChatError);
    assertEquals([away.code, incoming.offset], ["unavailable", 300_000]);
    await scene.nats.start();
    await incoming.append(bytes.subarray(300_000));
    assertEquals(await incoming.seal(), hashOf(bytes));
  },
);

natsTest("what is removed, or ends without a name, is off the disk of NATS", async (scene) => {
  const [one, other] = [await scene.open(), await scene.open()];
  const empty = await scene.left();
  await put(one, counted(20 * MiB));
  await put(one, counted(MiB), "neighbour.bin");
  assertLess(20 * MiB, scene.diskBytes);
  assertLess(await one.free(), 64 * MiB - 21 * MiB);
  await other.remove(path);
  {
    await using incoming = await one.receive(transfer);
    await incoming.append(counted(10 * MiB));
  }
  await other.discard(transfer);
  assertEquals((await scene.left()).pieces, 4);
  assertLess(scene.diskBytes, 12 * MiB);
  assertLess(64 * MiB - 2 * MiB, await one.free());
  await one.remove({ ...path, name: "neighbour.bin" });
  assertEquals(await scene.left(), empty);
});

natsTest("what has no room is refused, and nothing of it stays", async (scene) => {
  const blobs = await scene.open(4 * MiB);
  await using incoming = await blobs.receive(transfer);
  const full = await assertRejects(async () => {
    for (;;) await incoming.append(counted(MiB));
  }, ChatError);
  assertEquals([full.code, incoming.offset], ["disk_full", 3 * MiB]);
  await incoming[Symbol.asyncDispose]();
  await blobs.discard(transfer);
  assertEquals((await scene.left()).pieces, 0);
  await put(blobs, counted(3 * MiB));
});

natsTest("a start with more room gives it to what is there", async (scene) => {
  await put(await scene.open(4 * MiB), counted(3 * MiB));
  const blobs = await scene.open(16 * MiB);
  await put(blobs, counted(8 * MiB), "second.bin");
  assertLess(await blobs.free(), 5 * MiB);
  // And one with less takes nothing away.
  const less = await scene.open(4 * MiB);
  assertEquals(await less.free(), 0);
  assertEquals(await less.sha256({ ...path, name: "second.bin" }), hashOf(counted(8 * MiB)));
});

natsTest("more room than NATS has is refused at the start", async (scene) => {
  await assertRejects(
    () => scene.open(2 ** 50),
    Error,
    "Cannot keep 1 PiB of files in NATS, which has no room for it: say less with --nats-files",
  );
});

natsTest("a removal that was begun is completed by whoever starts", async (scene) => {
  const one = await scene.open();
  await put(one, counted(MiB));
  await put(one, counted(MiB), "neighbour.bin");
  const connection = await connect({ servers: `127.0.0.1:${scene.nats.port}` });
  const { streams } = await jetstreamManager(connection, { checkAPI: false });
  const layout = fileLayoutOf("parley");
  const query = { last_by_subj: layout.path(path) };
  const named = await streams.getMessage(layout.notes.stream, query);
  const { blob, size }: Record<string, unknown> = named?.json() ?? {};
  const leaving = JSON.stringify({ subject: layout.path(path), size });
  await connection.request(layout.leaving(String(blob)), leaving);
  await connection.close();
  const other = await scene.open();
  assertEquals(await one.open(path), undefined);
  assertEquals(await other.free(), await one.free());
  assertEquals((await scene.left()).pieces, 4);
  assertEquals((await scene.left()).notes, 1);
});
