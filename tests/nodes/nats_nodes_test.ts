/** Two servers behind one NATS, each a process of its own: what their users notice of that. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { runAdmin } from "../helpers/admin_program.ts";
import { clientCommand } from "../helpers/client_program.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { RealClient } from "../helpers/scene.ts";

const ignore = isMissing("nats-server");

/** A node that belongs to the NATS. */
function startNode(nats: NatsServer, ...args: readonly string[]): Promise<RealServer> {
  const alone = "it has nodes of its own";
  return RealServer.start({ args: [`--nats=${nats.url}`, ...args], alone });
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

const keepsNothing = / NOTE nodes nothing is kept now: NATS is away or takes nothing$/;
const keepsAgain = / NOTE nodes everything is kept again$/;

Deno.test({
  name: "the log of a quiet node says which others come and go, and when NATS does",
  ignore,
  fn: async () => {
    await using nats = await NatsServer.start();
    await using one = await startNode(nats, "--quiet");
    await using other = await startNode(nats);
    await one.printed(new RegExp(` NOTE nodes \\S+:${other.port} is there$`));
    await other.stop("SIGTERM");
    await one.printed(new RegExp(` NOTE nodes \\S+:${other.port} is gone$`));
    await nats.kill();
    await one.printed(keepsNothing);
    await nats.start();
    await one.printed(keepsAgain);
  },
});

Deno.test({
  name: "who is on a node is told once that nothing can be kept, and once that it can again",
  ignore,
  fn: async () => {
    await using nats = await NatsServer.start();
    await using one = await startNode(nats);
    await using other = await startNode(nats);
    await using alice = new RealClient(clientCommand(one, "--user", "Alice"));
    await using bot = new RealClient(clientCommand(other, "--user", "Bot", "--json"));
    await Promise.all([alice.sees("── #lobby ──"), bot.sees('"begun"')]);
    const send = (text: string) =>
      new RealClient(clientCommand(one, "send", "lobby", text, "--user", "Carl"));
    assertEquals(await send("one by a script").ended(), 0);
    await nats.kill();
    await Promise.all([alice.sees("The server can't save anything now"), bot.sees('"stalled"')]);
    const script = send("two by a script");
    assertEquals(await script.ended(), 3);
    assertStringIncludes(
      script.lines.join(),
      "the server can't save anything now, and nothing was",
    );
    await alice.type("from Alice");
    await bot.type(JSON.stringify({ t: "say", room: "lobby", text: "from the bot", id: 1 }));
    await nats.start();
    await Promise.all([alice.sees("from the bot"), bot.sees("from Alice"), bot.sees('"re":1')]);
    await alice.sees("The server saves everything again");
    assertEquals(bot.all('"stalled"').map((line) => JSON.parse(line).on), [true, false]);
    assertEquals(alice.all("The server ").length, 2);
    assertEquals(alice.all("by a script").length, 1);
    assertEquals([...alice.all("Connection lost"), ...bot.all('"waiting"')], []);
  },
});

Deno.test({
  name: "admin says that it isn't done where NATS is away, and lists what there is",
  ignore,
  fn: async () => {
    await using nats = await NatsServer.start();
    await using node = await startNode(nats);
    const { folder, data } = node;
    const folders = ["--data", data, "--files", join(folder, "files")];
    const admin = (...args: string[]) => runAdmin([...args, ...folders], { folders: [folder] });
    const bob = await node.join("Bob");
    await nats.kill();
    await node.printed(keepsNothing);
    const { code, out, err } = await admin("ban", "Bob");
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "Cannot do that: nothing is kept now, as NATS is away");
    assertStringIncludes((await admin("list")).out, "Bob");
    await nats.start();
    await node.printed(keepsAgain);
    assertEquals((await admin("bans")).out, "Nobody is banned from the server\n");
    assertEquals((await admin("ban", "Bob")).out, "Bob is banned from the server\n");
    assertEquals((await bob.next("refused")).code, "banned");
  },
});
