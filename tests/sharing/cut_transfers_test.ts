/** Files that are sent and fetched while connections break, and clients and servers die. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import { Chance } from "../helpers/chance.ts";
import { clientCommand } from "../helpers/client_program.ts";
import { hashOf } from "../helpers/file_peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { Relay, type Way } from "../helpers/relay.ts";
import { RealClient } from "../helpers/scene.ts";
import { size } from "../helpers/size.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { hashOfFile, leftovers, visibleFiles, WholeFiles } from "../helpers/whole_files.ts";

const MiB = 1024 * 1024;
/** In twelve, each way is cut by each kind twice, by whoever chats and by whoever does nothing else. */
const transfers = size(12, 300, 12);
const bytesMax = size(16, 64) * MiB;
const kinds = ["connection", "client", "server"] as const;

type Kind = typeof kinds[number];

/** One file on its way in one direction. */
interface Transfer {
  readonly way: Way;
  readonly name: string;
  readonly bytes: number;
}

/** The programs, the line between them, and what is known of the files. */
class Cuts implements AsyncDisposable {
  readonly server: RealServer;
  readonly relay: Relay;
  readonly chance: Chance;
  /** The SHA-256 of each file by its name. */
  readonly hashes = new Map<string, string>();
  /** Bytes that all the files are made of. */
  readonly #source = someBytes(bytesMax + MiB);
  readonly #watches: readonly WholeFiles[];
  #alice: RealClient;

  private constructor(server: RealServer, chance: Chance) {
    this.server = server;
    this.chance = chance;
    this.relay = new Relay(server.port, Infinity);
    const isWhole = (name: string, sha256: string) => this.hashes.get(name) === sha256;
    this.#watches = [this.shared, this.received].map((folder) => new WholeFiles(folder, isWhole));
    this.#alice = this.#chat();
  }

  static async start(chance: Chance): Promise<Cuts> {
    const server = await RealServer.start({ args: ["--preset=bench", "--quiet"], hasOneWay: true });
    return new Cuts(server, chance);
  }

  get shared(): string {
    return join(this.server.folder, "files");
  }

  get received(): string {
    return join(this.server.folder, "received");
  }

  /** What was wrong in either folder at any moment. */
  get wrongs(): readonly string[] {
    return this.#watches.flatMap((watch) => {
      watch.look();
      return watch.wrongs;
    });
  }

  /** Makes a file that can be sent. */
  async make(name: string, bytes: number): Promise<void> {
    const from = this.chance.below(MiB);
    const content = this.#source.subarray(from, from + bytes);
    this.hashes.set(name, hashOf(content));
    await Deno.writeFile(this.#path(name), content);
  }

  /** Brings a file over by the chat client, with a cut by each of `kinds`; how many there were. */
  async byChat(transfer: Transfer, kinds: readonly Kind[]): Promise<number> {
    const { way, name } = transfer;
    const done = () =>
      way === "up"
        ? this.#alice.sees(`Alice shared ${name} (`)
        : this.#alice.sees(`) is in ${join(this.received, name)}`);
    // A cut before may have taken the connection: what is said waits until it is back.
    await this.#alice.type(`before ${way} ${name}`);
    await this.#alice.sees(`before ${way} ${name} ✓`);
    const count = () => this.relay.came[way];
    await this.#alice.type(way === "up" ? `/upload ${this.#path(name)}` : `/download ${name}`);
    let cuts = 0;
    for (const [index, kind] of kinds.entries()) {
      const cutAt = 1 + this.chance.below(transfer.bytes);
      const at = count() + (index === 0 ? cutAt : cutAt / 4);
      if (!await this.#reached(transfer, at, done())) break;
      await this.#cut(kind, async () => {
        await this.#alice.kill();
        this.#alice = this.#chat();
      });
      cuts++;
    }
    await done();
    assertEquals(this.#alice.all("Not "), []);
    return cuts;
  }

  /** Brings a file over by a program that does nothing else, which is killed once and run again. */
  async byProgram(transfer: Transfer): Promise<number> {
    const { way, name, bytes } = transfer;
    const words = way === "up" ? ["upload", this.#path(name)] : ["download", name];
    await using first = new RealClient(this.#command(...words, "-u", "Carol"));
    const cutAt = this.relay.came[way] + 1 + this.chance.below(bytes);
    const cuts = await this.#reached(transfer, cutAt, first.ended()) ? 1 : 0;
    await first.kill();
    if (cuts === 0) return cuts;
    await using second = new RealClient(this.#command(...words, "-u", "Carol"));
    assertEquals(await second.ended(), 0, second.lines.join("\n"));
    return cuts;
  }

  /** Ends the chat client as its user would, so that nothing is under way. */
  async finish(): Promise<void> {
    assertEquals(await this.#alice.finish(), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watch of this.#watches) watch[Symbol.dispose]();
    await this.#alice[Symbol.asyncDispose]();
    await this.relay[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }

  async #cut(kind: Kind, killClient: () => Promise<void>): Promise<void> {
    switch (kind) {
      case "connection":
        return this.relay.cut();
      case "client":
        return await killClient();
      case "server":
        await this.server.kill();
        return await this.server.start();
      default:
        kind satisfies never;
    }
  }

  /** Whether so many bytes have come before it was done. */
  #reached({ way }: Transfer, count: number, done: Promise<unknown>): Promise<boolean> {
    const reached = this.relay.until(way, count).then(() => true);
    // A client that is killed tells nothing any more.
    done.catch(() => {});
    return Promise.race([reached, done.then(() => false)]);
  }

  #path(name: string): string {
    return join(this.server.folder, name);
  }

  #chat(): RealClient {
    return new RealClient(this.#command("-u", "Alice"));
  }

  #command(...words: readonly string[]): string[] {
    return clientCommand({ folder: this.server.folder, port: this.relay.port }, ...words);
  }
}

Deno.test(`${transfers} transfers that are cut at random points come out whole`, async () => {
  const chance = Chance.ofRun("cut_transfers_test");
  await using cuts = await Cuts.start(chance);
  let [sentTwice, cutCount, bytes, most] = [0, 0, 0, 0];
  for (let index = 0; index < transfers; index++) {
    // Each is fetched that was sent before.
    const way = index % 2 === 0 ? "up" : "down";
    const name = `film-${index >> 1}.bin`;
    if (way === "up") {
      // Sizes are spread evenly over their orders of magnitude.
      bytes = Math.floor(MiB * Math.exp(Math.log(bytesMax / MiB) * chance.below(1e6) / 1e6));
      await cuts.make(name, bytes);
    }
    const kind = kinds[index % 3];
    const before = cuts.relay.came[way];
    const count = kind === "client" && index % 12 >= 6
      ? await cuts.byProgram({ way, name, bytes })
      : await cuts.byChat(
        { way, name, bytes },
        chance.once(4) ? [kind, chance.pick(kinds)] : [kind],
      );
    const twice = cuts.relay.came[way] - before - bytes;
    assertLess(twice, limits.aheadBytesMax * count, `${way} ${name}, cut by ${kind}`);
    const path = way === "up" ? join(cuts.shared, "lobby", name) : join(cuts.received, name);
    assertEquals(hashOfFile(path), cuts.hashes.get(name), `${way} ${name}`);
    assertEquals(cuts.wrongs, []);
    cutCount += count;
    sentTwice += twice;
    most = Math.max(most, twice / count);
    if (way === "down") await Deno.remove(path);
  }
  await cuts.finish();
  console.log(
    `${transfers} transfers, ${cutCount} cuts: ${
      (sentTwice / cutCount / MiB).toFixed(2)
    } MiB sent ` +
      `twice for each, ${(most / MiB).toFixed(2)} MiB at most`,
  );
  assert(cutCount >= transfers * 0.9, `Only ${cutCount} were cut`);
  const bob = await cuts.server.join("Bob");
  const { files } = await bob.ok({ t: "files", room: "lobby", limit: 200 });
  const listed = (files as JsonObject[]).map(({ name, sha256 }) => [name, sha256]);
  assertEquals(new Map(listed as [string, string][]), cuts.hashes);
  assertEquals(listed.length, cuts.hashes.size);
  assertEquals(visibleFiles(cuts.shared).length, cuts.hashes.size);
  assertEquals([...leftovers(cuts.shared), ...leftovers(cuts.received)], []);
});
