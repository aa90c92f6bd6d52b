import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { connect, type TLSSocket } from "node:tls";
import { usageOf } from "../bench/usage.ts";
import { runHere, startHere } from "./helpers/client_here.ts";
import { clientCommand, type Ran } from "./helpers/client_program.ts";
import { counted } from "./helpers/file_peer.ts";
import { Relay } from "./helpers/relay.ts";
import { RealClient, type Scene, sceneTest } from "./helpers/scene.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

/** The address that a server prints, of somebody before it where a port is given. */
async function addressOf(scene: Scene, before?: number): Promise<string> {
  const address = await scene.process.printed(/^Join here:.*?(parleys:\S+)/);
  return before === undefined ? address : address.replace(/:\d+#/, `:${before}#`);
}

/** What starts a client, with an address in the place of a port. */
function commandAt(scene: Scene, address: string, ...args: readonly string[]): string[] {
  const { folder, port } = scene.server;
  const words = clientCommand({ folder, port }, ...args);
  const at = words.indexOf("--port");
  return words.toSpliced(at, 2, "--host", address);
}

sceneTest(
  "row 25: programs talk over TLS with the address that the server prints",
  async (scene) => {
    await scene.start(["--tls"]);
    const address = await addressOf(scene);
    // What isn't about the program is done in the test's process.
    const alice = scene.run(commandAt(scene, address, "--user", "Alice"));
    await using bob = new RealClient(startHere(commandAt(scene, address, "--user", "Bob")));
    await Promise.all([alice.sees("── #lobby ──"), bob.sees("── #lobby ──")]);
    await alice.type("nobody else reads this");
    await bob.sees("Alice: nobody else reads this");
    // The server restarts with the same key, and the client knows it.
    await scene.process.stop("SIGTERM");
    await alice.type("said meanwhile");
    await scene.process.start();
    await bob.sees("Alice: said meanwhile");
    assertEquals(await addressOf(scene), address);
  },
);

sceneTest("a file that goes over TLS goes on where it was cut, up or down", async (scene) => {
  const server = await scene.start(["--tls"]);
  const bytes = counted(6 * MiB);
  const near = await addressOf(scene);
  for (const way of ["up", "down"] as const) {
    // Of several nodes each has a certificate of its own.
    await using relay = new Relay(server.ports[0], 8 * MiB);
    const far = await addressOf(scene, relay.port);
    const path = join(server.folder, `${way}.mp4`);
    await Deno.writeFile(path, bytes);
    const run = (address: string, ...args: readonly string[]): Promise<Ran> =>
      runHere(commandAt(scene, address, ...args));
    const cut = (async () => {
      await relay.until(way, 3 * MiB);
      relay.cut();
    })();
    const up = await run(way === "up" ? far : near, "upload", path, "--user", `Alice-${way}`);
    assertEquals(up.code, 0, up.err);
    const from = way === "down" ? far : near;
    const down = await run(from, "download", `${way}.mp4`, "--user", `Bob-${way}`);
    assertEquals(down.code, 0, down.err);
    await cut;
    assertEquals(await Deno.readFile(join(server.folder, "received", `${way}.mp4`)), bytes);
    assert(relay.came[way] < 9 * MiB, `${relay.came[way]} bytes went ${way} in all`);
  }
});

sceneTest("an idle connection over TLS takes little memory", async (scene) => {
  const { pid, port } = await scene.start(["--tls"]);
  const count = 200;
  const resident = () => usageOf(pid)?.residentBytes ?? NaN;
  // What is taken once, whoever comes, isn't counted.
  const open = await greeted(port, "first", 50);
  const before = resident();
  open.push(...await greeted(port, "then", count));
  const each = (resident() - before) / count;
  for (const socket of open) socket.destroy();
  console.log(`Each takes ${(each / KiB).toFixed(0)} KiB`);
  assert(each < 200 * KiB, `${each} bytes each`);
});

/** Connections over TLS that have said hello, and nothing else. */
function greeted(port: number, name: string, count: number): Promise<TLSSocket[]> {
  return Promise.all(Array.from({ length: count }, async (_, at) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
    socket.write(`{"t":"hello","v":1,"id":1,"user":"${name}${at}","quiet":true}\n`);
    await new Promise<void>((resolve, reject) => {
      socket.once("data", () => resolve());
      socket.once("error", reject);
    });
    return socket;
  }));
}
