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

/** Resolves when some of an upload is on the server, and not all of it. */
async function isHalfSent(window: Window): Promise<void> {
  await window.until(({ transfers }) =>
    transfers.value.some((each) => each.bytes > 0 && isUnderWay(each))
  );
}

Deno.test("files that are chosen are sent to the room in front, and stand in the library", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
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
  await using world = await PageWorld.start();
  world.pipeBytes = 64 * 1024;
  const alice = await world.visit("alice");
  const bytes = someBytes(24 * MiB);
  alice.model.upload([fileOf("large.bin", bytes)]);
  await isHalfSent(alice);
  await alice.reload();
  await alice.until((model) => shared(model).length === 1);
  assertEquals(shared(alice.model)[0].file.sha256, digestOf(bytes));
  await alice.until(() => alice.shelf.files.size === 0 && alice.keep.names("up.").length === 0);
});

Deno.test("an upload whose file the browser didn't keep waits until the same one is chosen", async () => {
  await using world = await PageWorld.start();
  world.pipeBytes = 64 * 1024;
  const alice = await world.visit("alice");
  const bytes = someBytes(24 * MiB);
  alice.model.upload([fileOf("large.bin", bytes)]);
  await isHalfSent(alice);
  await alice.close();
  alice.shelf.files.clear();
  alice.open();
  await alice.until(({ resting }) => resting.value.length === 1);
  const [resting] = alice.model.resting.value;
  assertEquals([resting.name, resting.needs], ["large.bin", "file"]);
  alice.chosen = [fileOf("large.bin", someBytes(5))];
  alice.model.resume(resting);
  await alice.until(({ notices }) => notices.value.length === 1);
  assertEquals(alice.model.resting.value.length, 1);
  alice.chosen = [fileOf("large.bin", bytes)];
  alice.model.resume(resting);
  await alice.until((model) => shared(model).length === 1);
  assertEquals(shared(alice.model)[0].file.sha256, digestOf(bytes));
  assertEquals(alice.model.resting.value, []);
});

Deno.test("an upload of an earlier visit can be given up", async () => {
  await using world = await PageWorld.start();
  world.pipeBytes = 64 * 1024;
  const alice = await world.visit("alice");
  alice.model.upload([fileOf("large.bin", someBytes(24 * MiB))]);
  await isHalfSent(alice);
  await alice.close();
  alice.shelf.files.clear();
  alice.open();
  await alice.until(({ resting }) => resting.value.length === 1);
  alice.model.forget(alice.model.resting.value[0]);
  await alice.until(({ resting }) => resting.value.length === 0);
  assertEquals(alice.keep.names("up."), []);
});

Deno.test("cancel() ends an upload for good", async () => {
  await using world = await PageWorld.start();
  world.pipeBytes = 64 * 1024;
  const alice = await world.visit("alice");
  alice.model.upload([fileOf("large.bin", someBytes(24 * MiB))]);
  await isHalfSent(alice);
  alice.model.cancel(alice.model.transfers.value[0]);
  await alice.until(({ transfers }) => transfers.value[0].standing.is === "cancelled");
  assertEquals([alice.shelf.files.size, alice.keep.names("up.")], [0, []]);
});

Deno.test("a file for one person is asked about, and accepted by saving it", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.open("@bob");
  await alice.until(({ here }) => here.value?.room === "@bob");
  alice.model.upload([fileOf("for you #1.txt", someBytes(100))]);
  await bob.until(({ asked }) => asked.value.length === 1);
  const [file] = bob.model.asked.value;
  bob.model.accept(file);
  assertEquals(bob.saved, [`/files/${file.file}/for%20you%20%231.txt`]);
  assertEquals(bob.model.asked.value, []);
});

Deno.test("a file that is declined is no longer asked about, after a reload either", async () => {
  await using world = await PageWorld.start();
  const alice = await world.visit("alice");
  const bob = await world.visit("bob");
  alice.model.open("@bob");
  await alice.until(({ here }) => here.value?.room === "@bob");
  alice.model.upload([fileOf("no.txt", someBytes(100))]);
  await bob.until(({ asked }) => asked.value.length === 1);
  await bob.reload();
  await bob.until(({ asked }) => asked.value.length === 1);
  bob.model.decline(bob.model.asked.value[0]);
  await bob.until(({ asked }) => asked.value.length === 0);
  await alice.until(({ here }) => here.value?.messages.at(-1)?.t === "declined");
  assert(alice.model.here.value);
});
