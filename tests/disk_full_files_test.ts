import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../lib/wire/fields.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "./helpers/file_peer.ts";
import { RealServer } from "./helpers/real_server.ts";
import { canMount, SmallDisk } from "./helpers/tmpfs.ts";

const MiB = 1024 * 1024;
const ignore = !canMount();

/** A server whose files lie on a small disk, and whose messages don't. */
function start(disk: SmallDisk, ...args: readonly string[]): Promise<RealServer> {
  const files = join(disk.path, "files");
  return RealServer.start({
    permissions: "all",
    args: ["--preset=bench", "--files", files, ...args],
  });
}

Deno.test({
  name:
    "a disk that is full in the middle of an upload refuses it, and it goes on when there is room",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(12 * MiB);
    // The floor would refuse first; without it the disk's own error comes.
    await using server = await start(disk, "--disk-free-bytes=0");
    const [alice, bob] = [await server.join("Alice"), await server.join("Bob")];
    const before = await share(alice, counted(100_000), { name: "before.bin" });
    const bytes = counted(3 * MiB);
    const { transfer } = await offer(alice, bytes, { name: "big.bin" });
    await sendParts(alice, transfer, bytes, { to: MiB });
    await alice.event(({ t, offset }) => t === "stored" && offset === MiB);
    await disk.fill();
    await sendParts(alice, transfer, bytes, { from: MiB });
    const refused = await alice.event(({ t }) => t === "refused");
    assertEquals([refused.code, refused.transfer], ["disk_full", transfer]);
    // Nobody else is harmed, and nobody sees half a file.
    await bob.ok({ t: "say", room: "lobby", text: "still there" });
    const { files } = await bob.ok({ t: "files", room: "lobby" });
    assertEquals((files as JsonObject[]).map(({ name }) => name), ["before.bin"]);
    const fetched = await fetchAll(bob, 900, { file: before.file });
    assertEquals(hashOf(fetched.bytes), before.sha256);
    await disk.free();
    const { offset } = await alice.ok({ t: "resume", transfer });
    assert(Number(offset) >= MiB && Number(offset) < bytes.length, String(offset));
    await sendParts(alice, transfer, bytes, { from: Number(offset) });
    const { file } = await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    const { bytes: whole } = await fetchAll(bob, 901, { file: (file as JsonObject).file });
    assertEquals(hashOf(whole), hashOf(bytes));
    assertEquals(server.lines.filter((line) => line.includes("ERROR")), []);
  },
});

Deno.test({
  name: "what the disk is to keep free isn't taken by files",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(12 * MiB);
    await using server = await start(disk, `--disk-free-bytes=${8 * MiB}`);
    const alice = await server.join("Alice");
    const refused = { t: "offer", room: "lobby", name: "a.bin", size: 5 * MiB };
    assertEquals(await alice.refused(refused), "disk_full");
    await share(alice, counted(2 * MiB));
  },
});
