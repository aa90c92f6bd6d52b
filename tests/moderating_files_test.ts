import { assertEquals } from "@std/assert";
import { MemoryBlobs } from "../lib/backend/memory/blobs.ts";
import type { FilePath, Outgoing } from "../lib/file_store.ts";
import { limits } from "../lib/limits.ts";
import { counted, share } from "./helpers/file_peer.ts";
import { TestServer } from "./helpers/peer.ts";
import { teaRoom } from "./helpers/tea_room.ts";

/** Files of which only the first bytes are read until they are released. */
class HeldBlobs extends MemoryBlobs {
  readonly #released = Promise.withResolvers<void>();

  release(): void {
    this.#released.resolve();
  }

  override async open(path: FilePath): Promise<Outgoing | undefined> {
    const outgoing = await super.open(path);
    return outgoing && {
      size: outgoing.size,
      read: async (into, offset) => {
        if (offset > 0) await this.#released.promise;
        return await outgoing.read(into, offset);
      },
      [Symbol.asyncDispose]: () => outgoing[Symbol.asyncDispose](),
    };
  }
}

Deno.test("what is on its way to a room ends where its sender is put out or muted", async () => {
  await using server = await TestServer.start();
  const { alice, bob } = await teaRoom(server);
  const bytes = new Uint8Array(1000);
  const offer = { t: "offer", room: "tea", name: "a.bin", size: 3000 };
  for (const how of ["mute", "kick"]) {
    const { transfer } = await bob.ok(offer);
    await bob.part(transfer, 0, bytes);
    await bob.event(({ t, offset }) => t === "stored" && offset === 1000);
    const elsewhere = await bob.ok({ ...offer, room: "lobby" });
    await alice.ok({ t: how, room: "tea", user: "Bob" });
    assertEquals(await bob.refused({ t: "finish", transfer }), "no_such_transfer");
    await bob.ok({ t: "cancel", transfer: elsewhere.transfer });
    if (how === "mute") await alice.ok({ t: "unmute", room: "tea", user: "Bob" });
  }
  assertEquals(server.core.uploads.load.waiting, 0);
});

for (const [how, code] of [["mute", "muted"], ["kick", "not_allowed"]]) {
  Deno.test(`what is just being offered isn't taken after a ${how}`, async () => {
    const blobs = new MemoryBlobs();
    await using server = await TestServer.start({ blobs });
    const { alice, bob } = await teaRoom(server);
    const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const free = blobs.free.bind(blobs);
    blobs.free = async () => {
      onAsked();
      await held;
      return await free();
    };
    const offered = bob.refused({ t: "offer", room: "tea", name: "a.bin", size: 3000 });
    await asked;
    await alice.ok({ t: how, room: "tea", user: "Bob" });
    // Of several nodes the one that Bob is on has heard of it.
    await server.level();
    release();
    assertEquals(await offered, code);
  });
}

Deno.test("who is put out of a room gets no more of a file that they are fetching", async () => {
  const blobs = new HeldBlobs();
  await using server = await TestServer.start({ blobs });
  const { alice, bob } = await teaRoom(server);
  const size = 4 * limits.partBytesUsual;
  const { file } = await share(alice, counted(size), { room: "tea", name: "a.bin" });
  await bob.ok({ t: "fetch", file: file, id: "f" });
  await bob.event(({ t }) => t === "part");
  await alice.ok({ t: "kick", room: "tea", user: "Bob" });
  blobs.release();
  const refused = await bob.event(({ t, re }) => t === "refused" && re === "f");
  assertEquals(refused.code, "no_such_file");
  assertEquals(await bob.seen("fetched"), []);
});

Deno.test("moderators remove files that others shared in their room", async () => {
  await using server = await TestServer.start();
  const { alice, bob } = await teaRoom(server);
  const { file } = await share(bob, counted(10), { room: "tea", name: "spam.txt" });
  const own = await share(alice, counted(10), { room: "tea", name: "fine.txt" });
  assertEquals(await bob.refused({ t: "remove", file: own.file }), "not_allowed");
  await alice.ok({ t: "remove", file });
  assertEquals((await bob.next("removed")).user, "Alice");
});
