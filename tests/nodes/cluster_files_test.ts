/** Files on several nodes that share one folder. */

import { assert, assertEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { Chance } from "../helpers/chance.ts";
import { Cluster, type ClusterOptions } from "../helpers/cluster.ts";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { turn } from "../helpers/fake_clock.ts";
import type { Peer } from "../helpers/peer.ts";

/** Nodes over one folder. */
function startFiles(count: number, options: ClusterOptions = {}): Promise<Cluster> {
  return Cluster.start(count, { blobs: new MemoryBlobs(), ...options });
}

/** The same user on another node. */
async function again(cluster: Cluster, node: number, { token }: Peer): Promise<Peer> {
  const peer = cluster.servers[node].connect();
  await peer.ok({ t: "hello", v: 1, token, quiet: true });
  return peer;
}

Deno.test("a file that one shares on a node is what another one fetches on another node", async () => {
  await using cluster = await startFiles(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  const bytes = counted(300_000);
  const file = await share(alice, bytes, { name: "b.bin" });
  const shared = await bob.next("shared");
  assertEquals(shared.file, file);
  const fetched = await fetchAll(bob, 900, { file: file.file });
  assertEquals(hashOf(fetched.bytes), hashOf(bytes));
});

Deno.test("a transfer goes on at another node, and the one before is told that it moved", async () => {
  await using cluster = await startFiles(2);
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(300_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes, { to: 100_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 100_000);
  const there = await again(cluster, 1, alice);
  const { offset, place } = await there.ok({ t: "resume", transfer });
  assertEquals([offset, place], [100_000, 0]);
  await alice.part(transfer, 100_000, bytes.subarray(100_000, 150_000));
  assertEquals((await alice.next("refused")).code, "moved");
  await sendParts(there, transfer, bytes, { from: 100_000 });
  const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals((await alice.next("shared")).file, file);
  // Once more, and where it began.
  assertEquals((await alice.ok({ t: "finish", transfer })).file, file);
  assertEquals((await alice.ok({ t: "resume", transfer })).file, file);
});

Deno.test("a transfer goes to and fro between nodes with every byte that was stored", async () => {
  await using cluster = await startFiles(3);
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(90_000);
  const { transfer } = await offer(alice, bytes);
  const peers = [alice, await again(cluster, 1, alice), await again(cluster, 2, alice)];
  for (let time = 0; time < 9; time++) {
    const peer = peers[time % 3];
    const { offset } = await peer.ok({ t: "resume", transfer });
    assertEquals(offset, time * 10_000);
    await sendParts(peer, transfer, bytes, { from: time * 10_000, to: (time + 1) * 10_000 });
    await peer.event(({ t, offset }) => t === "stored" && offset === (time + 1) * 10_000);
  }
  await peers[1].ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("of nodes that take a transfer at once, one has it, and no byte is wrong", async () => {
  await using cluster = await startFiles(3);
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(60_000);
  const { transfer } = await offer(alice, bytes);
  const peers = [alice, await again(cluster, 1, alice), await again(cluster, 2, alice)];
  let stored = 0;
  while (stored < bytes.length) {
    const answers = await Promise.all(peers.map((peer) => peer.ask({ t: "resume", transfer })));
    const holders = cluster.servers.filter(({ core }) => core.claims?.holds(transfer as never));
    assertEquals(holders.length, 1);
    const index = cluster.servers.indexOf(holders[0]);
    assertEquals(answers[index].offset, stored);
    await sendParts(peers[index], transfer, bytes, { from: stored, to: stored + 20_000 });
    stored += 20_000;
    await peers[index].event(({ t, offset }) => t === "stored" && offset === stored);
  }
  // Whoever comes second hears that it goes on elsewhere, or what came of it.
  const finish = { t: "finish", transfer, sha256: hashOf(bytes) };
  const ends = await Promise.all([peers[2].ask(finish), peers[0].ask(finish)]);
  assert(ends.some(({ t }) => t === "ok"));
  assert(ends.every(({ t, code }) => t === "ok" || code === "moved"));
  assertEquals((await peers[1].ok(finish)).seq, (await peers[0].ok(finish)).seq);
  await cluster.level();
  assertEquals((await alice.seen("shared")).length, 1);
});

Deno.test("a transfer goes on after its node is gone", async () => {
  await using cluster = await startFiles(2);
  const alice = await cluster.join(0, "Alice");
  const bob = await cluster.join(1, "Bob");
  const bytes = counted(300_000);
  const { transfer } = await offer(alice, bytes, { cid: "c1" });
  await sendParts(alice, transfer, bytes, { to: 200_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 200_000);
  await cluster.level();
  await cluster.kill(0);
  const there = await again(cluster, 1, alice);
  // An offer under the same cid is the same transfer, too.
  const repeated = await offer(there, bytes, { cid: "c1" });
  assertEquals([repeated.transfer, repeated.offset], [transfer, 200_000]);
  await sendParts(there, transfer, bytes, { from: 200_000 });
  const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  assertEquals((await bob.next("shared")).file, file);
});

Deno.test("what a node has written that was taken for gone isn't asked for again", async () => {
  const blobs = new MemoryBlobs();
  await using cluster = await startFiles(2, { blobs });
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(30_000);
  const { transfer } = await offer(alice, bytes);
  {
    await using late = await blobs.receive(transfer as never);
    await late.append(bytes.subarray(0, 10_000));
  }
  await alice.part(transfer, 0, bytes.subarray(0, 20_000));
  assertEquals((await alice.next("refused")).code, "internal");
  assertEquals((await alice.ok({ t: "resume", transfer })).offset, 10_000);
  await sendParts(alice, transfer, bytes, { from: 10_000 });
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("a file isn't finished of which bytes were lost to another node", async () => {
  const blobs = new MemoryBlobs();
  await using cluster = await startFiles(2, { blobs });
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(30_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes);
  await alice.event(({ t, offset }) => t === "stored" && offset === bytes.length);
  await blobs.discard(transfer as never);
  assertEquals(await alice.refused({ t: "finish", transfer }), "moved");
  assertEquals((await alice.ok({ t: "resume", transfer })).offset, 0);
  await sendParts(alice, transfer, bytes);
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("what is cancelled on a node ends on the one that received it", async () => {
  const blobs = new MemoryBlobs();
  await using cluster = await startFiles(2, { blobs });
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(30_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes, { to: 20_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 20_000);
  const there = await again(cluster, 1, alice);
  await there.ok({ t: "cancel", transfer });
  assertEquals(await blobs.unfinished(), new Map());
  await cluster.level();
  await alice.part(transfer, 20_000, bytes.subarray(20_000));
  assertEquals((await alice.next("refused")).code, "no_such_transfer");
  assertEquals(cluster.servers[0].core.uploads.load.sending, 0);
});

Deno.test("the same offer on two nodes at once is one transfer", async () => {
  await using cluster = await startFiles(2);
  const alice = await cluster.join(0, "Alice");
  const there = await again(cluster, 1, alice);
  const bytes = counted(10_000);
  const [one, other] = await Promise.all([
    offer(alice, bytes, { cid: "c1" }),
    offer(there, bytes, { cid: "c1" }),
  ]);
  assertEquals(one.transfer, other.transfer);
  const { offset } = await there.ok({ t: "resume", transfer: one.transfer });
  assertEquals(offset, 0);
  await sendParts(there, one.transfer, bytes);
  await there.ok({ t: "finish", transfer: one.transfer });
});

Deno.test("of two offers that take the last of a quota at once, one is refused", async () => {
  await using cluster = await startFiles(2, { bounds: { guestQuotaBytes: 1000 } });
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  const name = "a.txt";
  const offered = await Promise.all(
    [alice, bob].map((peer) => peer.ask({ t: "offer", room: "lobby", name, size: 600 })),
  );
  assertEquals(offered.map(({ code }) => code).toSorted(), ["quota", undefined]);
  await cluster.level();
  // What was refused takes nothing.
  for (const peer of [alice, bob]) {
    const { transfer } = await peer.ok({ t: "offer", room: "lobby", name, size: 400 });
    await peer.ok({ t: "cancel", transfer });
    await cluster.level();
  }
});

Deno.test("what is removed on a node may be used again on another one", async () => {
  await using cluster = await startFiles(2, { bounds: { guestQuotaBytes: 1000 } });
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  const { file } = await share(alice, counted(700));
  await cluster.level();
  const name = "a.txt";
  assertEquals(await bob.refused({ t: "offer", room: "lobby", name, size: 400 }), "quota");
  await alice.ok({ t: "remove", file });
  await cluster.level();
  await bob.ok({ t: "offer", room: "lobby", name, size: 900 });
  assertEquals(await alice.refused({ t: "offer", room: "lobby", name, size: 200 }), "quota");
});

Deno.test("files of one name on two nodes at once get two names", async () => {
  await using cluster = await startFiles(2);
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  const files = await Promise.all([
    share(alice, counted(1000), { name: "report.pdf" }),
    share(bob, counted(2000), { name: "report.pdf" }),
  ]);
  assertEquals(files.map(({ name }) => name).toSorted(), ["report (2).pdf", "report.pdf"]);
  const seen = [await alice.next("shared"), await alice.next("shared")];
  assertEquals(seen.map(({ file }) => file).length, 2);
});

Deno.test("what a node had begun to finish is finished by another one when it is gone", async () => {
  await using cluster = await startFiles(3);
  const alice = await cluster.join(0, "Alice");
  const bob = await cluster.join(1, "Bob");
  const bytes = counted(5000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes);
  await alice.event(({ t, offset }) => t === "stored" && offset === bytes.length);
  // Its name is chosen and kept, and then it is gone.
  const { library } = cluster.node(0).backend;
  const record = await library.transfer(transfer as never);
  assert(record);
  const about = { name: "a.txt", size: bytes.length, sha256: hashOf(bytes), mime: record.mime };
  const file = { file: "f-1" as never, ...about, ...record.by, at: 1 };
  await library.finishing(record.transfer, file);
  await cluster.level();
  await cluster.kill(0);
  await cluster.level();
  for (const { core } of cluster.servers.slice(1)) {
    if (core.others?.leads) await core.uploads.complete();
  }
  assertEquals((await bob.next("shared")).file, { ...file, room: "lobby" });
  await cluster.level();
  assertEquals(cluster.servers[1].core.uploads.load, { sending: 0, waiting: 0, bytes: 0 });
});

Deno.test("places are shared out between the nodes, and all belong to one that is left", async () => {
  await using cluster = await startFiles(2, { bounds: { uploadsMax: 3 } });
  const places: unknown[] = [];
  const peers: Peer[] = [];
  for (const node of [0, 1]) {
    for (let number = 0; number < 3; number++) {
      const peer = await cluster.join(node, `P${node}${number}`);
      peers.push(peer);
      places.push((await offer(peer, counted(10))).place);
    }
  }
  assertEquals(places, [0, 0, 1, 0, 1, 2]);
  await cluster.kill(0);
  await cluster.level();
  for (const peer of peers.slice(4)) await peer.next("granted");
});

Deno.test("a node that is cut off takes no bytes until it is back", async () => {
  await using cluster = await startFiles(2);
  const alice = await cluster.join(0, "Alice");
  const bytes = counted(30_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes, { to: 10_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 10_000);
  cluster.node(0).cut();
  await alice.part(transfer, 10_000, bytes.subarray(10_000, 20_000));
  assertEquals((await alice.next("refused")).code, "not_granted");
  assertEquals(await alice.refused({ t: "resume", transfer }), "unavailable");
  cluster.node(0).lapse();
  const there = await again(cluster, 1, alice);
  assertEquals((await there.ok({ t: "resume", transfer })).offset, 10_000);
  await sendParts(there, transfer, bytes, { from: 10_000 });
  await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  await cluster.node(0).mend();
  await cluster.level();
  assert((await alice.ok({ t: "resume", transfer })).file);
});

Deno.test("bytes stay of a transfer that a node which looks for what was left can't know of", async () => {
  await using cluster = await startFiles(2);
  cluster.node(0).cut();
  const alice = await cluster.join(1, "Alice");
  const bytes = counted(20_000);
  const { transfer } = await offer(alice, bytes);
  await sendParts(alice, transfer, bytes, { to: 10_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 10_000);
  // Before it has noticed, as it may begin then.
  await cluster.servers[0].core.uploads.sweep(true);
  await sendParts(alice, transfer, bytes, { from: 10_000 });
  await alice.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
});

Deno.test("what somebody sends to a room ends when they are put out on another node", async () => {
  const blobs = new MemoryBlobs();
  await using cluster = await startFiles(2, { blobs });
  const olga = await cluster.join(1, "Olga", "tea");
  await cluster.level();
  const alice = await cluster.join(0, "Alice", "tea");
  await cluster.level();
  const bytes = counted(20_000);
  const { transfer } = await offer(alice, bytes, { room: "tea" });
  await sendParts(alice, transfer, bytes, { to: 10_000 });
  await alice.event(({ t, offset }) => t === "stored" && offset === 10_000);
  await cluster.level();
  await olga.ok({ t: "kick", room: "tea", user: "Alice" });
  await cluster.level();
  assertEquals(await alice.refused({ t: "resume", transfer }), "no_such_transfer");
  assertEquals(await blobs.unfinished(), new Map());
});

Deno.test("whatever nodes take transfers, the file has the bytes that were sent, once", async () => {
  const chance = Chance.ofRun("cluster_files_test");
  const pace = async () => {
    for (let turns = chance.below(4); turns > 0; turns--) await turn();
  };
  await using cluster = await startFiles(3, { pace, bounds: { uploadsMax: 30 } });
  const alice = await cluster.join(0, "Alice");
  await cluster.level();
  const peers = [alice, await again(cluster, 1, alice), await again(cluster, 2, alice)];
  const bytes = counted(50_000);
  // Two at a time want each, and take it from one another.
  const sent = Array.from({ length: 12 }, async (_, index) => {
    const number = index % 6;
    const about = { name: `${number}.bin`, cid: `c${number}` };
    for (;;) {
      const peer = peers[chance.below(peers.length)];
      const command = { t: "offer", room: "lobby", size: bytes.length, ...about };
      const { transfer, offset, place, code } = await peer.ask(command);
      assert(code === undefined || code === "moved", `${code}`);
      if (code !== undefined || place !== 0) continue;
      const from = Number(offset);
      const to = Math.min(from + 10_000, bytes.length);
      if (to > from) await sendParts(peer, transfer, bytes, { from, to });
      if (to < bytes.length) {
        // Written when the connection's next command is answered, or by whoever takes it then.
        await peer.ok({ t: "ping" });
        continue;
      }
      const finished = await peer.ask({ t: "finish", transfer, sha256: hashOf(bytes) });
      if (finished.t === "ok") return finished.seq;
      assert(["moved", "bad_offset"].includes(String(finished.code)), String(finished.code));
    }
  });
  const seqs = [...new Set(await Promise.all(sent))];
  await cluster.level();
  const shared = await alice.seen("shared");
  assertEquals(
    shared.map(({ seq }) => seq),
    seqs.toSorted((one, other) => Number(one) - Number(other)),
  );
  for (const { file } of shared) {
    const { bytes: got } = await fetchAll(peers[1], 900 + shared.length, { file: fileId(file) });
    assertEquals(hashOf(got), hashOf(bytes));
  }
});

function fileId(file: unknown): unknown {
  return (file as { readonly file: string }).file;
}
