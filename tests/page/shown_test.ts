/** Files that the page shows in place. */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { until } from "../helpers/page_wait.ts";
import { make } from "../helpers/file_scene.ts";
import { pdf, png, wav } from "../helpers/shown_files.ts";

test("pictures, sounds, PDF and text are shown in place", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await scene.visitor(), await scene.visitor()];
  await Promise.all([alice.enter("Alice"), bob.enter("Bob")]);
  const files: readonly [string, Uint8Array][] = [
    ["dot.png", png],
    ["silence.wav", wav()],
    ["page.pdf", pdf],
    ["notes.txt", new TextEncoder().encode("<b>a note</b>\nand another")],
  ];
  for (const [name, bytes] of files) {
    await alice.send(await make(scene, "Alice", name, bytes));
    await bob.log.locator(".file-card", { hasText: name }).waitFor();
  }
  const { page } = bob;
  const picture = "[...document.querySelectorAll('.file-picture img')]";
  await until(page, `${picture}.some(({ naturalWidth }) => naturalWidth === 1)`);
  const duration = await page.evaluate(`new Promise((resolve) => {
    const sound = document.querySelector("audio");
    sound.onloadedmetadata = () => resolve(sound.duration);
    sound.onerror = () => resolve("an error");
    sound.load();
    sound.preload = "metadata";
  })`);
  assertEquals(duration, 1);
  const open = (name: string) =>
    page.locator(".file-card", { hasText: name }).getByRole("button", { name: "Open" }).click();
  await open("notes.txt");
  await page.getByRole("dialog").getByText("<b>a note</b>").waitFor();
  await page.keyboard.press("Escape");
  const answered = page.waitForResponse(/page\.pdf/);
  const viewing = page.waitForEvent("framenavigated", (frame) => /^chrome-ext/.test(frame.url()));
  await open("page.pdf");
  const { "content-type": type } = await (await answered).allHeaders();
  assertEquals(type, "application/pdf");
  // The viewer is the browser's own; it knows how many pages there are when it has read them.
  await (await viewing).locator("#pagelength", { hasText: /^2$/ }).waitFor();
}, { isWhole: true });
