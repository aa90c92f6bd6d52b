/** Files of several nodes, each a process of its own, which NATS keeps: they have no folder in common. */

import { assertEquals, assertGreaterOrEqual, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { fileLayoutOf } from "../../lib/backend/nats/file_layout.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { keep, said } from "../contract/scene.ts";
import { counted, fetchAll, hashOf, offer, sendParts } from "../helpers/file_peer.ts";
import { folderBytes } from "../helpers/folder_bytes.ts";
import { NatsServer } from "../helpers/nats.ts";
import { leaderFirst, level } from "../helpers/nats_cluster.ts";
import { NatsCores } from "../helpers/nats_cores.ts";
import { NatsNode } from "../helpers/nats_node.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealNodes } from "../helpers/real_nodes.ts";
import type { RealServer } from "../helpers/real_server.ts";
import { size } from "../helpers/size.ts";

const ignore = isMissing("nats-server");
const MiB = 1024 * 1024;
/** Of the room, 64 MiB stay free. */
const args = ["--nats-files=80MiB", "--disk-free-bytes=64MiB"];

/** Three nodes, for all tests that need no more than one server of NATS. */
let started: Promise<RealNodes> | undefined;

function startedNodes(): Promise<RealNodes> {
  started ??= RealNodes.start({ args });
  return started;
}

if (!ignore) Deno.test.afterAll(async () => await (await started)?.[Symbol.asyncDispose]());

/** The same user on another node, without what happens there. */
async function again(node: RealServer, { token }: Peer): Promise<Peer> {
  const peer = await node.connect();
  await peer.ok({ t: "hello", v: 1, token, quiet: true });
  return peer;
}

/** Sends what is missing of a transfer, however often it is refused meanwhile. */
async function goOn(peer: Peer, transfer: unknown, bytes: Uint8Array): Promise<void> {
  for (;;) {
    const answer = await peer.ask({ t: "resume", transfer });
    if (answer.t === "refused") {
      assertEquals(answer.code, "unavailable");
      continue;
    }
    if (answer.offset === bytes.length) return;
    await sendParts(peer, transfer, bytes, { from: Number(answer.offset) });
    const { t } = await peer.event(({ t, offset }) => {
      return t === "refused" || (t === "stored" && offset === bytes.length);
    });
    if (t === "stored") return;
  }
}

async function fetched(peer: Peer, { file }: JsonObject): Promise<string> {
  return hashOf((await fetchAll(peer, 900, { file })).bytes);
}

Deno.test({
  name: "files in nats: a node that would keep them there shuts nobody out who has a folder",
  ignore,
  fn: async () => {
    await using nats = await NatsServer.start();
    const one = await NatsNode.start(nats.url);
    assertStringIncludes(
      await refusalOf(nats, args),
      "start it with --files, and without --nats-f",
    );
    await one.stop();
    await using again = await NatsNode.start(nats.url, { folder: one.folder });
    await keep(again.backend, [said(1)]);
  },
});

Deno.test({
  name: "files in nats: of three servers of NATS, each one is killed in turn, and files are whole",
  ignore,
  fn: async () => {
    await using all = await NatsCores.start({ nats: 3, nodes: 2, filesRoom: 1024 * MiB });
    const [alice, bob] = [await all.servers[0].join("Alice"), await all.servers[1].join("Bob")];
    const files: { readonly file: unknown; readonly sha256: string }[] = [];
    const servers = await leaderFirst(all.nats, fileLayoutOf("parley").bytes.stream);
    for (const [index, server] of servers.slice(0, size(1, 3)).entries()) {
      const bytes = counted(size(6, 12, 6) * MiB + index);
      const { transfer } = await offer(alice, bytes, { name: `${index}.bin` });
      await sendParts(alice, transfer, bytes, { to: 4 * MiB });
      await alice.event(({ t, offset }) => t === "stored" && Number(offset) >= 2 * MiB);
      await server.kill();
      await goOn(alice, transfer, bytes);
      const sha256 = hashOf(bytes);
      const { file } = await alice.ok({ t: "finish", transfer, sha256 });
      files.push({ file: (file as JsonObject).file, sha256 });
      assertEquals(await fetched(bob, { file: files[0].file }), files[0].sha256);
      await server.start();
      await level(all.nats);
    }
    for (const { file, sha256 } of files) assertEquals(await fetched(bob, { file }), sha256);
  },
});

Deno.test({
  name: "files in nats: what a node had on its way when it was cut off harms no file",
  ignore,
  fn: async () => {
    const all = await startedNodes();
    const [a, b] = all.nodes;
    const [alice, bob] = [await a.join("Alice"), await b.join("Bob")];
    const bytes = counted(6 * MiB);
    const { transfer } = await offer(alice, bytes);
    await sendParts(alice, transfer, bytes, { to: MiB + 1000 });
    await alice.event(({ t, offset }) => t === "stored" && Number(offset) >= MiB);
    all.cut(a);
    await sendParts(alice, transfer, bytes, { from: MiB + 1000, to: 2 * MiB });
    const there = await again(b, alice);
    await goOn(there, transfer, bytes);
    all.mend(a);
    // When it has caught up, what it had said before has been heard as well.
    await alice.ok({ t: "say", room: "lobby", text: "back", cid: "1" });
    const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    assertEquals(await fetched(bob, file as JsonObject), hashOf(bytes));
    assertEquals(await fetched(alice, file as JsonObject), hashOf(bytes));
    await alice.ok({ t: "remove", file: (file as JsonObject).file });
  },
});

Deno.test({
  name:
    "files in nats: one that is begun at a node which is killed ends at another one, and makes room when it goes",
  ignore,
  fn: async () => {
    const all = await startedNodes();
    const [a, b, c] = all.nodes;
    for (const node of all.nodes) {
      assertStringIncludes(await node.printed(/^Files: (.*)/), "in NATS, up to 80MiB");
    }
    const [carl, dora] = [await a.join("Carl"), await c.join("Dora")];
    const bytes = counted(10 * MiB);
    const { transfer } = await offer(carl, bytes);
    await sendParts(carl, transfer, bytes, { to: 4 * MiB });
    await carl.event(({ t, offset }) => t === "stored" && Number(offset) >= 3 * MiB);
    await a.kill();
    const there = await again(b, carl);
    const { offset } = await there.ok({ t: "resume", transfer });
    assertGreaterOrEqual(Number(offset), 3 * MiB);
    await sendParts(there, transfer, bytes, { from: Number(offset) });
    const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    const shown = await dora.event(({ t, user }) => t === "shared" && user === "Carl");
    assertEquals(shown.file, file);
    const { file: id } = file as JsonObject;
    const part = await fetchAll(dora, 901, { file: id, offset: 5 * MiB + 7, length: MiB });
    assertEquals(part.bytes, bytes.slice(5 * MiB + 7, 6 * MiB + 7));
    assertEquals(await fetched(dora, { file: id }), hashOf(bytes));
    // Whoever comes later has it, too.
    await a.start();
    const back = await again(a, carl);
    assertEquals(await fetched(back, { file: id }), hashOf(bytes));
    // There is no room for another one until it goes.
    const wanted = { t: "offer", room: "lobby", name: "b.bin", size: bytes.length };
    assertEquals(await dora.refused(wanted), "disk_full");
    const [{ folder: nats }] = all.nats;
    assertLess(10 * MiB, folderBytes(nats));
    await back.ok({ t: "remove", file: id });
    assertLess(folderBytes(nats), 4 * MiB);
    await dora.event(({ t, file }) => t === "removed" && file === id);
    assertEquals(await dora.refused({ t: "fetch", file: id }), "no_such_file");
    await dora.ok(wanted);
  },
});

Deno.test({
  name: "files in nats: a node that would keep its own in a folder isn't started",
  ignore,
  fn: async () => {
    const [nats] = (await startedNodes()).nats;
    assertStringIncludes(await refusalOf(nats), "start the node with --nats-files, too");
  },
});

/** What a node says that isn't started at a NATS. */
async function refusalOf({ url }: NatsServer, args: readonly string[] = []): Promise<string> {
  const nats = `--nats=${url}`;
  const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "server.ts", "--no-web", "--port=0", nats, ...args],
      ...[`--data=${join(folder, "data")}`, `--files=${join(folder, "files")}`],
    ],
    cwd: join(import.meta.dirname ?? ".", "..", ".."),
  }).output();
  await Deno.remove(folder, { recursive: true });
  assertEquals(code, 1);
  return new TextDecoder().decode(stderr);
}
