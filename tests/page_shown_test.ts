/** Files that the page shows in place. */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "./helpers/browser.ts";
import { make } from "./helpers/file_scene.ts";

const encoder = new TextEncoder();
const png = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
);
const pdf = encoder.encode(
  "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
    "2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n" +
    "trailer<</Root 1 0 R>>\n%%EOF\n",
);

/** A second of silence. */
function wav(): Uint8Array {
  const rate = 8000;
  const bytes = new Uint8Array(44 + rate);
  const view = new DataView(bytes.buffer);
  bytes.set(encoder.encode("RIFF    WAVEfmt "), 0);
  bytes.set(encoder.encode("data"), 36);
  bytes.fill(128, 44);
  const fields = [[4, 36 + rate], [16, 16], [24, rate], [28, rate], [40, rate]] as const;
  for (const [at, value] of fields) view.setUint32(at, value, true);
  for (const at of [20, 22, 32]) view.setUint16(at, 1, true);
  view.setUint16(34, 8, true);
  return bytes;
}

test("pictures, sounds, PDF and text are shown in place", async (scene) => {
  await scene.startWeb();
  const [alice, bob] = [await scene.visitor(), await scene.visitor()];
  await Promise.all([alice.enter("Alice"), bob.enter("Bob")]);
  const files: readonly [string, Uint8Array][] = [
    ["dot.png", png],
    ["silence.wav", wav()],
    ["page.pdf", pdf],
    ["notes.txt", encoder.encode("<b>a note</b>\nand another")],
  ];
  for (const [name, bytes] of files) {
    await alice.send(await make(scene, "Alice", name, bytes));
    await bob.log.locator(".file-card", { hasText: name }).waitFor();
  }
  const { page } = bob;
  const picture = "[...document.querySelectorAll('.file-picture img')]";
  await page.waitForFunction(`${picture}.some(({ naturalWidth }) => naturalWidth === 1)`);
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
});
