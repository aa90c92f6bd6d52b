/** The page on a phone: one column, and everything within reach. */

import { assertEquals } from "@std/assert";
import { pageTest as test, type Visitor } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";

const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
} as const;

/** How far a page can be pushed aside, which a phone's should not be. */
async function overhang({ page }: Visitor): Promise<unknown> {
  return await page.evaluate("document.documentElement.scrollWidth - innerWidth");
}

test("on a phone one goes from place to place, writes, and reads what is wide", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await scene.visitor(phone), await scene.enter("Bob")];
  await alice.page.goto(scene.url);
  await alice.page.getByLabel("Your name").waitFor();
  assertEquals(await overhang(alice), 0);
  await alice.enter("Alice");
  await alice.composer.tap();
  await alice.composer.fill("hello from the bus");
  await alice.page.getByRole("button", { name: "Send", exact: true }).tap();
  await bob.sees("Alice: hello from the bus");
  const long = "w".repeat(300);
  await bob.type(`${long} end of it`, `https://example.org/${long}`, "/whisper Alice psst");
  const name = `${"n".repeat(120)}.txt`;
  await bob.type(`/upload "${await make(scene, "Bob", name, new Uint8Array(9))}"`);
  await alice.log.locator(".file-card").waitFor();
  await alice.say(`\`\`\`\n${long}\n\`\`\``);
  await alice.log.locator("pre").waitFor();
  assertEquals(await overhang(alice), 0);
  await alice.page.getByRole("button", { name: "Conversations", exact: true }).tap();
  await alice.turnTo(/^Bob\b/);
  await alice.sees("psst");
  await alice.page.getByRole("button", { name: "Conversations", exact: true }).tap();
  await alice.turnTo("Files");
  await alice.page.locator("td.file-name").first().waitFor();
  assertEquals(await overhang(alice), 0);
  for (const view of ["search", "transfers", "rooms", "help"]) {
    await alice.page.evaluate(`location.hash = "#/${view}"`);
    await alice.page.locator(".place").waitFor();
    assertEquals([view, await overhang(alice)], [view, 0]);
  }
});
