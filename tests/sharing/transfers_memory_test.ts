import { assert, assertEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { Incoming } from "../../lib/file_store.ts";
import type { TransferId } from "../../lib/names.ts";
import { limits } from "../../lib/limits.ts";
import { turn } from "../helpers/fake_clock.ts";
import { counted, fetchAll, hashOf } from "../helpers/file_peer.ts";
import { HandPeer } from "../helpers/hand_peer.ts";
import { TestServer } from "../helpers/peer.ts";

const MiB = 1024 * 1024;

/** A disk that writes nothing until it is let. */
class SlowBlobs extends MemoryBlobs {
  readonly #free = Promise.withResolvers<void>();

  letWrite(): void {
    this.#free.resolve();
  }

  override async receive(transfer: TransferId): Promise<Incoming> {
    const incoming = await super.receive(transfer);
    return {
      get offset() {
        return incoming.offset;
      },
      append: async (bytes) => {
        await this.#free.promise;
        await incoming.append(bytes);
      },
      seal: () => incoming.seal(),
      [Symbol.asyncDispose]: () => incoming[Symbol.asyncDispose](),
    };
  }
}

Deno.test("a slow disk holds up who sends the file, two parts ahead, and nobody else", async () => {
  const blobs = new SlowBlobs();
  await using server = await TestServer.start({ blobs });
  const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
  const peer = new HandPeer(server);
  const bytes = counted(6 * MiB);
  await peer.send({ t: "hello", v: 1, token: alice.token, quiet: true, id: 0 });
  await peer.send({ t: "offer", room: "lobby", name: "a", size: bytes.length, id: 1 });
  const { transfer } = await peer.take(({ re }) => re === 1) ?? {};
  let sent = 0;
  const sending = (async () => {
    for (let offset = 0; offset < bytes.length; offset += MiB) {
      await peer.send({ t: "part", transfer, offset, bytes: MiB });
      await peer.raw(bytes.subarray(offset, offset + MiB));
      sent += MiB;
    }
  })();
  for (let turns = 0; turns < 200; turns++) await turn();
  assert(sent <= 3 * MiB, `${sent} bytes were taken that nobody has written`);
  assert(sent >= MiB, "Nothing was taken");
  await bob.ok({ t: "say", room: "lobby", text: "hi" });
  await alice.next("said");
  blobs.letWrite();
  await sending;
  await peer.send({ t: "finish", transfer, sha256: hashOf(bytes), id: 2 });
  assertEquals((await peer.take(({ re }) => re === 2))?.t, "ok");
  const { file } = (await bob.next("shared")).file as { file: string };
  assertEquals((await fetchAll(bob, 900, { file })).bytes, bytes);
  peer.close();
  await peer.served;
});

Deno.test("bodies that nobody wants are read and dropped, whatever they say they are", async () => {
  await using server = await TestServer.start();
  const alice = await server.join("Alice");
  for (const t of ["say", "part", "offer", "unknown"]) {
    const line = { t, transfer: "none", offset: 0, bytes: limits.bodyBytesMax };
    await alice.raw(`${JSON.stringify(line)}\n`);
    await alice.raw(new Uint8Array(limits.bodyBytesMax).fill(10));
    await alice.next("refused");
  }
  await alice.ok({ t: "ping" });
  await alice.raw(`${JSON.stringify({ t: "part", bytes: limits.bodyBytesMax + 1 })}\n`);
  assertEquals((await alice.next("refused")).code, "too_long");
  await alice.end();
});
