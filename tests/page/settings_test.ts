/** How a user wants the page: chosen in a view or by a command, kept, and there from the start. */

import { assertEquals, assertNotEquals } from "@std/assert";
import { pageTest as test, type Visitor } from "../helpers/browser.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

/** What the browser makes of the sheets for the whole page. */
async function paper({ page }: Visitor): Promise<unknown> {
  return await page.evaluate("getComputedStyle(document.body).backgroundColor");
}

/** An attribute that the sheets go by. */
async function look({ page }: Visitor, name: string): Promise<string | null> {
  return await page.locator("html").getAttribute(`data-${name}`);
}

/** Opens what is about oneself. */
async function openMenu({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: /settings, be away, sign out/ }).click();
  await page.getByRole("group", { name: "About you" }).waitFor();
}

test("what is chosen acts at once, also in another tab, and outlives a reload", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor({ colorScheme: "light" });
  await alice.enter("Alice");
  const light = await paper(alice);
  await openMenu(alice);
  await alice.page.getByRole("button", { name: "Settings", exact: true }).click();
  const choice = (group: string, name: string) =>
    alice.page.getByRole("group", { name: group }).getByRole("radio", { name, exact: true });
  await choice("Theme", "Dark").check();
  assertNotEquals(await paper(alice), light);
  const size = await alice.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)");
  await choice("Text size", "Largest").check();
  await choice("Colour", "Plum").check();
  const larger = await alice.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)");
  assertEquals(Number(larger) / Number(size), 1.35);
  const dark = await paper(alice);

  const first = alice.page;
  await alice.comeBack();
  assertEquals([await paper(alice), await look(alice, "accent")], [dark, "plum"]);
  await alice.say("/set theme light");
  await alice.page.getByText("theme is light now").waitFor();
  await first.locator('html[data-theme="light"]').waitFor();
  await first.reload();
  await first.locator('html[data-theme="light"][data-accent="plum"][data-text="largest"]')
    .waitFor();
});

test("/set alone shows the settings, and says what is wrong; a terminal says whose it is", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.say("/set density compact");
  await alice.page.locator('html[data-density="compact"]').waitFor();
  await alice.say("/set colour blue");
  await alice.page.getByText('There is no setting "colour": there are theme').waitFor();
  await alice.composer.fill("");
  await alice.say("/set accent blue");
  await alice.page.getByText('There is no accent "blue": teal, plum, rust').waitFor();
  await alice.composer.fill("");
  await alice.say("/set");
  await alice.page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
  assertEquals(await alice.page.evaluate("location.hash"), "#/settings");
  const bob = await scene.enter("Bob");
  await bob.type("/set theme dark");
  await bob.sees("/set is the page's, in a browser");
});

test("the look is there before anything is drawn, however slow the page comes", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor({ colorScheme: "light" });
  await alice.page.addInitScript(`
    localStorage.setItem("parley.settings", JSON.stringify({ theme: "dark" }));
    globalThis.papers = [];
    const see = () => {
      if (document.body) papers.push(getComputedStyle(document.body).backgroundColor);
      requestAnimationFrame(see);
    };
    requestAnimationFrame(see);
  `);
  await alice.page.route(/\/app-\w+\.js$/, async (route) => {
    const slowMs = 400;
    await new Promise((resolve) => setTimeout(resolve, slowMs));
    await route.continue();
  });
  await alice.page.goto(scene.url);
  await alice.page.getByLabel("Your name").waitFor();
  const seen = await alice.page.evaluate("[...new Set(papers)]");
  assertEquals(seen, [await paper(alice)]);
  assertEquals(await look(alice, "theme"), "dark");
});

test("theme, contrast and motion follow the system until something is chosen", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor({ colorScheme: "light" });
  await alice.enter("Alice");
  const light = await paper(alice);
  assertEquals(await look(alice, "motion"), "less");
  await alice.page.emulateMedia({ colorScheme: "dark", reducedMotion: "no-preference" });
  await alice.page.locator('html[data-motion="system"]').waitFor();
  const dark = await paper(alice);
  assertNotEquals(dark, light);
  await alice.page.emulateMedia({ colorScheme: "dark", contrast: "more" });
  await alice.page.locator('html[data-contrast="high"]').waitFor();
  assertEquals(await paper(alice), "rgb(0, 0, 0)");
  await alice.say("/set theme light");
  await alice.page.locator('html[data-theme="light"]').waitFor();
  assertEquals(await paper(alice), "rgb(255, 255, 255)");
  await alice.page.emulateMedia({ colorScheme: "dark", contrast: "no-preference" });
  await alice.page.locator('html[data-contrast="system"]').waitFor();
  assertEquals(await paper(alice), light);
  await alice.say("/set contrast high");
  await alice.page.locator('html[data-contrast="high"]').waitFor();
});

test("the menu at one's name closes by Esc and beside it, and signing out asks first", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const { page } = alice;
  const menu = page.getByRole("group", { name: "About you" });
  await openMenu(alice);
  await page.getByLabel("Why you are away").focus();
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  assertEquals(await page.evaluate("document.activeElement.className"), "me-line");
  await openMenu(alice);
  await alice.log.click();
  await menu.waitFor({ state: "detached" });
  await openMenu(alice);
  await page.getByLabel("Why you are away").fill("at lunch");
  await page.keyboard.press("Enter");
  await menu.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "I'm back" }).click();
  await page.getByText("at lunch").first().waitFor({ state: "detached" });
  await openMenu(alice);
  await page.getByRole("button", { name: "Sign out…" }).click();
  await page.getByText("Your name is free for others at once").waitFor();
  await page.getByRole("button", { name: "Stay" }).click();
  await page.keyboard.press("Escape");
  await alice.say("still here");
  await alice.sees("still here");
  await openMenu(alice);
  await page.getByRole("button", { name: "Sign out…" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByLabel("Your name").waitFor();
});

test("on a phone the menu says what waits in other conversations", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await scene.visitor(phone), await scene.enter("Bob")];
  await alice.enter("Alice");
  const menu = alice.page.getByRole("button", { name: "Conversations", exact: true });
  const mark = alice.page.locator("#menu-mark");
  assertEquals(await mark.innerText(), "");
  await bob.type("/whisper Alice psst");
  await mark.getByText("@").waitFor();
  await menu.tap();
  await alice.turnTo(/^Bob\b/);
  await alice.sees("psst");
  await mark.getByText("@").waitFor({ state: "detached" });
});
