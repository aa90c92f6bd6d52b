/** The page at 200 % and on the narrowest screens, and where the system chooses the colours. */

import { assert, assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";
import { png } from "../helpers/shown_files.ts";

/** 1280 by 1024 at 200 %, and what 1280 px are at 400 %. */
const sizes = [{ width: 640, height: 512 }, { width: 320, height: 640 }];
const views = [
  ...["room/lobby", "library", "search", "transfers", "rooms"],
  ...["settings", "account", "invite", "help"],
];

/** What reaches beyond the screen, or has to be scrolled sideways; code and tables may. */
const beyond = `
  [...document.querySelectorAll("body *")].filter((each) => {
    if (each.closest("pre, table, .sidebar, .skips, svg")) return false;
    if (!each.checkVisibility({ visibilityProperty: true })) return false;
    const { width, right } = each.getBoundingClientRect();
    const scrolls = /auto|scroll/.test(getComputedStyle(each).overflowX);
    const isCut = scrolls && each.scrollWidth > each.clientWidth + 1;
    return (width > 1 && right > innerWidth + 1) || (isCut && each.querySelector("table") === null);
  }).map((each) => each.outerHTML.slice(0, 120))
`;

/** WCAG 1.4.12, as somebody who reads better so has it. */
const spacing = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; " +
    "word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [sheet];
`;

test("at 200 % and at 320 px nothing is out of reach, with wide spacing too", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor({ viewport: sizes[0] });
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  const long = `https://example.org/${"a-long-way/".repeat(12)}`;
  await bob.type(`see ${long}`, "/react ^ heart");
  const name = `${"a long name ".repeat(6)}.png`;
  await bob.type(`/upload "${await make(scene, "Bob", name, png)}"`);
  await bob.type(`/sendfile "${await make(scene, "Bob", "for you.txt", new Uint8Array(9))}" Alice`);
  await alice.page.getByRole("button", { name: "Accept" }).first().waitFor();
  await alice.say(`\`\`\`\n${"wide ".repeat(60)}\n\`\`\`\n\n| a | b |\n|---|---|\n| ${long} | c |`);
  await alice.log.locator("table").waitFor();
  const { page } = alice;
  for (const isSpaced of [false, true]) {
    if (isSpaced) await page.evaluate(spacing);
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const view of views) {
        await page.evaluate(`location.hash = "#/${view}"`);
        await page.locator(view.startsWith("room/") ? ".composer" : ".place > .head").waitFor();
        const wrong = await page.evaluate<string[]>(beyond);
        assertEquals(wrong, [], `${view} at ${size.width} px, spaced: ${isSpaced}`);
      }
    }
  }
});

test("in colours of the system what is chosen, new or focused is told by more than ours", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  const { page } = alice;
  await page.emulateMedia({ forcedColors: "active" });
  await bob.type("/whisper Alice psst");
  await page.locator(".room-line .count").waitFor();
  const look = (selector: string) =>
    page.evaluate<Record<string, string>>(`(() => {
      const { backgroundColor, borderTopWidth, outlineStyle, outlineWidth, color } =
        getComputedStyle(document.querySelector(${JSON.stringify(selector)}));
      return { backgroundColor, borderTopWidth, outlineStyle, outlineWidth, color };
    })()`);
  const chosen = await look(".room-line[aria-current]");
  const other = await look(".room-line:not([aria-current])");
  assert(chosen.backgroundColor !== other.backgroundColor, JSON.stringify({ chosen, other }));
  assertEquals((await look(".room-line .count")).borderTopWidth, "1px");
  assertEquals((await look(".presence")).borderTopWidth, "1px");
  await page.keyboard.press("F6");
  const focused = await look(":focus");
  assertEquals([focused.outlineStyle, focused.outlineWidth], ["solid", "3px"]);
});
