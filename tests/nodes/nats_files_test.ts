/** Files of several nodes, each a process of its own, in one folder behind one NATS. */

import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { join } from "@std/path";
import { counted, fetchAll, hashOf, offer, sendParts, share } from "../helpers/file_peer.ts";
import { NatsServer } from "../helpers/nats.ts";
import { isMissing } from "../helpers/needs.ts";
import type { Peer } from "../helpers/peer.ts";
import { RealServer } from "../helpers/real_server.ts";
import { visibleFiles } from "../helpers/whole_files.ts";

const ignore = isMissing("nats-server");
const MiB = 1024 * 1024;

/** Nodes and their folder, ended with the test. */
class SharedFolder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "parley-test-" });
  readonly nodes: RealServer[] = [];
  readonly #stack = new AsyncDisposableStack();

  static async start(count: number): Promise<SharedFolder> {
    const shared = new SharedFolder();
    const nats = shared.#stack.use(await NatsServer.start());
    for (let number = 0; number < count; number++) {
      const args = [`--nats=${nats.url}`, `--files=${join(shared.path, "files")}`];
      shared.nodes.push(
        shared.#stack.use(
          await RealServer.start({ args, permissions: "all", alone: "it has nodes of its own" }),
        ),
      );
    }
    return shared;
  }

  /** What lies there for all to see. */
  get visible(): readonly string[] {
    return visibleFiles(join(this.path, "files"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    await Deno.remove(this.path, { recursive: true });
  }
}

/** The nodes of all tests of this file, the last of which ends one of them. */
let started: Promise<SharedFolder> | undefined;

if (!ignore) Deno.test.afterAll(async () => await (await started)?.[Symbol.asyncDispose]());

function sharedTest(name: string, run: (shared: SharedFolder) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      started ??= SharedFolder.start(2);
      await run(await started);
    },
  });
}

/** The same user on another node, without what happens there. */
async function again(node: RealServer, { token }: Peer): Promise<Peer> {
  const peer = await node.connect();
  await peer.ok({ t: "hello", v: 1, token, quiet: true });
  return peer;
}

sharedTest(
  "a transfer goes on at another node while its own one lives, and moves",
  async (shared) => {
    const [one, other] = shared.nodes;
    const alice = await one.join("Alice");
    const bytes = counted(3 * MiB);
    const { transfer } = await offer(alice, bytes);
    await sendParts(alice, transfer, bytes, { to: MiB });
    await alice.event(({ t, offset }) => t === "stored" && offset === MiB);
    const there = await again(other, alice);
    assertEquals((await there.ok({ t: "resume", transfer })).offset, MiB);
    await alice.part(transfer, MiB, bytes.subarray(MiB, 2 * MiB));
    assertEquals((await alice.next("refused")).code, "moved");
    await sendParts(there, transfer, bytes, { from: MiB });
    await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    assert((await alice.ok({ t: "resume", transfer })).file);
  },
);

sharedTest("files of one name that two nodes share at once get a name each", async (shared) => {
  const before = shared.visible.length;
  const peers = await Promise.all(
    shared.nodes.map((node, number) => node.join(["Carol", "Dave"][number])),
  );
  for (let number = 1; number <= 5; number++) {
    const name = `report ${number}.pdf`;
    const files = await Promise.all(
      peers.map((peer, index) => share(peer, counted(1000 + index), { name })),
    );
    const names = files.map(({ name }) => name).toSorted();
    assertEquals(names, [`report ${number} (2).pdf`, name]);
    assertEquals(shared.visible.length, before + 2 * number);
  }
});

sharedTest(
  "a transfer whose node is killed goes on at another one with the bytes that are on disk",
  async (shared) => {
    const [one, other] = shared.nodes;
    const before = shared.visible.length;
    const [erin, fred] = [await one.join("Erin"), await other.join("Fred")];
    const bytes = counted(6 * MiB);
    const { transfer } = await offer(erin, bytes, { name: "b.bin", cid: "c1" });
    await sendParts(erin, transfer, bytes, { to: 4 * MiB });
    await erin.event(({ t, offset }) => t === "stored" && Number(offset) >= 3 * MiB);
    await one.kill();
    const there = await again(other, erin);
    const { offset } = await there.ok({ t: "resume", transfer });
    assertGreaterOrEqual(Number(offset), 3 * MiB);
    await sendParts(there, transfer, bytes, { from: Number(offset) });
    const { file } = await there.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
    const shown = await fred.event(({ t, user }) => t === "shared" && user === "Erin");
    assertEquals(shown.file, file);
    const fetched = await fetchAll(fred, 900, { file: (file as { file: string }).file });
    assertEquals(hashOf(fetched.bytes), hashOf(bytes));
    assertEquals(shared.visible.length, before + 1);
  },
);
