import { assertEquals } from "@std/assert";
import { Journal } from "../../lib/log.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { Cluster } from "../helpers/cluster.ts";
import type { Peer } from "../helpers/peer.ts";

async function texts(peer: Peer, room: string): Promise<unknown[][]> {
  const { events } = await peer.ok({ t: "history", room, after: 0, limit: 200 });
  return (events as { seq: number; t: string; text?: string }[])
    .map(({ seq, t, text }) => [seq, text ?? t]);
}

Deno.test("what is said on one node is heard on all, with the same seq and once", async () => {
  await using cluster = await Cluster.start(3);
  const [alice, bob, carol] = await Promise.all([
    cluster.join(0, "Alice"),
    cluster.join(1, "Bob"),
    cluster.join(2, "Carol"),
  ]);
  await cluster.level();
  const { seq } = await alice.ok({ t: "say", room: "lobby", text: "hi", cid: "c1" });
  assertEquals((await bob.next("said")).seq, seq);
  assertEquals((await carol.next("said")).seq, seq);
  assertEquals(await bob.seen("said"), []);
  const answer = await carol.ok({ t: "say", room: "lobby", text: "hello" });
  assertEquals(answer.seq, Number(seq) + 1);
  assertEquals((await alice.event(({ text }) => text === "hello")).cid, undefined);
});

Deno.test("all who speak at once on different nodes are kept once, in one order that all see", async () => {
  await using cluster = await Cluster.start(3);
  const peers = await Promise.all([0, 1, 2].map((node) => cluster.join(node, `p${node}`, "tea")));
  await cluster.level();
  const each = 40;
  const cids = Array.from({ length: each }, (_, index) => `c${index}`);
  await Promise.all(
    peers.flatMap((peer, number) =>
      cids.map((cid) => peer.ok({ t: "say", room: "tea", text: `${number} ${cid}`, cid }))
    ),
  );
  await cluster.level();
  const [first, ...others] = await Promise.all(peers.map((peer) => texts(peer, "tea")));
  assertEquals(first.length, 3 + 3 * each);
  for (const other of others) assertEquals(other, first);
  for (const peer of peers) {
    const heard = (await peer.seen("said")).map(({ seq, text }) => [seq, text]);
    assertEquals(heard, first.slice(3));
  }
});

Deno.test("a note that a node fails at is in its log, and the next one is heard", async () => {
  const lines: string[] = [];
  const write = (text: string) => void lines.push(text);
  const journal = new Journal({ write, clock: systemClock(), format: "text" });
  await using cluster = await Cluster.start(2, { journal });
  const [alice, bob] = [await cluster.join(0, "Alice", "tea"), await cluster.join(1, "Bob", "tea")];
  await cluster.level();
  cluster.servers[1].core.people.retire = () => {
    throw new Error("It fails");
  };
  const [{ uid }] = cluster.servers[0].core.people.sorted();
  cluster.node(0).pass({ is: "retired", uid });
  await alice.ok({ t: "typing", room: "tea" });
  await bob.next("typed");
  await journal.flush();
  assertEquals(lines.join("").match(/It fails/g)?.length, 1);
});
