/** Files through the page's model, around the real core. */

import { assert, assertEquals } from "@std/assert";
import { isUnderWay } from "../../lib/client/transfer_state.ts";
import type { StoredEvent } from "../../lib/events.ts";
import type { Model } from "../../web/model.ts";
import { digestOf, someBytes } from "../helpers/transfer_scene.ts";
import { PageWorld, type Window } from "./page_world.ts";

const MiB = 1024 * 1024;

function fileOf(name: string, bytes: Uint8Array<ArrayBuffer>): File {
  return new File([bytes], name, { type: "text/plain", lastModified: 5 });
}

/** The files that were shared in the conversation in front. */
function shared({ here }: Model): Extract<StoredEvent, { t: "shared" }>[] {
  return here.value?.messages.filter((event) => event.t === "shared") ?? [];
}

/** A world in which something has begun, with who is in it. */
interface Scene extends AsyncDisposable {
  readonly alice: Window;
  readonly bob: Window;
}

/** Alice and Bob, both in the lobby. */
async function both(): Promise<Scene & { readonly world: PageWorld }> {
  const world = await PageWorld.start();
  const [alice, bob] = [await world.visit("alice"), await world.visit("bob")];
  return { world, alice, bob, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const large = someBytes(24 * MiB);

/** Alice is sending a large file, of which some is on the server, and not all of it. */
async function halfSent(): Promise<Scene> {
  const scene = await both();
  scene.world.pipeBytes = 64 * 1024;
  const { alice } = scene;
  // A connection for files is dialled when one is sent.
  alice.model.upload([fileOf("large.bin", large)]);
  await alice.until(({ transfers }) =>
    transfers.value.some((each) => each.bytes > 0 && isUnderWay(each))
  );
  return scene;
}

/** The same at Alice's next visit, with a browser that didn't keep the file. */
async function notKept(): Promise<Scene> {
  const scene = await halfSent();
  const { alice } = scene;
  await alice.close();
  alice.shelf.files.clear();
  alice.open();
  await alice.until(({ resting }) => resting.value.length === 1);
  return scene;
}

/** Bob is asked about a file that Alice sends to him. */
async function askedBob(name: string): Promise<Scene> {
  const scene = await both();
  const { alice, bob } = scene;
  alice.model.open("@bob");
  await alice.until(({ here }) => here.value?.room === "@bob");
  alice.model.upload([fileOf(name, someBytes(100))]);
  await bob.until(({ asked }) => asked.value.length === 1);
  return scene;
}

Deno.test("files that are chosen are sent to the room in front, and stand in the library", async () => {
  await using scene = await both();
  const { alice, bob } = scene;
  bob.model.loadLibrary();
  await bob.until(({ library }) => !library.value.isBusy);
  const bytes = someBytes(3 * MiB + 7);
  alice.chosen = [fileOf("one.txt", bytes), fileOf("two.txt", someBytes(10))];
  alice.model.pick();
  await bob.until((model) => shared(model).length === 2);
  const event = shared(bob.model).find(({ file }) => file.name === "one.txt");
  assertEquals([event?.file.sha256, event?.file.mime], [digestOf(bytes), "text/plain"]);
  await bob.until(({ library }) => library.value.files.length === 2);
  await alice.until(({ transfers }) =>
    transfers.value.every(({ standing }) => standing.is === "done")
  );
  assertEquals([alice.shelf.files.size, alice.keep.names("up.")], [0, []]);
});

Deno.test("an upload goes on after a reload, with the file that the browser kept", async () => {
  await using scene = await halfSent();
  const { alice } = scene;
  await alice.reload();
  await alice.until((model) => shared(model).length === 1);
  assertEquals(shared(alice.model)[0].file.sha256, digestOf(large));
  await alice.until(() => alice.shelf.files.size === 0 && alice.keep.names("up.").length === 0);
});

Deno.test("an upload whose file the browser didn't keep waits until the same one is chosen", async () => {
  await using scene = await notKept();
  const { alice } = scene;
  const [resting] = alice.model.resting.value;
  assertEquals([resting.name, resting.needs], ["large.bin", "file"]);
  alice.chosen = [fileOf("large.bin", someBytes(5))];
  alice.model.resume(resting);
  await alice.until(({ notices }) => notices.value.length === 1);
  assertEquals(alice.model.resting.value.length, 1);
  alice.chosen = [fileOf("large.bin", large)];
  alice.model.resume(resting);
  await alice.until((model) => shared(model).length === 1);
  assertEquals(shared(alice.model)[0].file.sha256, digestOf(large));
  assertEquals(alice.model.resting.value, []);
});

Deno.test("an upload of an earlier visit can be given up", async () => {
  await using scene = await notKept();
  const { alice } = scene;
  alice.model.forget(alice.model.resting.value[0]);
  await alice.until(({ resting }) => resting.value.length === 0);
  assertEquals(alice.keep.names("up."), []);
});

Deno.test("cancel() ends an upload for good", async () => {
  await using scene = await halfSent();
  const { alice } = scene;
  alice.model.cancel(alice.model.transfers.value[0]);
  await alice.until(({ transfers }) => transfers.value[0].standing.is === "cancelled");
  assertEquals([alice.shelf.files.size, alice.keep.names("up.")], [0, []]);
});

Deno.test("a file for one person is asked about, and accepted by saving it", async () => {
  await using scene = await askedBob("for you #1.txt");
  const { bob } = scene;
  const [file] = bob.model.asked.value;
  bob.model.accept(file);
  assertEquals(bob.saved, [`/files/${file.file}/for%20you%20%231.txt`]);
  assertEquals(bob.model.asked.value, []);
});

Deno.test("a file that is declined is no longer asked about, after a reload either", async () => {
  await using scene = await askedBob("no.txt");
  const { alice, bob } = scene;
  await bob.reload();
  await bob.until(({ asked }) => asked.value.length === 1);
  bob.model.decline(bob.model.asked.value[0]);
  await bob.until(({ asked }) => asked.value.length === 0);
  await alice.until(({ here }) => here.value?.messages.at(-1)?.t === "declined");
  assert(alice.model.here.value);
});
