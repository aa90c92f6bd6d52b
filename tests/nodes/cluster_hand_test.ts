/** What is put into, and taken from, the folder that several nodes share; and what two do at once. */

import { assertEquals } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { lobby } from "../../lib/names.ts";
import { watchFolders } from "../../lib/sharing/owner_watch.ts";
import { bytesOf } from "../contract/blobs.ts";
import { Cluster } from "../helpers/cluster.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, fetchAll, sendParts, share } from "../helpers/file_peer.ts";

const note = { conversation: lobby, name: "note.txt" };
/** Longer than it takes until a node knows who leads, and a file has rested. */
const aWhileMs = 20_000;
const stepMs = 400;

/** Nodes that look at one folder, and time that a test lets pass. */
async function startWatched(count: number) {
  const [blobs, clock] = [new MemoryBlobs(), new FakeClock()];
  const cluster = await Cluster.start(count, { blobs, clock });
  const hands = cluster.servers.map(({ core }) => watchFolders(core, blobs));
  async function pass(ms = aWhileMs): Promise<void> {
    for (let past = 0; past < ms; past += stepMs) {
      await clock.tick(stepMs);
      await cluster.level();
    }
  }
  const close = async () => {
    for (const hand of hands) await hand[Symbol.asyncDispose]();
    const closed = cluster[Symbol.asyncDispose]();
    await clock.tick(1000);
    await closed;
  };
  return { blobs, clock, cluster, hands, pass, [Symbol.asyncDispose]: close };
}

Deno.test("a file put into the folder is shared once, and removed once when it is taken away", async () => {
  await using scene = await startWatched(3);
  const { cluster, blobs, clock, pass } = scene;
  const bob = await cluster.join(2, "Bob");
  blobs.put(note, bytesOf("by hand"), clock.now());
  await pass();
  const shared = await bob.next("shared");
  assertEquals((shared.file as { name: string }).name, "note.txt");
  const { file } = shared.file as { file: string };
  const { bytes } = await fetchAll(bob, 900, { file });
  assertEquals(new TextDecoder().decode(bytes), "by hand");
  blobs.take(note);
  await pass();
  assertEquals((await bob.next("removed")).file, file);
  assertEquals([await bob.seen("shared"), await bob.seen("removed")], [[], []]);
});

Deno.test("another node looks after the folder when the one that did is gone", async () => {
  await using scene = await startWatched(2);
  const { cluster, blobs, clock, hands, pass } = scene;
  const bob = await cluster.join(1, "Bob");
  await pass();
  await hands[0][Symbol.asyncDispose]();
  await cluster.kill(0);
  blobs.put(note, bytesOf("by hand"), clock.now());
  await pass();
  await bob.next("shared");
});

Deno.test("what users share and remove on several nodes isn't taken for the owner's", async () => {
  await using scene = await startWatched(2);
  const { cluster, pass } = scene;
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  await pass();
  for (const peer of [alice, bob]) {
    const { file } = await share(peer, counted(1000));
    await pass(6000);
    await peer.ok({ t: "remove", file });
    await pass(6000);
  }
  assertEquals((await alice.seen("shared")).map(({ user }) => user), ["Alice", "Bob"]);
  assertEquals((await alice.seen("removed")).map(({ user }) => user), ["Alice", "Bob"]);
});

Deno.test("a file that is removed on two nodes at once is removed once", async () => {
  await using cluster = await Cluster.start(2, { blobs: new MemoryBlobs() });
  const alice = await cluster.join(0, "Alice");
  const there = cluster.servers[1].connect();
  await there.ok({ t: "hello", v: 1, token: alice.token });
  for (let number = 0; number < 10; number++) {
    const { file } = await share(alice, counted(100));
    await cluster.level();
    const ends = await Promise.all([alice, there].map((peer) => peer.ask({ t: "remove", file })));
    const said = ends.map(({ t, code }) => code ?? t);
    assertEquals(said.every((one) => one === "ok" || one === "no_such_file"), true, `${said}`);
    await cluster.level();
    assertEquals((await alice.seen("removed")).length, number + 1);
  }
});

Deno.test("a private file is taken or declined on another node, which its sender sees", async () => {
  await using cluster = await Cluster.start(2, { blobs: new MemoryBlobs() });
  const [alice, bob] = [await cluster.join(0, "Alice"), await cluster.join(1, "Bob")];
  const bytes = counted(1000);
  for (const answer of ["taken", "declined"]) {
    const about = { room: "@Bob", name: `${answer}.txt`, size: bytes.length };
    const { transfer } = await alice.ok({ t: "offer", ...about });
    await sendParts(alice, transfer, bytes);
    await alice.ok({ t: "finish", transfer });
    const { file } = (await bob.next("shared")).file as { file: string };
    if (answer === "declined") await bob.ok({ t: "decline", file });
    else await fetchAll(bob, 900, { file });
    assertEquals((await alice.next(answer)).file, file);
  }
});
