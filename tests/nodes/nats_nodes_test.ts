/** Two servers behind one NATS, each a process of its own: what their users notice of that. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { adminHere } from "../helpers/admin_program.ts";
import { clientCommand } from "../helpers/client_program.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { RealClient } from "../helpers/scene.ts";

const ignore = isMissing("nats-server");

/** Two nodes, for all tests of this file. */
class Pair implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    readonly nats: NatsServer,
    readonly one: RealServer,
    readonly other: RealServer,
  ) {
    for (const each of [nats, one, other]) this.#stack.use(each);
  }

  /** The log of the first one tells what others do, and nothing of what its users do. */
  static async start(): Promise<Pair> {
    const nats = await NatsServer.start();
    const node = (...args: readonly string[]) => {
      const alone = "it has nodes of its own";
      return RealServer.start({ args: [`--nats=${nats.url}`, ...args], alone });
    };
    return new Pair(nats, await node("--quiet"), await node());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

let started: Promise<Pair> | undefined;

if (!ignore) Deno.test.afterAll(async () => await (await started)?.[Symbol.asyncDispose]());

function pairTest(name: string, run: (pair: Pair) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      started ??= Pair.start();
      await run(await started);
    },
  });
}

async function textsOf(peer: Peer, room = "lobby"): Promise<readonly unknown[]> {
  const { events } = await peer.ok({ t: "history", room, after: 0 });
  return Array.isArray(events) ? events.map((event) => event.text).filter((text) => text) : [];
}

pairTest(
  "whoever is on another node is heard, and the log is the same on both",
  async ({ one, other }) => {
    const ann = await one.join("Ann");
    const ben = await other.join("Ben");
    await Promise.all([ann, ben].map((peer) => peer.ok({ t: "join", room: "lobby" })));
    await ann.ok({ t: "say", room: "lobby", text: "hello from one", cid: "a1" });
    const heard = await ben.next("said");
    assertEquals(heard.text, "hello from one");
    await ben.ok({ t: "say", room: "lobby", text: "hello from the other", cid: "b1" });
    assertEquals(
      (await ann.event(({ t, user }) => t === "said" && user === "Ben")).seq,
      Number(heard.seq) + 1,
    );
    assertEquals(await textsOf(ann), ["hello from one", "hello from the other"]);
    assertEquals(await textsOf(ben), await textsOf(ann));
    for (const peer of [ann, ben]) peer.close();
  },
);

const keepsNothing = / NOTE nodes nothing is kept now: NATS is away or takes nothing$/;
const keepsAgain = / NOTE nodes everything is kept again$/;

pairTest(
  "users, scripts, admin and the log are told once that nothing can be kept, and once that it can",
  async ({ nats, one, other }) => {
    await using alice = new RealClient(clientCommand(one, "--user", "Alice"));
    await using bot = new RealClient(clientCommand(other, "--user", "Bot", "--json"));
    await Promise.all([alice.sees("── #lobby ──"), bot.sees('"begun"')]);
    const bob = await one.join("Bob");
    const send = (text: string) =>
      new RealClient(clientCommand(one, "send", "lobby", text, "--user", "Carl"));
    const folders = ["--data", one.data, "--files", join(one.folder, "files")];
    const admin = (...args: string[]) => adminHere([...args, ...folders]);
    assertEquals(await send("one by a script").ended(), 0);
    await nats.kill();
    await Promise.all([alice.sees("The server can't save anything now"), bot.sees('"stalled"')]);
    await one.printed(keepsNothing);
    const script = send("two by a script");
    assertEquals(await script.ended(), 3);
    assertStringIncludes(
      script.lines.join(),
      "the server can't save anything now, and nothing was",
    );
    const { code, out, err } = await admin("ban", "Bob");
    assertEquals([code, out], [1, ""]);
    assertStringIncludes(err, "Cannot do that: nothing is kept now, as NATS is away");
    assertStringIncludes((await admin("list")).out, "Bob");
    await alice.type("from Alice");
    await bot.type(JSON.stringify({ t: "say", room: "lobby", text: "from the bot", id: 1 }));
    await nats.start();
    await Promise.all([alice.sees("from the bot"), bot.sees("from Alice"), bot.sees('"re":1')]);
    await alice.sees("The server saves everything again");
    await one.printed(keepsAgain);
    assertEquals(bot.all('"stalled"').map((line) => JSON.parse(line).on), [true, false]);
    assertEquals(alice.all("The server ").length, 2);
    assertEquals(alice.all("by a script").length, 1);
    assertEquals([...alice.all("Connection lost"), ...bot.all('"waiting"')], []);
    assertEquals((await admin("bans")).out, "Nobody is banned from the server\n");
    assertEquals((await admin("ban", "Bob")).out, "Bob is banned from the server\n");
    assertEquals((await bob.next("refused")).code, "banned");
  },
);

pairTest("the log of a quiet node says which others come and go", async ({ one, other }) => {
  await one.printed(new RegExp(` NOTE nodes \\S+:${other.port} is there$`));
  await other.stop("SIGTERM");
  await one.printed(new RegExp(` NOTE nodes \\S+:${other.port} is gone$`));
});
