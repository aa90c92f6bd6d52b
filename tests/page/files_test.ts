/** Files between the page and terminals, whatever happens on their way. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import { pageCases, type PageScene, pageTest, type Visitor } from "../helpers/browser.ts";
import { hashOf } from "../helpers/file_peer.ts";
import { library, make, requireReceived } from "../helpers/file_scene.ts";
import { Relay } from "../helpers/relay.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { hashOfFile } from "../helpers/whole_files.ts";

const MiB = 1024 * 1024;
const bytes = someBytes(3 * MiB + 12_345);

/** Requires that the server's library has the right bytes under a name. */
async function requireShared(scene: PageScene, name: string, wanted: Uint8Array): Promise<void> {
  const path = join(scene.server.folder, "files", "lobby", name);
  assertEquals(await hashOfFile(path), hashOf(wanted));
}

async function isShared(visitor: Visitor, name: string): Promise<void> {
  await visitor.log.locator(".file-card", { hasText: name }).waitFor();
}

/** Alice at the page and Bob at a terminal, in the lobby of a server that keeps files on its disk. */
const test = pageCases("files between the page and a terminal", async (scene) => {
  await scene.startWeb();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  return async () => {
    await alice.turnTo("lobby");
    await alice.isAt("#lobby");
    return { scene, alice, bob };
  };
});

test("a file for one person is asked about, and taken or declined", async ({ scene, alice, bob }) => {
  for (const name of ["for you.bin", "unwanted.bin"]) {
    await bob.type(`/sendfile "${await make(scene, "Bob", name, bytes)}" Alice`);
  }
  const asked = (name: string) => alice.page.getByRole("group", { name: `${name} from Bob` });
  const saving = alice.page.waitForEvent("download");
  await asked("for you.bin").getByRole("button", { name: "Accept" }).click();
  assertEquals(await hashOfFile(await (await saving).path()), hashOf(bytes));
  await bob.sees("Alice has taken for you.bin");
  await asked("unwanted.bin").getByRole("button", { name: "Decline" }).click();
  await bob.sees("Alice declined unwanted.bin");
  await alice.turnTo(/Bob/);
  await alice.isAt("@Bob");
  await alice.send(await make(scene, "Alice", "secret.bin", bytes));
  await bob.sees('Alice sends you "secret.bin" (3.2 MB)');
  await bob.type("/accept");
  await bob.sees('"secret.bin" (3.2 MB) is in');
  await requireReceived(scene, "Bob", "secret.bin", bytes);
  assertEquals(library(scene), []);
});

test("files that are dropped anywhere are shared, several at once", async ({ scene, alice, bob }) => {
  const data = await alice.page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    for (const name of ["one.txt", "two.txt"]) data.items.add(new File([name], name));
    return data;
  })()`);
  await alice.page.dispatchEvent("aside, nav", "drop", { dataTransfer: data });
  await bob.sees("Alice shared one.txt");
  await bob.sees("Alice shared two.txt");
  await isShared(alice, "two.txt");
  assertEquals(library(scene), ["lobby/one.txt", "lobby/two.txt"]);
});

test("a file goes from the page to a terminal, and another one back, with equal bytes", async ({ scene, alice, bob }) => {
  await alice.send(await make(scene, "Alice", "from the page.bin", bytes));
  await bob.sees("Alice shared from the page.bin");
  await bob.type("/download from the page.bin");
  await bob.sees('"from the page.bin" (3.2 MB) is in');
  await requireReceived(scene, "Bob", "from the page.bin", bytes);
  const back = bytes.toReversed();
  await bob.type(`/upload "${await make(scene, "Bob", "zurück 照片.bin", back)}"`);
  await isShared(alice, "zurück 照片.bin");
  const path = await alice.download("zurück 照片.bin");
  assertEquals(await hashOfFile(path), hashOf(back));
});

pageTest(
  "the library lists, sorts and finds files, and its owner takes one back",
  async (scene) => {
    await scene.startInProcess();
    const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
    await alice.enter("Alice");
    const paths = [["b.txt", 10], ["a.txt", 3000], ["c.txt", 200]] as const;
    for (const [name, length] of paths) {
      await alice.send(await make(scene, "Alice", name, someBytes(length)));
      await bob.sees(`Alice shared ${name}`);
    }
    await alice.turnTo("Files");
    const cells = alice.page.locator("td.file-name");
    const shows = async (...names: readonly string[]) => {
      for (const [index, name] of names.entries()) await cells.nth(index).getByText(name).waitFor();
      await cells.nth(names.length).waitFor({ state: "detached" });
    };
    await shows("c.txt", "a.txt", "b.txt");
    await alice.page.getByRole("button", { name: "Name" }).click();
    await shows("a.txt", "b.txt", "c.txt");
    await alice.page.getByRole("button", { name: "Size" }).click();
    await shows("a.txt", "c.txt", "b.txt");
    await alice.page.getByRole("searchbox", { name: /Find files/ }).fill("c.t");
    await shows("c.txt");
    await alice.page.getByRole("button", { name: "Take back c.txt" }).click();
    await alice.page.getByRole("button", { name: "Take back c.txt for good" }).click();
    await bob.sees("Alice took back c.txt");
    await shows();
  },
);

/** Alice at the end of a slow line, with a file on its way that is partly there. */
async function halfway(scene: PageScene) {
  await scene.startWeb();
  const relay = new Relay(scene.server.webPort, Infinity);
  const large = someBytes(14 * MiB);
  const alice = await scene.visitor({ port: relay.port });
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  relay.bytesPerSecond = 4 * MiB;
  const { up } = relay.came;
  const reached = relay.until("up", up + 10 * MiB);
  await alice.send(await make(scene, "Alice", "large.bin", large));
  await reached;
  // What is left takes a while.
  relay.bytesPerSecond = MiB;
  return { relay, alice, bob, large, up };
}

pageTest("an upload goes on by itself after a reload", async (scene) => {
  const { relay, alice, bob, large, up } = await halfway(scene);
  await using _relay = relay;
  await alice.page.reload();
  relay.bytesPerSecond = Infinity;
  await alice.isConnected();
  await bob.sees("Alice shared large.bin");
  await requireShared(scene, "large.bin", large);
  // What was ahead of the server's word when the page went is sent again, the rest isn't.
  assertLess(relay.came.up - up, large.length + 9 * MiB);
});

pageTest("an upload goes on after the server was killed", async (scene) => {
  const { relay, alice, bob, large, up } = await halfway(scene);
  await using _relay = relay;
  await scene.process.kill();
  relay.bytesPerSecond = Infinity;
  await scene.process.start();
  await bob.sees("Alice shared large.bin");
  await requireShared(scene, "large.bin", large);
  assertLess(relay.came.up - up, large.length + 9 * MiB);
  await isShared(alice, "large.bin");
});

pageTest(
  "an upload shows how far it is, and is cancelled without leaving anything",
  async (scene) => {
    await scene.startInProcess();
    await using relay = new Relay(scene.server.webPort, Infinity);
    const alice = await scene.visitor({ port: relay.port });
    await alice.enter("Alice");
    relay.bytesPerSecond = 2 * MiB;
    const reached = relay.until("up", relay.came.up + 2 * MiB);
    await alice.send(await make(scene, "Alice", "large.bin", someBytes(24 * MiB)));
    await reached;
    await alice.turnTo(/Transfers/);
    const progress = alice.page.getByRole("progressbar", { name: /large\.bin/ });
    assert(Number(await progress.getAttribute("value")) > 0);
    await alice.page.getByText(/MB of 25[.\d]* MB · .*\/s · .* left/).waitFor();
    await alice.page.getByRole("button", { name: "Cancel large.bin" }).click();
    await alice.page.getByText("Cancelled").waitFor();
    const peer = await scene.server.join("Carol");
    const { files } = await peer.ok({ t: "files" });
    assertEquals(files, []);
  },
);
