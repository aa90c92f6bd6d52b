/** What fingers and Back do on a phone: with events as the browser itself makes them. */

import { assert, assertEquals } from "@std/assert";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";
import { Finger, middleOf } from "../helpers/finger.ts";
import { until } from "../helpers/page_wait.ts";

const phone = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
} as const;

async function onPhone(scene: PageScene): Promise<{ alice: Visitor; finger: Finger }> {
  const alice = await scene.visitor(phone);
  await alice.enter("Alice");
  await alice.page.getByRole("button", { name: /^What calls you here/ }).waitFor();
  return { alice, finger: await Finger.on(alice.page) };
}

/** Whether the conversations, and who is here, are in sight. */
async function panels({ page }: Visitor): Promise<string> {
  return await page.evaluate(`[".sidebar", ".people"].filter((name) => {
    const box = document.querySelector(name)?.getBoundingClientRect();
    return box && box.right > 1 && box.left < innerWidth - 1;
  }).join()`);
}

test("panels are pulled from both edges, shut again, and closed by Back", async (scene) => {
  await scene.startInProcess();
  const { alice, finger } = await onPhone(scene);
  const { page } = alice;
  const is = (wanted: string) =>
    until(
      page,
      `[".sidebar", ".people"].filter((name) => {
        const box = document.querySelector(name)?.getBoundingClientRect();
        return box && box.right > 1 && box.left < innerWidth - 1;
      }).join() === "${wanted}"`,
    );
  await is("");
  await finger.swipe({ x: 10, y: 400 }, { x: 250, y: 410 });
  await is(".sidebar");
  await finger.swipe({ x: 300, y: 400 }, { x: 60, y: 410 });
  await is("");
  await finger.swipe({ x: 380, y: 400 }, { x: 140, y: 390 });
  await is(".people");
  await finger.swipe({ x: 200, y: 400 }, { x: 370, y: 400 });
  await is("");
  // A short pull goes back, and so does one that turns.
  await finger.swipe({ x: 10, y: 400 }, { x: 60, y: 400 });
  await is("");
  // From elsewhere, or up and down, it is none of this.
  await finger.swipe({ x: 195, y: 600 }, { x: 20, y: 600 });
  await finger.drag({ x: 10, y: 700 }, { x: 40, y: 300 });
  assertEquals(await panels(alice), "");
  for (const name of ["Conversations", "Who is here"]) {
    await page.getByRole("button", { name, exact: true }).tap();
    await is(name === "Conversations" ? ".sidebar" : ".people");
    await page.goBack();
    await is("");
  }
  await alice.isAt("#lobby");
});

test("a message is answered by pulling it, and holding it opens what can be done", async (scene) => {
  await scene.startInProcess();
  const bob = await scene.enter("Bob");
  const { alice, finger } = await onPhone(scene);
  const { page } = alice;
  await bob.type("to be answered", "to be held");
  await alice.sees("to be held");
  const from = await middleOf(alice.message("to be answered").locator(".text"));
  await finger.swipe(from, { x: from.x + 30, y: from.y });
  assertEquals(await page.locator(".draft-about").count(), 0);
  await finger.swipe(from, { x: from.x + 110, y: from.y + 6 });
  await page.locator(".draft-about", { hasText: "to be answered" }).waitFor();
  await alice.say("an answer");
  await bob.sees("│ Bob: to be answered");

  const held = await middleOf(alice.message("to be held").locator(".text").last());
  await finger.down(held);
  const sheet = page.getByRole("dialog", { name: "Message of Bob" });
  await sheet.waitFor();
  await finger.up();
  // The finger that goes away presses nothing.
  await sheet.getByRole("button", { name: "React with 👍" }).tap();
  await sheet.waitFor({ state: "detached" });
  await bob.sees("Alice 👍 “to be held”");
  await finger.down(held);
  await sheet.waitFor();
  await finger.up();
  await sheet.getByRole("button", { name: "Select text" }).tap();
  await until(page, `String(getSelection()).trim() === "to be held"`);
  // While text is being selected, nothing else is done with it.
  await finger.swipe(held, { x: held.x + 110, y: held.y });
  assertEquals(await page.locator(".draft-about").count(), 0);
  await page.evaluate("getSelection().empty()");

  await alice.message("to be held").locator(".text").last().tap();
  await page.getByRole("button", { name: "What can be done with this message" }).tap();
  await sheet.waitFor();
  await page.goBack();
  await sheet.waitFor({ state: "detached" });
});

test("a finger that scrolls neither pulls nor holds, and code is moved by itself", async (scene) => {
  await scene.startInProcess();
  const { alice, finger } = await onPhone(scene);
  const { page } = alice;
  for (let number = 1; number <= 30; number++) await alice.say(`line ${number}`);
  await alice.say(`\`\`\`\n${"wide ".repeat(60)}\n\`\`\``);
  const code = alice.log.locator("pre");
  await code.waitFor();
  const scrolled = () => page.evaluate<number>(`document.querySelector(".list-box").scrollTop`);
  const at = await scrolled();
  await finger.drag({ x: 200, y: 300 }, { x: 215, y: 600 });
  await until(page, `document.querySelector(".list-box").scrollTop < ${at} - 100`);
  assertEquals(await page.locator(".draft-about, dialog").count(), 0);
  const newest = page.getByRole("button", { name: /Newest|new$/ });
  await newest.tap();
  await newest.waitFor({ state: "detached" });
  // While something moves, a touch would only stop it.
  await code.tap({ trial: true });
  const wide = await middleOf(code);
  await finger.swipe(wide, { x: wide.x - 150, y: wide.y });
  await until(page, `document.querySelector("pre").scrollLeft > 50`);
  await finger.swipe(wide, { x: wide.x + 100, y: wide.y });
  assertEquals(await page.locator(".draft-about").count(), 0);
});

test("Back closes what lies over the page, then goes where one was before", async (scene) => {
  await scene.startInProcess();
  const { alice } = await onPhone(scene);
  const { page } = alice;
  const place = () => page.evaluate("location.hash");
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await page.getByRole("button", { name: /^What calls you here/ }).tap();
  const menu = page.getByRole("dialog", { name: "What calls you in #kitchen" });
  await menu.waitFor();
  await page.goBack();
  await menu.waitFor({ state: "detached" });
  assertEquals(await place(), "#/room/kitchen");
  // Closed by its own button it leaves no step behind that does nothing.
  await page.getByRole("button", { name: /^What calls you here/ }).tap();
  await page.getByRole("button", { name: "Done" }).tap();
  await menu.waitFor({ state: "detached" });
  await page.goBack();
  await alice.isAt("#lobby");
  // Nor does the menu that one goes somewhere from.
  await page.getByRole("button", { name: "Conversations", exact: true }).tap();
  await alice.turnTo("kitchen");
  await alice.isAt("#kitchen");
  assertEquals(await page.locator(".sidebar.open").count(), 0);
  await page.goBack();
  await alice.isAt("#lobby");
});

test("a keyboard hides neither where one writes nor the newest message", async (scene) => {
  await scene.startInProcess();
  const { alice } = await onPhone(scene);
  const { page } = alice;
  for (let number = 1; number <= 30; number++) await alice.say(`line ${number}`);
  await alice.sees("line 30");
  const seen = (height: number) =>
    until(
      page,
      `[".composer", ".row:last-child"].every((name) => {
        const { top, bottom } = document.querySelector(name).getBoundingClientRect();
        return top >= 0 && bottom <= ${height} + 1;
      })`,
    );
  await seen(844);
  // A browser that makes the page smaller.
  await page.setViewportSize({ width: 390, height: 480 });
  await seen(480);
  await page.setViewportSize({ width: 390, height: 844 });
  await seen(844);
  // One that only tells how much is to be seen.
  await page.evaluate(`
    Object.defineProperty(visualViewport, "height", { value: 500, configurable: true });
    visualViewport.dispatchEvent(new Event("resize"));
  `);
  await seen(500);
  await page.evaluate(`
    delete visualViewport.height;
    visualViewport.dispatchEvent(new Event("resize"));
  `);
  await until(page, `document.querySelector(".page").offsetHeight === 844`);
});

/** What is smaller than a finger, with what reaches around it. */
const small = `[...document.querySelectorAll("button, input, select, a, [role=option]")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest(".hidden"))
  .filter((each) => {
    const box = each.getBoundingClientRect();
    if (box.width <= 1 || box.right < 0 || box.left > innerWidth) return false;
    const label = each.closest("label")?.getBoundingClientRect();
    const around = getComputedStyle(each, "::after");
    const grow = around.content === "none" || around.position !== "absolute"
      ? 0
      : -2 * parseFloat(around.top);
    const height = Math.max(box.height + grow, label?.height ?? 0);
    const width = Math.max(box.width + grow, label?.width ?? 0);
    // What stands in a line of text is as high as that (WCAG 2.5.8), and is reached around it.
    const least = each.matches(".author, .quote, .name-link, .reaction, .link-button, .text a")
      ? 24
      : 44;
    return height < least - 0.5 || width < Math.min(least, 44) - 0.5;
  })
  .map((each) => (each.ariaLabel ?? each.textContent ?? "") + " " + each.className)`;

test("whatever is pressed is as large as a finger", async (scene) => {
  await scene.startInProcess();
  const bob = await scene.enter("Bob");
  const { alice } = await onPhone(scene);
  const { page } = alice;
  await bob.type("hello @Alice", "/join kitchen", "/switch lobby");
  await alice.sees("hello");
  const check = async (what: string) =>
    assertEquals([what, await page.evaluate(small)], [what, []]);
  await check("lobby");
  await alice.message("hello").locator(".text").tap();
  await page.getByRole("button", { name: "What can be done with this message" }).waitFor();
  await check("buttons");
  await page.getByRole("button", { name: "What can be done with this message" }).tap();
  await page.getByRole("dialog").waitFor();
  await check("message");
  await page.goBack();
  await page.getByRole("button", { name: "Conversations", exact: true }).tap();
  await until(page, `document.querySelector(".sidebar").getBoundingClientRect().left === 0`);
  await check("conversations");
  await page.goBack();
  for (
    const view of [
      "search",
      "library",
      "transfers",
      "rooms",
      "settings",
      "account",
      "invite",
      "help",
    ]
  ) {
    await page.evaluate(`location.hash = "#/${view}"`);
    await page.locator(".place").waitFor();
    await check(view);
  }
});

test("nothing lies under the edges of a screen", async (scene) => {
  await scene.startInProcess();
  const { alice } = await onPhone(scene);
  const { page } = alice;
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setSafeAreaInsetsOverride", {
    insets: { top: 47, bottom: 34, left: 0, right: 0 },
  });
  const inside = (name: string) =>
    until(
      page,
      `(() => {
        const { top, bottom } = document.querySelector("${name}").getBoundingClientRect();
        return top >= 47 && bottom <= innerHeight - 34 + 1;
      })()`,
    );
  await inside(".head .icon-button");
  await inside(".composer-line");
  await page.getByRole("button", { name: "Conversations", exact: true }).tap();
  await inside(".sidebar-head > *");
  await inside(".me-line");
  await page.goBack();
  await page.getByRole("button", { name: /^What calls you here/ }).tap();
  await inside(".sheet-done");
});

test("files that are dropped beside a conversation are asked about", async (scene) => {
  await scene.startInProcess();
  const bob = await scene.enter("Bob");
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await alice.page.evaluate(`location.hash = "#/library"`);
  await alice.page.getByRole("button", { name: "Send files to #kitchen" }).waitFor();
  await alice.page.evaluate(`location.hash = "#/help"`);
  await alice.page.getByRole("region", { name: /command/i }).first().waitFor();
  const drop = `(() => {
    const data = new DataTransfer();
    data.items.add(new File(["soup"], "soup.txt"));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
  })()`;
  await alice.page.evaluate(drop);
  const choice = alice.page.getByRole("dialog", { name: "Where “soup.txt” goes" });
  await choice.getByRole("button", { name: "Don't send" }).click();
  await choice.waitFor({ state: "detached" });
  await alice.page.evaluate(drop);
  await choice.getByRole("button", { name: "lobby" }).click();
  await bob.sees("Alice shared soup.txt");
  assert(!(await alice.page.evaluate<string>("location.hash")).includes("room"));
});
