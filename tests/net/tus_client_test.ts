import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { createReadStream } from "node:fs";
import { Upload } from "tus-js-client";
import { Chance } from "../helpers/chance.ts";
import { RealServer } from "../helpers/real_server.ts";
import { wholeTestMs } from "../helpers/patience.ts";
import { Relay } from "../helpers/relay.ts";
import { size } from "../helpers/size.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { hashOfFile } from "../helpers/whole_files.ts";

const MiB = 1024 * 1024;
const bytes = size(40, 1024, 40) * MiB;
const cuts = 20;
const wholeMs = size(wholeTestMs, 900_000);

/** A file of `bytes` bytes, of which no MiB is like another. */
async function someFile(path: string): Promise<void> {
  const piece = someBytes(MiB);
  using file = await Deno.create(path);
  for (let at = 0; at < bytes; at += MiB) {
    new DataView(piece.buffer).setUint32(0, at / MiB);
    await file.write(piece);
  }
}

Deno.test(`tus-js-client uploads ${bytes / MiB} MiB with ${cuts} random cuts and a killed server`, async () => {
  await using server = await RealServer.start({ web: true });
  await using line = new Relay(server.webPort, Infinity);
  const alice = await server.join("Alice");
  const { token } = alice;
  const path = join(server.folder, "much.bin");
  await someFile(path);

  const chance = Chance.ofRun("tus");
  const places = Array.from({ length: cuts }, () => chance.below(bytes)).sort((a, b) => a - b);
  let cutting = 0;
  const cut = async () => {
    for (const [index, at] of places.entries()) {
      await line.until("up", at);
      line.cut();
      cutting++;
      if (index === cuts / 2) {
        await server.kill();
        await server.start();
      }
    }
  };

  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const upload = new Upload(createReadStream(path), {
    endpoint: `http://127.0.0.1:${line.port}/files`,
    headers: { authorization: `Bearer ${token}` },
    metadata: { filename: "much.bin", room: "lobby" },
    uploadSize: bytes,
    retryDelays: Array.from({ length: 200 }, () => 50),
    // Deno's client of node:http sometimes goes on with a body over a new connection, which isn't
    // HTTP. What our own answers refuse has a body, and is final.
    onShouldRetry: ({ originalResponse }) => !originalResponse?.getBody(),
    onSuccess: () => resolve(),
    onError: reject,
  });
  upload.start();
  await deadline(Promise.all([promise, cut()]), wholeMs);
  assertEquals(cutting, cuts);

  const bob = await server.join("Bob");
  const { files } = await bob.ok({ t: "files", room: "lobby" });
  assert(Array.isArray(files));
  assertEquals(files.map(({ name, size, user }) => ({ name, size, user })), [
    { name: "much.bin", size: bytes, user: "Alice" },
  ]);
  assertEquals(files[0].sha256, hashOfFile(path));
});
