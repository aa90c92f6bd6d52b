/** Files of several nodes, each a process of its own, which NATS keeps: they have no folder in common. */

import { assertEquals, assertGreaterOrEqual, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { folderBytes } from "../helpers/folder_bytes.ts";
import { level } from "../helpers/nats_cluster.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealNodes } from "../helpers/real_nodes.ts";
import type { RealServer } from "../helpers/real_server.ts";
import { size } from "../helpers/size.ts";

const ignore = isMissing("nats-server");
const MiB = 1024 * 1024;
const args = ["--nats-files=1GiB", "--disk-free-bytes=64MiB"];

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
  name: "files in nats: one that is begun at a node which is killed ends at another one, for all",
  ignore,
  fn: async () => {
    await using all = await RealNodes.start({ args });
    const [a, b, c] = all.nodes;
    for (const node of all.nodes) {
      assertStringIncludes(await node.printed(/^Files: (.*)/), "in NATS, up to 1GiB");
    }
    const [alice, carol] = [await a.join("Alice"), await c.join("Carol")];
    const bytes = counted(20 * MiB);
    const { transfer } = await offer(alice, bytes);
    await sendParts(alice, transfer, bytes, { to: 4 * MiB });
    await alice.event(({ t, offset }) => t === "stored" && Number(offset) >= 3 * MiB);
    await a.kill();
    const there = await again(b, alice);
    const { offset } = await there.ok({ t: "resume", transfer });
    assertGreaterOrEqual(Number(offset), 3 * MiB);
    await sendParts(there, transfer, bytes, { from: Number(offset) });
    const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    assertEquals((await carol.next("shared")).file, file);
    const { file: id } = file as JsonObject;
    const part = await fetchAll(carol, 901, { file: id, offset: 5 * MiB + 7, length: MiB });
    assertEquals(part.bytes, bytes.slice(5 * MiB + 7, 6 * MiB + 7));
    assertEquals(await fetched(carol, { file: id }), hashOf(bytes));
    // Whoever comes later has it, too.
    await a.start();
    const back = await again(a, alice);
    assertEquals(await fetched(back, { file: id }), hashOf(bytes));
    const [{ folder: nats }] = all.nats;
    assertLess(20 * MiB, folderBytes(nats));
    await back.ok({ t: "remove", file: id });
    assertLess(folderBytes(nats), 4 * MiB);
    assertEquals(await carol.refused({ t: "fetch", file: id }), "no_such_file");
  },
});

Deno.test({
  name: "files in nats: what a node had on its way when it was cut off harms no file",
  ignore,
  fn: async () => {
    await using all = await RealNodes.start({ nodes: 2, args });
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
  },
});

Deno.test({
  name: "files in nats: of three servers of NATS, each one is killed in turn, and files are whole",
  ignore,
  fn: async () => {
    await using all = await RealNodes.start({ nats: 3, nodes: 2, args });
    const [alice, bob] = [await all.nodes[0].join("Alice"), await all.nodes[1].join("Bob")];
    const files: { readonly file: unknown; readonly sha256: string }[] = [];
    for (const [index, server] of all.nats.slice(0, size(1, 3)).entries()) {
      const bytes = counted(12 * MiB + index);
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
  name: "files in nats: offers that there is no room for are refused, and what goes makes room",
  ignore,
  fn: async () => {
    const small = ["--nats-files=80MiB", "--disk-free-bytes=64MiB"];
    await using all = await RealNodes.start({ nodes: 2, args: small });
    const [alice, bob] = [await all.nodes[0].join("Alice"), await all.nodes[1].join("Bob")];
    const { file } = await share(alice, counted(10 * MiB));
    const wanted = { t: "offer", room: "lobby", name: "b.bin", size: 10 * MiB };
    assertEquals(await bob.refused(wanted), "disk_full");
    await alice.ok({ t: "remove", file });
    await bob.next("removed");
    await bob.ok(wanted);
  },
});

Deno.test({
  name: "files in nats: a node that would keep its own in a folder isn't started",
  ignore,
  fn: async () => {
    await using all = await RealNodes.start({ nodes: 1, args });
    assertStringIncludes(await refusalOf(all), "start the node with --nats-files, too");
  },
});

Deno.test({
  name: "files in nats: a node that would keep them there shuts nobody out who has a folder",
  ignore,
  fn: async () => {
    await using all = await RealNodes.start({ nodes: 1 });
    assertStringIncludes(await refusalOf(all, args), "start it with --files, and without --nats-f");
    const [node] = all.nodes;
    await node.stop("SIGTERM");
    await node.start();
    const alice = await node.join("Alice");
    await share(alice, counted(MiB));
  },
});

/** What a node says that isn't started at the same NATS. */
async function refusalOf(all: RealNodes, args: readonly string[] = []): Promise<string> {
  const nats = `--nats=${all.nats[0].url}`;
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
