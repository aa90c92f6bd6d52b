/** The page where there is no room for everything beside each other. */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { make } from "../helpers/file_scene.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

test("on a phone a lost connection is told below the head, with the conversations closed", async (scene) => {
  const server = await scene.startWeb();
  const alice = await scene.visitor(phone);
  await alice.enter("Alice");
  const told = alice.page.getByRole("main").getByRole("status").getByText("Offline");
  assertEquals(await told.count(), 0);
  await server.kill();
  await told.waitFor();
  await alice.page.getByRole("main").getByRole("button", { name: "Now" }).waitFor();
  await server.start();
  await told.waitFor({ state: "detached" });
});

test("on a phone who is here lies over the conversation, and a tap beside it leads back", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor(phone);
  await alice.enter("Alice");
  const people = alice.page.getByRole("complementary", { name: "Who is here" });
  await alice.page.getByRole("button", { name: "Who is here" }).tap();
  await people.waitFor();
  await alice.page.getByRole("button", { name: "Back to the conversation" })
    .tap({ position: { x: 10, y: 400 } });
  await people.waitFor({ state: "detached" });
});

test("a file that is asked about stands below the head, and what goes wrong covers neither", async (scene) => {
  await scene.startInProcess({ bounds: { fileBytesMax: 20_000 } });
  const [alice, bob] = [await scene.visitor(phone), await scene.enter("Bob")];
  await alice.enter("Alice");
  await bob.type(`/sendfile "${await make(scene, "Bob", "a.bin", someBytes(9000))}" Alice`);
  const asked = alice.page.getByRole("group", { name: "a.bin from Bob" });
  await asked.waitFor();
  await alice.send(await make(scene, "Alice", "large.bin", someBytes(30_000)));
  const notice = alice.page.locator(".notice", { hasText: "large.bin" });
  await notice.waitFor();
  const boxes = [alice.page.locator(".head"), asked, notice, alice.composer]
    .map(async (each) => (await each.boundingBox())?.y ?? NaN);
  const tops = await Promise.all(boxes);
  assertEquals(tops, tops.toSorted((one, other) => one - other));
  const [head, question] = await Promise.all([alice.page.locator(".head"), asked]
    .map((each) => each.boundingBox()));
  const below = (box: typeof head) => (box?.y ?? 0) + (box?.height ?? 0);
  assertEquals(below(head) <= tops[1], true);
  assertEquals(below(question) <= tops[2], true);
});
