/** Two nodes behind one NATS, one of which is cut off from it: what their clients notice. */

import { assertEquals } from "@std/assert";
import { tcpDial } from "../../lib/client/tcp.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { isMissing } from "../helpers/needs.ts";
import { RealNodes } from "../helpers/real_nodes.ts";
import { WatchedChat } from "../helpers/watched_chat.ts";

Deno.test({
  name:
    "nodes: who goes on at a node that was just cut off keeps what they have, and misses nothing",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using nodes = await RealNodes.start({ nodes: 2, args: ["--quiet"] });
    const [one, other] = nodes.nodes;
    const clock = systemClock();
    const alice = await one.join("Alice");
    const say = (text: string) => alice.ok({ t: "say", room: "lobby", text });
    let { port } = one;
    const dialled: { close(): void }[] = [];
    const bob = new WatchedChat({
      async dial() {
        const connection = await tcpDial({ host: "127.0.0.1", port }, clock)();
        dialled.push(connection);
        return connection;
      },
      hello: { v: 1, user: "Bob" },
      clock,
      random: () => 0,
    });
    await say("one");
    await bob.first("event", ({ event }) => event.seq === 1);
    // Who is there knows the other node's newest, and Bob.
    const carol = await other.join("Carol");
    await carol.ok({ t: "history", room: "lobby" });
    nodes.cut(other);
    await say("two");
    await say("three");
    await bob.first("event", ({ event }) => event.seq === 3);
    port = other.port;
    const again = bob.next("status", ({ status }) => status.is === "online");
    dialled.at(-1)?.close();
    const { status } = await again;
    assertEquals(status.is === "online" && status.hello.behind, true);
    nodes.mend(other);
    await say("four");
    await bob.first("event", ({ event }) => event.seq === 4);
    assertEquals(bob.all("event").map(({ event: { seq } }) => seq), [1, 2, 3, 4]);
    assertEquals([...bob.all("ended"), ...bob.all("gap")], []);
    await bob.chat.close();
    for (const peer of [alice, carol]) peer.close();
  },
});
