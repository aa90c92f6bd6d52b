/**
 * Each view in each look that can be chosen, as axe-core judges its colours; in a usual run in a few
 * of them, by turns.
 */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import { choices } from "../../web/settings.ts";
import { pageTest as test, type Visitor } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";
import { someOf } from "../helpers/size.ts";

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly html: string }[];
}

const looks = (["light", "dark"] as const).flatMap((theme) =>
  choices.contrast.flatMap((contrast) =>
    choices.accent.map((accent) => ({ theme, contrast, accent }))
  )
);

/** What is wrong in a view in any look of this turn, a sentence each. */
async function faults(
  { page }: Visitor,
  view: string,
  turn: number,
): Promise<readonly string[]> {
  if (!await page.evaluate("'axe' in window")) await page.evaluate(axe.source);
  const wrong: string[] = [];
  for (const look of someOf(looks, 3, turn)) {
    const kept = JSON.stringify(JSON.stringify(look));
    // As if another tab had chosen it; drawn in it first.
    const found = await page.evaluate(`
      localStorage.setItem("parley.settings", ${kept});
      dispatchEvent(new Event("storage"));
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
        .then(() => axe.run({ runOnly: ["color-contrast", "link-in-text-block"] }))
        .then(({ violations }) => violations)
    `);
    const how = Object.values(look).join(" ");
    for (const { id, nodes } of found as readonly Violation[]) {
      wrong.push(...nodes.map(({ target, html }) => `${view}, ${how}: ${id}: ${target}: ${html}`));
    }
  }
  return wrong;
}

test("everything on the page can be read in each look that can be chosen", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor({ viewport: { width: 1440, height: 900 } });
  const { page } = alice;
  const wrong: string[] = [];
  let turn = 0;
  const see = async (view: string) => void wrong.push(...await faults(alice, view, turn++));
  await page.goto(scene.url);
  await page.getByLabel("Your name").waitFor();
  await see("first visit");
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  await bob.type("hello **there** @Alice", "see https://example.org and `code`", "/react ^ heart");
  await bob.type("/reply and an answer", "/me waves", "/whisper Alice psst");
  await alice.say("```ts\nconst one = 'two'; // three\n```");
  await alice.sees("const one");
  await bob.type(`/upload "${await make(scene, "Bob", "a.txt", new Uint8Array(9))}"`);
  await bob.type(`/sendfile "${await make(scene, "Bob", "b.txt", new Uint8Array(9))}" Alice`);
  await page.getByRole("button", { name: "Accept" }).first().waitFor();
  await page.mouse.move(1, 1);
  await see("words");
  await page.getByRole("button", { name: /settings, be away, sign out/ }).click();
  await page.getByRole("button", { name: "Sign out…" }).click();
  await see("menu");
  await page.keyboard.press("Escape");
  for (
    const view of [
      "settings",
      "account",
      "invite",
      "library",
      "transfers",
      "rooms",
      "search",
      "help",
    ]
  ) {
    await page.evaluate(`location.hash = "#/${view}"`);
    await page.locator(".place").waitFor();
    await see(view);
  }
  assertEquals(wrong, []);
});
