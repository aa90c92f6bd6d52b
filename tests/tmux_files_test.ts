/** Files as two people at two terminals see them: real server, real clients, a line of its own. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { clientCommand, root } from "./helpers/client_program.ts";
import { isMissing } from "./helpers/needs.ts";
import { RealServer, type RealServerOptions } from "./helpers/real_server.ts";
import { Relay } from "./helpers/relay.ts";
import { type Terminal, Tmux } from "./helpers/tmux.ts";
import { someBytes } from "./helpers/transfer_scene.ts";

const wide = { columns: 110, rows: 30 };
const megabyte = 1_000_000;
const usual: RealServerOptions = { args: ["--quiet"] };

/** A server for all who need none that stands alone; in each test other people come to it. */
let shared: Promise<RealServer> | undefined;

Deno.test.afterAll(async () => await (await shared)?.[Symbol.asyncDispose]());

/** Terminals around a server, on lines of 20 MB/s at first. */
class Scene implements AsyncDisposable {
  readonly server: RealServer;
  readonly relay: Relay;
  readonly tmux = new Tmux();

  constructor(server: RealServer) {
    this.server = server;
    this.relay = new Relay(server.port, 20 * megabyte);
  }

  /** A terminal with a client in it. */
  async open(user: string, ...args: readonly string[]): Promise<Terminal> {
    const { folder } = this.server;
    const command = clientCommand({ folder, port: this.relay.port }, "--user", user, ...args);
    const received = ["--received", this.received(user)];
    const terminal = await this.tmux.open([...command, ...received], { ...wide, cwd: root });
    await terminal.until("#lobby ›");
    return terminal;
  }

  /** The folder that a user's files come to. */
  received(user: string): string {
    return join(this.server.folder, `received-${user}`);
  }

  /** Makes a file that can be sent. */
  async make(name: string, bytes: number): Promise<string> {
    const path = join(this.server.folder, name);
    await Deno.writeFile(path, someBytes(bytes));
    return path;
  }

  async requireSame(path: string, user: string, name: string): Promise<void> {
    const received = await Deno.readFile(join(this.received(user), name));
    assertEquals(received.length, (await Deno.stat(path)).size);
    assert(many.equals(received, await Deno.readFile(path)), `${name} came otherwise`);
  }

  /** The files in a user's folder, hidden ones too. */
  namesAt(user: string): string[] {
    return [...Deno.readDirSync(this.received(user))].map(({ name }) => name).toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tmux[Symbol.asyncDispose]();
    await this.relay[Symbol.asyncDispose]();
  }
}

/** Compares many bytes without telling where they differ. */
const many = {
  equals: (one: Uint8Array, other: Uint8Array) =>
    one.length === other.length && one.every((byte, at) => byte === other[at]),
};

function filesTest(
  name: string,
  run: (scene: Scene) => Promise<void>,
  more?: RealServerOptions,
): void {
  Deno.test({
    name,
    ignore: isMissing("tmux"),
    fn: async () => {
      await using stack = new AsyncDisposableStack();
      const server = more === undefined
        ? await (shared ??= RealServer.start(usual))
        : stack.use(await RealServer.start({ ...usual, ...more }));
      await run(stack.use(new Scene(server)));
    },
  });
}

// The first one of all: there are no files yet.
filesTest("an upload is cancelled and leaves nothing", async (scene) => {
  const [erin, frank] = [await scene.open("Erin"), await scene.open("Frank")];
  scene.relay.bytesPerSecond = megabyte;
  const path = await scene.make("long.bin", 20 * megabyte);
  await erin.enter(`/send ${path}`);
  await erin.until(/↑ long\.bin .*[kM]B\/s/);
  await erin.enter("/cancel");
  await erin.until('"long.bin" was cancelled');
  await erin.until((lines) => lines.at(-1) === "#lobby ›");
  await frank.enter("/files");
  await frank.until("There are no files here");
});

filesTest("a file is uploaded, listed and downloaded, with bars on both sides", async (scene) => {
  const [alice, bob] = [await scene.open("Alice"), await scene.open("Bob")];
  const path = await scene.make("plan of it.pdf", 3 * megabyte);
  scene.relay.bytesPerSecond = 2 * megabyte;
  await alice.type("/upload " + path.slice(0, -7));
  await alice.press("Tab");
  await alice.until("of it.pdf");
  await alice.press("Enter");
  await alice.until(/↑ plan of it\.pdf █+░+ +\d+% [\d.]+ [kM]B\/s/);
  await alice.type("typed meanwhile");
  await alice.until(/↑ plan of it\.pdf .*%[^]*› typed meanwhile$/);
  await bob.until("Alice shared plan of it.pdf (3 MB)");
  await alice.until("Alice shared plan of it.pdf (3 MB)");
  await alice.until((lines) => lines.at(-1) === "#lobby › typed meanwhile");
  await bob.enter("/files");
  const listed = await bob.until("1. 3 MB plan of it.pdf Alice, ");
  assert(listed.includes("1 file"));
  await bob.enter("/download plan of it.pdf");
  await bob.until(/↓ plan of it\.pdf █+░+ +\d+% [\d.]+ [kM]B\/s/);
  await bob.until(/"plan of it\.pdf" \(3 MB\) is in/);
  await scene.requireSame(path, "Bob", "plan of it.pdf");
  await bob.enter("/download 1");
  await bob.until("plan of it (2).pdf");
  assertEquals(scene.namesAt("Bob"), ["plan of it (2).pdf", "plan of it.pdf"]);
});

filesTest("a file is sent to one who is away, and accepted when they are back", async (scene) => {
  const [carol, dave] = [await scene.open("Carol"), await scene.open("Dave")];
  await dave.enter("/quit");
  assertEquals(await dave.ended(), 0);
  const path = await scene.make("secret.txt", 1000);
  await carol.enter(`/sendfile ${path} Dave`);
  await carol.until("sent secret.txt (1 kB)");
  const again = await scene.open("Dave");
  await again.until('Carol sends you "secret.txt" (1 kB): /accept takes it');
  await again.enter("/accept");
  await again.until('"secret.txt" (1 kB) is in');
  await scene.requireSame(path, "Dave", "secret.txt");
  await carol.until("Dave has taken secret.txt");
  await carol.enter(`/sendfile ${path} Dave`);
  await again.until(
    /secret[^"]*\.txt" \(1 kB\): \/accept takes it[^]*secret[^"]*\.txt" \(1 kB\): /,
  );
  await again.enter("/decline");
  await carol.until("Dave declined secret");
});

filesTest("eight uploads at once: five send, three are told their places", async (scene) => {
  const alice = await scene.open("Alice");
  scene.relay.bytesPerSecond = megabyte / 4;
  const folder = join(scene.server.folder, "eight");
  await Deno.mkdir(folder);
  for (let number = 1; number <= 8; number++) {
    await Deno.writeFile(join(folder, `${number}.bin`), someBytes(megabyte / 2 + number));
  }
  await alice.enter(`/upload ${folder}`);
  await alice.until("more files");
  const wanted = [["6", "1"], ["7", "2"], ["8", "3"]];
  let places: string[][] = [];
  // What is listed stands as it was: it is asked for until the server has answered all offers.
  for (let time = 0; time < 100 && places.length < 3; time++) {
    await alice.enter("/clear");
    await alice.enter("/transfers");
    const lines = await alice.until(/8\. ↑ 8\.bin/);
    const queued = lines.join("\n").matchAll(/\d\. ↑ (\d)\.bin .*place (\d) in the queue/g);
    places = [...queued].map(([, file, place]) => [file, place]);
  }
  assertEquals(places, wanted);
  scene.relay.bytesPerSecond = 20 * megabyte;
  await alice.until((lines) => lines.join("\n").match(/shared eight\/\d\.bin/g)?.length === 8);
}, { alone: "of several nodes each has a share of the places" });

filesTest("what a client left when it was killed goes on at the next start", async (scene) => {
  const [grace, heidi] = [await scene.open("Grace"), await scene.open("Heidi")];
  scene.relay.bytesPerSecond = 2 * megabyte;
  const path = await scene.make("long.bin", 6 * megabyte);
  await grace.enter(`/upload ${path}`);
  await grace.until(/↑ long\.bin █.*[kM]B\/s/);
  await grace.signal("SIGKILL");
  const again = await scene.open("Grace");
  await again.until("1 file goes on");
  await heidi.until("Grace shared long.bin (6 MB)");
  await heidi.type("/download lo");
  await heidi.press("Tab", "Enter");
  await heidi.until(/↓ long\.bin █.*[kM]B\/s/);
  await heidi.signal("SIGKILL");
  assertMatch(scene.namesAt("Heidi").join(), /^\.parley-[0-9a-f-]+\.part$/);
  const back = await scene.open("Heidi");
  await back.until('"long.bin" (6 MB) is in');
  await scene.requireSame(path, "Heidi", "long.bin");
  assertEquals(scene.namesAt("Heidi"), ["long.bin"]);
});

filesTest("a lost line is gone on with where it was", async (scene) => {
  const ivan = await scene.open("Ivan");
  scene.relay.bytesPerSecond = 2 * megabyte;
  const path = await scene.make("line.bin", 4 * megabyte);
  await ivan.enter(`/upload ${path}`);
  await ivan.until(/↑ line\.bin █.*[kM]B\/s/);
  scene.relay.cut();
  await ivan.until("Ivan shared line.bin (4 MB)");
});

filesTest("files are taken as they come where one says so", async (scene) => {
  const judy = await scene.open("Judy");
  const karl = await scene.open("Karl", "--take", "all", "--take-size", "1MB");
  const small = await scene.make("small.bin", 1000);
  await judy.enter(`/send ${small}`);
  await karl.until('"small.bin" (1 kB) is in');
  const large = await scene.make("large.bin", 2 * megabyte);
  await judy.enter(`/send ${large}`);
  await karl.until("shared large.bin (2 MB)");
  await karl.enter("/take none");
  await karl.until("neither asked about nor fetched");
  assertEquals(scene.namesAt("Karl"), ["small.bin"]);
});
