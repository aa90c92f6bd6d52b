/** Back, where something lay over the page: it closes that, and never undoes where one went. */

import { pageTest as test } from "../helpers/browser.ts";

/** Resolves when every step that was asked of the history has been taken: one more, there and back. */
const throughHistory = `new Promise((done) => {
  history.pushState(null, "");
  addEventListener("popstate", done, { once: true });
  history.back();
})`;
const wide = { viewport: { width: 1440, height: 900 } } as const;

test("whoever closed what lay over the page goes where they want, and Back brings them back", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor(wide);
  await alice.enter("Alice");
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  const { page } = alice;
  const palette = page.getByRole("combobox", { name: /^Go to / });
  await page.keyboard.press("Control+k");
  await palette.fill("lobb");
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "detached" });
  await alice.turnTo("Files");
  await page.getByRole("searchbox", { name: /Find files/ }).waitFor();
  await page.evaluate(throughHistory);
  await page.getByRole("searchbox", { name: /Find files/ }).waitFor();
  await page.goBack();
  await alice.isAt("#kitchen");
});

test("the palette leads where it says", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor(wide);
  await alice.enter("Alice");
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await alice.page.keyboard.press("Control+k");
  await alice.page.getByRole("combobox", { name: /^Go to / }).fill("lobb");
  await alice.page.keyboard.press("Enter");
  await alice.isAt("#lobby");
  await alice.page.evaluate(throughHistory);
  await alice.isAt("#lobby");
});
