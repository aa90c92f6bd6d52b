/** Three servers of NATS as docs/operating.md sets them up. */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DataFolder } from "../backend/folder.ts";
import { freePort } from "../helpers/free_port.ts";
import { NatsServer } from "../helpers/nats.ts";
import { level } from "../helpers/nats_cluster.ts";
import { isMissing } from "../helpers/needs.ts";
import { TestServer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { logged } from "../helpers/scene.ts";

const page = join(import.meta.dirname ?? ".", "..", "..", "docs", "operating.md");
const machines = ["10.0.0.1", "10.0.0.2", "10.0.0.3"];

/** The one block of the page that is NATS's. */
async function configOf(): Promise<string> {
  const [[, config], second] = (await Deno.readTextFile(page)).matchAll(/```conf\n(.*?)```/gs);
  assert(config && second === undefined, "docs/operating.md has one block for NATS");
  return config;
}

/** That of another machine, with the ports of this one at which the machines are. */
function configFor(index: number, config: string, ports: readonly number[]): string {
  const own = config.replace("server_name: one", `server_name: n${index}`)
    .replace(`listen: "${machines[0]}:6222"`, `listen: "${machines[index]}:6222"`);
  return machines.reduce((text, machine, at) => {
    return text.replaceAll(`${machine}:6222`, `127.0.0.1:${ports[at]}`);
  }, own);
}

Deno.test({
  name: "nats: three servers as docs/operating.md sets them up keep what is said when one is lost",
  ignore: isMissing("nats-server"),
  fn: async () => {
    const config = await configOf();
    const ports = machines.map(freePort);
    await using stack = new AsyncDisposableStack();
    const servers = await Promise.all(machines.map(async (_machine, index) => {
      return stack.use(
        await NatsServer.start({
          config: (folder) => configFor(index, config, ports).replace("/var/lib/nats", folder),
        }),
      );
    }));
    const urls = servers.map(({ port }) => `nats://parley:LONG-SECRET@127.0.0.1:${port}`);
    const args = [`--nats=${urls.join()}`, "--nats-replicas=3"];
    await using node = await RealServer.start({ args, alone: "it has nodes of its own" });
    const alice = await node.join("Alice");
    await alice.ok({ t: "join", room: "lobby" });
    await alice.ok({ t: "say", room: "lobby", text: "one", cid: "1" });
    await level(urls.map((url) => ({ url })));
    await servers[0].kill();
    await alice.ok({ t: "say", room: "lobby", text: "two", cid: "2" });
    assertEquals(await logged(alice, "lobby"), ["one", "two"]);
    alice.close();
  },
});

Deno.test({
  name: "nats: one server becomes several nodes, as docs/operating.md says, with what it has kept",
  ignore: isMissing("nats-server"),
  fn: async () => {
    await using folder = new DataFolder();
    let token: string;
    {
      await using alone = await TestServer.start({ backend: await folder.open() });
      const alice = await alone.join("Alice", "lobby");
      await alice.ok({ t: "say", room: "lobby", text: "before", cid: "1" });
      ({ token } = alice);
    }
    await using nats = await NatsServer.start();
    const copy = `${folder.path}/../copy`;
    const copied = await new Deno.Command("cp", { args: ["-r", folder.path, copy] }).output();
    assert(copied.success);
    const start = (data: string) =>
      RealServer.start({
        args: [`--nats=${nats.url}`, `--data=${data}`],
        // That isn't in the folder that a test's server is granted.
        permissions: "all",
        alone: "it has nodes of its own",
      });
    await using one = await start(folder.path);
    await using other = await start(copy);
    const alice = await other.join("Alice", { token });
    const bob = await one.join("Bob");
    await bob.ok({ t: "join", room: "lobby" });
    await alice.ok({ t: "say", room: "lobby", text: "after", cid: "2" });
    for (const peer of [alice, bob]) {
      assertEquals(await logged(peer, "lobby"), ["before", "after"]);
      peer.close();
    }
  },
});
