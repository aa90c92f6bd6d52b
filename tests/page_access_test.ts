/** Every view of the page, as axe-core judges it. */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import {
  type PageScene,
  pageTest as test,
  type Visitor,
  type VisitorOptions,
} from "./helpers/browser.ts";
import { make } from "./helpers/file_scene.ts";
import type { RealClient } from "./helpers/scene.ts";

/** A violation, as much as one needs to find it. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: unknown; readonly html: string }[];
}

/** Looks at what is on the screen; what is wrong, a sentence each. */
async function violations({ page }: Visitor): Promise<readonly string[]> {
  // Runs beside the page's own scripts, whose policy it doesn't fall under.
  await page.evaluate(axe.source);
  const found = await page.evaluate("axe.run().then(({ violations }) => violations)");
  return (found as Violation[]).flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help}: ${target}: ${html.slice(0, 200)}`)
  );
}

const looks: readonly [string, VisitorOptions][] = [
  ["light, on a desk", { colorScheme: "light", viewport: { width: 1440, height: 900 } }],
  ["dark, on a phone", {
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
  }],
];

/** A room with all kinds of messages in it. */
async function furnish(scene: PageScene): Promise<RealClient> {
  const bob = await scene.enter("Bob");
  const path = await make(
    scene,
    "Bob",
    "notes.txt",
    new TextEncoder().encode("one line\nand another"),
  );
  await bob.type(
    "hello **there**, Alice",
    "- one\n",
    "> quoted",
    "see https://example.org and `code`",
    "/react ^ heart",
    "a message to be taken back",
    "/delete",
    `/upload "${path}"`,
    "/away at lunch",
    "/whisper Alice between us",
  );
  await bob.sees("[you → Alice] between us");
  await bob.sees("shared notes.txt");
  await bob.type(`/sendfile "${path}" Alice`);
  return bob;
}

for (const [look, options] of looks) {
  test(`axe-core finds nothing to complain about (${look})`, async (scene) => {
    await scene.startWeb();
    const alice = await scene.visitor(options);
    const wrong: string[] = [];
    const see = async (view: string) => {
      wrong.push(...(await violations(alice)).map((sentence) => `${view}: ${sentence}`));
    };
    await alice.page.goto(scene.url);
    await alice.page.getByLabel("Your name").waitFor();
    await see("first visit");
    await alice.enter("Alice");
    const bob = await furnish(scene);
    await alice.log.getByText("notes.txt").first().waitFor();
    await alice.page.getByRole("button", { name: "Accept" }).first().waitFor();
    await see("chat");
    await alice.page.getByRole("button", { name: "Emoji" }).click();
    await alice.page.getByRole("searchbox", { name: "Search emoji" }).waitFor();
    await see("emoji");
    await alice.page.keyboard.press("Escape");
    await alice.composer.fill("/");
    await alice.page.getByRole("listbox").waitFor();
    await see("suggestions");
    await alice.composer.fill("");
    await alice.message("notes.txt").getByRole("button", { name: "Open" }).click();
    await alice.page.getByRole("dialog").waitFor();
    await see("preview");
    await alice.page.keyboard.press("Escape");
    await alice.say("/whisper Bob yes?");
    await bob.sees("yes?");
    await alice.say("/switch @Bob");
    await alice.sees("between us");
    await see("private conversation");
    for (const view of ["search", "library", "transfers", "rooms", "help"]) {
      await alice.page.evaluate(`location.hash = "#/${view}"`);
      await alice.page.locator(".place").waitFor();
      await see(view);
    }
    await alice.page.keyboard.press("Control+k");
    await alice.page.getByRole("dialog").waitFor();
    await see("palette");
    assertEquals(wrong, []);
  });
}
