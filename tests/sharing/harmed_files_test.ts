/** Disks that are full, and files that somebody takes away or alters while they are fetched. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { clientCommand, type Ran, runProgram } from "../helpers/client_program.ts";
import { counted, fetchAll, hashOf, share } from "../helpers/file_peer.ts";
import { RealServer } from "../helpers/real_server.ts";
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

/** A server where Alice has shared a large file and a small one. */
async function start(): Promise<{ server: RealServer; path: string; small: JsonObject }> {
  const server = await RealServer.start({ args: ["--preset=bench", "--quiet"] });
  const alice = await server.join("Alice");
  await share(alice, counted(size), { name: "film.bin" });
  const small = await share(alice, counted(100_000), { name: "notes.bin" });
  return { server, path: join(server.folder, "files", "lobby", "film.bin"), small };
}

function download(folder: string, port: number, ...more: readonly string[]): Promise<Ran> {
  return runProgram(clientCommand({ folder, port }, "download", "film.bin", "-u", "Bob", ...more));
}

/** That the others can go on as before. */
async function requireUnharmed(server: RealServer, small: JsonObject): Promise<void> {
  const carol = await server.join("Carol");
  await carol.ok({ t: "say", room: "lobby", text: "still here" });
  const { bytes } = await fetchAll(carol, 900, { file: small.file });
  assertEquals(hashOf(bytes), small.sha256);
  carol.close();
  assertEquals(server.lines.filter((line) => line.includes(" ERROR ")), []);
}

for (const [what, harm] of Object.entries(harms)) {
  Deno.test(`a file that ${what} while it is fetched is refused, and nothing of it is kept`, async () => {
    const { server, path, small } = await start();
    await using _server = server;
    await using relay = new Relay(server.port, rate);
    const ran = download(server.folder, relay.port);
    await relay.until("down", 2 * MiB);
    await harm(path);
    relay.bytesPerSecond = Infinity;
    const { code, err } = await ran;
    assertEquals(code, 1, err);
    // What was altered before a piece was asked for is noticed when all of it is there.
    assertMatch(err, /any more|isn't what was shared/);
    const received = join(server.folder, "received");
    assertEquals([...visibleFiles(received), ...leftovers(received)], []);
    await requireUnharmed(server, small);
  });
}

Deno.test("bytes that have changed on the disk unnoticed are never kept", async () => {
  const { server, path, small } = await start();
  await using _server = server;
  const { atime, mtime } = await Deno.stat(path);
  await writeByte(path, size / 2);
  // What a failing disk does is told by no time.
  await Deno.utime(path, atime ?? new Date(), mtime ?? new Date());
  const { code, err } = await download(server.folder, server.port);
  assertEquals(code, 1, err);
  assertStringIncludes(err, `Cannot keep it: what came of "film.bin" isn't what was shared`);
  const received = join(server.folder, "received");
  assertEquals([...visibleFiles(received), ...leftovers(received)], []);
  await requireUnharmed(server, small);
});

Deno.test({
  name: "a client whose disk is full says so, and leaves nothing behind",
  ignore: !canMount(),
  async fn() {
    const { server, small } = await start();
    await using _server = server;
    await using disk = await SmallDisk.mount(8 * MiB);
    const received = join(disk.path, "received");
    const command = clientCommand(
      server,
      ...["download", "film.bin", "-u", "Bob", "--received", received],
    ).map((word) => /^--allow-(read|write)=/.test(word) ? `${word},${disk.path}` : word);
    const { code, err } = await runProgram(command);
    assertEquals(code, 1, err);
    assertMatch(err, /room|full|space/);
    assertEquals([...visibleFiles(received), ...leftovers(received)], []);
    await requireUnharmed(server, small);
  },
});

Deno.test({
  name:
    "an upload that the server's disk has no room for ends with a sentence, and frees its bytes",
  ignore: !canMount(),
  async fn() {
    await using disk = await SmallDisk.mount(12 * MiB);
    const files = join(disk.path, "files");
    await using server = await RealServer.start({
      permissions: "all",
      // The floor would refuse first; without it the disk's own error comes.
      args: ["--preset=bench", "--quiet", "--files", files, "--disk-free-bytes=0"],
    });
    const small = await share(await server.join("Alice"), counted(100_000), { name: "notes.bin" });
    const path = join(server.folder, "film.bin");
    await Deno.writeFile(path, counted(11 * MiB));
    await using relay = new Relay(server.port, rate);
    const { folder } = server;
    const ran = runProgram(
      clientCommand({ folder, port: relay.port }, "upload", path, "-u", "Bob"),
    );
    await relay.until("up", 2 * MiB);
    await disk.fill();
    relay.bytesPerSecond = Infinity;
    const { code, err } = await ran;
    assertEquals(code, 1, err);
    assertStringIncludes(err, "the server's disk has no room for it");
    assertEquals(visibleFiles(files), [join(files, "lobby", "notes.bin")]);
    assertEquals(leftovers(files), []);
    await requireUnharmed(server, small);
  },
});
