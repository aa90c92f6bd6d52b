/** What people do on several nodes behind a real NATS, without sockets of their own. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { NatsCores } from "../helpers/nats_cores.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";

function natsTest(name: string, run: (nodes: NatsCores) => Promise<void>): void {
  Deno.test({
    name,
    ignore: isMissing("nats-server"),
    fn: async () => {
      await using nodes = await NatsCores.start({ nodes: 2 });
      await run(nodes);
    },
  });
}

async function saids(peer: Peer, room: string): Promise<unknown[][]> {
  const all: unknown[][] = [];
  for (let after = 0, more = true; more;) {
    const page = await peer.ok({ t: "history", room, after, limit: 200 });
    const events = page.events as JsonObject[];
    all.push(...events.map(({ seq, text }) => [seq, text]));
    after = Number(events.at(-1)?.seq ?? after);
    more = page.more === true;
  }
  return all;
}

natsTest(
  "all who speak at once on two nodes are kept once, in one order that all see",
  async (nodes) => {
    const [one, other] = nodes.servers;
    const peers = await Promise.all([
      ...[0, 1, 2].map((number) => one.join(`a${number}`)),
      ...[0, 1, 2].map((number) => other.join(`b${number}`)),
    ]);
    const each = 200;
    const last = Number((await peers[0].ok({ t: "history", room: "lobby" })).seq);
    await Promise.all(peers.flatMap((peer, number) =>
      Array.from({ length: each }, (_, index) => {
        const text = `${number} ${index}`;
        return peer.ok({ t: "say", room: "lobby", text, cid: text });
      })
    ));
    const [first, ...others] = await Promise.all(peers.map((peer) => saids(peer, "lobby")));
    assertEquals(first.length, last + peers.length * each);
    assertEquals(first.map(([seq]) => seq), first.map((_, index) => index + 1));
    assertEquals(new Set(first.map(([, text]) => text)).size, first.length);
    for (const seen of others) assertEquals(seen, first);
    for (const peer of peers) {
      await peer.event(({ t, seq }) => t === "said" && seq === first.length);
      const heard = peer.events.flatMap(({ t, seq }) => t === "said" ? [seq] : []);
      assertEquals(heard, first.slice(0, -1).map(([seq]) => seq));
    }
  },
);

natsTest("names, presence, rooms and order are the same on two nodes", async (nodes) => {
  const [one, other] = nodes.servers;
  const olga = await one.join("Olga", "tea");
  await olga.ok({ t: "register", password: "correct horse" });
  assertEquals(
    await other.connect().refused({ t: "hello", v: 1, user: "OLGA" }),
    "name_taken",
  );
  const bob = await other.join("Bob", "tea");
  await olga.event(({ t, users }) => t === "came" && String(users).includes("Bob"));
  const { users } = await bob.ok({ t: "users" });
  assertEquals((users as JsonObject[]).map(({ user, online, role }) => [user, online, role]), [
    ["Bob", true, "guest"],
    ["Olga", true, "owner"],
  ]);
  await bob.ok({ t: "typing", room: "tea" });
  assertEquals((await olga.next("typed")).user, "Bob");
  await bob.ok({ t: "say", room: "@olga", text: "psst" });
  assertEquals((await olga.next("said")).room, "@Bob");
  await olga.ok({ t: "kick", room: "tea", user: "bob" });
  await bob.next("kicked");
  assertEquals(await bob.refused({ t: "say", room: "tea", text: "hi" }), "not_allowed");
  await olga.ok({ t: "ban", user: "bob" });
  assertEquals((await bob.event(({ t }) => t === "refused")).code, "banned");
  await bob.end();
  assertEquals(await one.connect().refused({ t: "hello", v: 1, token: bob.token }), "banned");
});
