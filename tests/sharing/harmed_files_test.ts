/** Disks that are full, and files that somebody takes away or alters while they are fetched. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { clientCommand, runProgram } from "../helpers/client_program.ts";
import { counted, fetchAll, hashOf, share } from "../helpers/file_peer.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer, type RealServerOptions } from "../helpers/real_server.ts";
import { Relay } from "../helpers/relay.ts";
import { canMount, SmallDisk } from "../helpers/tmpfs.ts";
import { leftovers, visibleFiles } from "../helpers/whole_files.ts";

const MiB = 1024 * 1024;
const size = 16 * MiB;
/** So that a fetch takes some seconds. */
const rate = 8_000_000;

/** What somebody does to a file while it is fetched. */
const harms: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "is removed": (path) => Deno.remove(path),
  "is shortened": (path) => Deno.truncate(path, 12 * MiB),
  "gets another byte": (path) => writeByte(path, size - 1),
  "is replaced by another one": async (path) => {
    await Deno.writeFile(`${path}.new`, counted(size).reverse());
    await Deno.rename(`${path}.new`, path);
  },
};

async function writeByte(path: string, at: number): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  const byte = new Uint8Array(1);
  await file.seek(at, Deno.SeekMode.Start);
  await file.read(byte);
  byte[0] ^= 1;
  await file.seek(at, Deno.SeekMode.Start);
  await file.write(byte);
}

/** A server, and Alice, who shares files there. */
class Scene implements AsyncDisposable {
  readonly server: RealServer;
  readonly #alice: Peer;
  readonly #small: JsonObject;
  #count = 0;

  private constructor(server: RealServer, alice: Peer, small: JsonObject) {
    this.server = server;
    this.#alice = alice;
    this.#small = small;
  }

  /** A small file is there that nothing happens to. */
  static async start({ args = [], ...options }: RealServerOptions = {}): Promise<Scene> {
    const all = ["--preset=bench", "--quiet", ...args];
    const server = await RealServer.start({ ...options, args: all });
    const alice = await server.join("Alice");
    return new Scene(server, alice, await share(alice, counted(100_000), { name: "notes.bin" }));
  }

  /** Where clients put what they fetch. */
  get received(): string {
    return join(this.server.folder, "received");
  }

  /** Shares another film; its name, and where the server keeps it. */
  async film(bytes: Uint8Array): Promise<{ readonly name: string; readonly path: string }> {
    const name = `film-${++this.#count}.bin`;
    await share(this.#alice, bytes, { name });
    return { name, path: join(this.server.folder, "files", "lobby", name) };
  }

  /** The words for a client of somebody new, over `port` where that isn't the server's. */
  client(words: readonly string[], port: number = this.server.port): readonly string[] {
    const { folder } = this.server;
    return clientCommand({ folder, port }, ...words, "-u", `Bob${++this.#count}`);
  }

  /** That nothing of a file was kept, and the others can go on as before. */
  async requireUnharmed(received = this.received): Promise<void> {
    assertEquals([...visibleFiles(received), ...leftovers(received)], []);
    const carol = await this.server.join(`Carol${++this.#count}`);
    await carol.ok({ t: "say", room: "lobby", text: "still here" });
    const { bytes } = await fetchAll(carol, 900, { file: this.#small.file });
    assertEquals(hashOf(bytes), this.#small.sha256);
    carol.close();
    assertEquals(this.server.lines.filter((line) => line.includes(" ERROR ")), []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

Deno.test("what isn't any more what was shared is refused, and nothing of it is kept", async (test) => {
  await using scene = await Scene.start();
  const whole = counted(size);
  for (const [what, harm] of Object.entries(harms)) {
    await test.step(`a file that ${what} while it is fetched`, async () => {
      const { name, path } = await scene.film(whole);
      await using relay = new Relay(scene.server.port, rate);
      const ran = runProgram(scene.client(["download", name], relay.port));
      await Promise.race([relay.until("down", 2 * MiB), ran]);
      await harm(path);
      relay.bytesPerSecond = Infinity;
      const { code, err } = await ran;
      assertEquals(code, 1, err);
      // What was altered before a piece was asked for is noticed when all of it is there.
      assertMatch(err, /any more|isn't what was shared/);
      await scene.requireUnharmed();
    });
  }
  await test.step("bytes that have changed on the disk unnoticed", async () => {
    const { name, path } = await scene.film(whole);
    const { atime, mtime } = await Deno.stat(path);
    await writeByte(path, size / 2);
    // What a failing disk does is told by no time.
    await Deno.utime(path, atime ?? new Date(), mtime ?? new Date());
    const { code, err } = await runProgram(scene.client(["download", name]));
    assertEquals(code, 1, err);
    assertStringIncludes(err, `Cannot keep it: what came of "${name}" isn't what was shared`);
    await scene.requireUnharmed();
  });
});

Deno.test({
  name: "where a disk is full it is said, and nothing is left behind",
  ignore: !canMount(),
  async fn(test) {
    await using disk = await SmallDisk.mount(20 * MiB);
    const files = join(disk.path, "files");
    await using scene = await Scene.start({
      permissions: "all",
      // The floor would refuse first; without it the disk's own error comes.
      args: ["--files", files, "--disk-free-bytes=0"],
    });
    const { server } = scene;
    const { name } = await scene.film(counted(6 * MiB));
    const kept = [name, "notes.bin"].map((name) => join(files, "lobby", name));

    await test.step("a client's", async () => {
      await using disk = await SmallDisk.mount(2 * MiB);
      const received = join(disk.path, "received");
      const words = ["download", name, "--received", received];
      const command = scene.client(words).map((word) =>
        /^--allow-(read|write)=/.test(word) ? `${word},${disk.path}` : word
      );
      const { code, err } = await runProgram(command);
      assertEquals(code, 1, err);
      assertMatch(err, /room|full|space/);
      await scene.requireUnharmed(received);
    });

    await test.step("the server's, which an upload fills", async () => {
      const path = join(server.folder, "film.bin");
      await Deno.writeFile(path, counted(11 * MiB));
      await using relay = new Relay(server.port, rate);
      const ran = runProgram(scene.client(["upload", path], relay.port));
      await Promise.race([relay.until("up", 2 * MiB), ran]);
      await disk.fill();
      relay.bytesPerSecond = Infinity;
      const { code, err } = await ran;
      assertEquals(code, 1, err);
      assertStringIncludes(err, "the server's disk has no room for it");
      assertEquals(visibleFiles(files).toSorted(), kept.toSorted());
      assertEquals(leftovers(files), []);
      await scene.requireUnharmed();
    });
  },
});
