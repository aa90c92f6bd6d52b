/** Two servers behind one NATS, each a process of its own: what their users notice of that. */

import { assertEquals } from "@std/assert";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";

const ignore = isMissing("nats-server");

/** A node that belongs to the NATS. */
function startNode(nats: NatsServer): Promise<RealServer> {
  return RealServer.start({ args: [`--nats=${nats.url}`], alone: "it has nodes of its own" });
}

async function textsOf(peer: Peer, room = "lobby"): Promise<readonly unknown[]> {
  const { events } = await peer.ok({ t: "history", room, after: 0 });
  return Array.isArray(events) ? events.map((event) => event.text).filter((text) => text) : [];
}

Deno.test({
  name: "whoever is on another node is heard, and the log is the same on both",
  ignore,
  fn: async () => {
    await using nats = await NatsServer.start();
    await using one = await startNode(nats);
    await using other = await startNode(nats);
    const alice = await one.join("Alice");
    const bob = await other.join("Bob");
    await Promise.all([alice, bob].map((peer) => peer.ok({ t: "join", room: "lobby" })));
    await alice.ok({ t: "say", room: "lobby", text: "hello from one", cid: "a1" });
    const heard = await bob.next("said");
    assertEquals(heard.text, "hello from one");
    await bob.ok({ t: "say", room: "lobby", text: "hello from the other", cid: "b1" });
    assertEquals(
      (await alice.event(({ t, user }) => t === "said" && user === "Bob")).seq,
      Number(heard.seq) + 1,
    );
    assertEquals(await textsOf(alice), ["hello from one", "hello from the other"]);
    assertEquals(await textsOf(bob), await textsOf(alice));
  },
});
