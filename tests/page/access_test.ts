/**
 * Every view of the page, as axe-core judges it: large and small, in every theme; in a usual run in
 * one theme for everything and in another one, by turns, for colours.
 */

import { assertEquals } from "@std/assert";
import axe from "axe-core";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";
import { Relay } from "../helpers/relay.ts";
import type { RealClient } from "../helpers/scene.ts";
import { pdf, png, wav } from "../helpers/shown_files.ts";
import { someOf } from "../helpers/size.ts";

const MiB = 1024 * 1024;
const encoder = new TextEncoder();

/** A violation, as much as one needs to find it. */
interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: unknown; readonly html: string }[];
}

const desk = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** All that is in another colour scheme another matter. */
const ofColour = ["color-contrast", "link-in-text-block"];

interface Look {
  readonly size: typeof desk;
  readonly theme: "light" | "dark";
  readonly contrast: "system" | "high";
  readonly accent?: "plum" | "rust";
}

/** Every theme in one size; only the first is looked at for more than colours. */
function themes(size: typeof desk): readonly Look[] {
  return [
    { size, theme: "light", contrast: "system" },
    { size, theme: "dark", contrast: "system" },
    { size, theme: "light", contrast: "high" },
    { size, theme: "dark", contrast: "high" },
  ];
}

const onPhone = themes(phone);
// The last are in the size that the test goes on in.
const onDesk = themes(desk);
const everywhere = [...onPhone, ...onDesk];
const inAccents = (["plum", "rust"] as const).flatMap((accent) =>
  onDesk.map((look) => ({ ...look, accent }))
);

/** Whether a look is one for more than colours. */
function isWhole({ theme, contrast, accent }: Look): boolean {
  return theme === "light" && contrast === "system" && accent === undefined;
}

/** Looks at what is on the screen in each of some looks; what is wrong, a sentence each. */
async function violations({ page }: Visitor, looks: readonly Look[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  // Runs beside the page's own scripts, whose policy it doesn't fall under.
  if (!await page.evaluate("'axe' in window")) await page.evaluate(axe.source);
  for (const seen of looks) {
    const { size, theme, contrast, accent = "teal" } = seen;
    await page.setViewportSize(size);
    const look = JSON.stringify({ theme, contrast, accent });
    const how = JSON.stringify({
      resultTypes: ["violations"],
      ...!isWhole(seen) && { runOnly: ofColour },
    });
    const name = `${size.width} px, ${look}`;
    // Drawn in its new look first.
    const found = await page.evaluate(`
      Object.assign(document.documentElement.dataset, ${look});
      new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
        .then(() => axe.run(${how})).then(({ violations }) => violations)
    `);
    wrong.push(
      ...(found as Violation[]).flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, html }) => `${name}: ${id}: ${help}: ${target}: ${html.slice(0, 200)}`)
      ),
    );
  }
  return wrong;
}

/** What is said, from Bob. */
async function talk(bob: RealClient): Promise<void> {
  await bob.type(
    "hello **there**, Alice: *this*, ~~that~~ and ||those||",
    "see https://example.org, #lobby and `code`",
    "/react ^ heart",
    "/reply and an answer",
    "a message with a mistake",
    "/edit a message without one",
    "a message to be taken back",
    "/delete",
    "/me waves",
  );
  await bob.sees("Bob waves");
}

/** What is shared, from Bob, and private words. */
async function share(scene: PageScene, bob: RealClient): Promise<void> {
  const files: readonly [string, Uint8Array][] = [
    ["notes.txt", encoder.encode("one line\nand another")],
    ["dot.png", png],
    ["page.pdf", pdf],
    ["silence.wav", wav()],
    ["unknown.bin", new Uint8Array(9)],
  ];
  for (const [name, bytes] of files) {
    await bob.type(`/upload "${await make(scene, "Bob", name, bytes)}"`);
    await bob.sees(`shared ${name}`);
  }
  await bob.type("/away at lunch", "/whisper Alice between us");
  await bob.sees("[you → Alice] between us");
}

test("axe-core finds nothing to complain about in any view", async (scene) => {
  await scene.startWeb();
  await using line = new Relay(scene.server.webPort, Infinity);
  const alice = await scene.visitor({ port: line.port, viewport: desk, colorScheme: "light" });
  const { page } = alice;
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const wrong: string[] = [];
  let turn = 0;
  const see = async (view: string, all: readonly Look[] = everywhere) => {
    const others = someOf(all.filter((look) => !isWhole(look)), 1, turn++);
    const looks = all.filter((look) => isWhole(look) || others.includes(look));
    wrong.push(...(await violations(alice, looks)).map((sentence) => `${view}: ${sentence}`));
  };
  const goTo = async (view: string) => {
    await page.evaluate(`location.hash = "#/${view}"`);
    await page.locator(".place").waitFor();
  };

  await page.goto(`http://127.0.0.1:${line.port}/`);
  await page.getByLabel("Your name").waitFor();
  await see("first visit");
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  await alice.say("- one\n- two\n\n1. first\n\n> quoted\n\n# loud\n\n```ts\nconst one = 1;\n```");
  await alice.log.locator("pre").waitFor();
  await bob.sees("const one = 1;");
  await talk(bob);
  await alice.sees("waves");
  await alice.log.locator(".reaction").first().waitFor();
  await alice.log.locator(".quote").waitFor();
  await button("Close who is here").click();
  // What is scrolled away isn't looked at: one screen after the other.
  await see("words");
  await see("words", inAccents);
  await share(scene, bob);
  await alice.log.getByText("unknown.bin").first().waitFor();
  await alice.say("mine, *Bob*");
  await bob.sees("Alice: mine");
  await see("files");
  await button("Who is here").click();
  await see("people", onDesk);
  await button("Close who is here").click();

  // By its focus: where a mouse points is another place in every size.
  await page.mouse.move(1, 1);
  await alice.log.locator(".row").last().focus();
  await page.getByRole("toolbar", { name: "This message" }).waitFor();
  await see("message menu");
  await button("Answer").click();
  await see("answering");
  await page.keyboard.press("Escape");
  await button("Emoji").click();
  await page.getByRole("searchbox", { name: "Search emoji" }).waitFor();
  await see("emoji");
  await page.keyboard.press("Escape");
  await alice.composer.fill("/");
  await page.getByRole("listbox").waitFor();
  await see("suggestions");
  await alice.composer.fill("");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").waitFor();
  await see("palette");
  await page.keyboard.press("Escape");

  for (const [name, shown] of [["notes.txt", "pre"], ["page.pdf", "iframe"]]) {
    await alice.message(name).getByRole("button", { name: "Open" }).click();
    await page.getByRole("dialog").locator(shown).waitFor();
    await see(`preview of ${name}`);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  }
  await alice.message("dot.png").getByRole("button", { name: /dot\.png/ }).first().click();
  await page.getByRole("dialog").locator("img").waitFor();
  await see("preview of a picture");
  await page.keyboard.press("Escape");

  await goTo("library");
  await page.locator("td.file-name").first().waitFor();
  await see("library");
  await goTo("search");
  await page.getByRole("searchbox", { name: "Words that were said" }).fill("message");
  await page.keyboard.press("Enter");
  await page.locator(".hits li").first().waitFor();
  await see("search");
  for (const view of ["rooms", "help", "settings", "account", "invite"]) {
    await goTo(view);
    await see(view);
  }

  await bob.type(`/sendfile "${await make(scene, "Bob", "for you.txt", new Uint8Array(9))}" Alice`);
  await button("Accept").first().waitFor();
  await goTo("transfers");
  line.bytesPerSecond = MiB / 8;
  await alice.send(await make(scene, "Alice", "given up.bin", new Uint8Array(20 * MiB)));
  await button("Cancel given up.bin").click();
  await alice.send(await make(scene, "Alice", "large.bin", new Uint8Array(20 * MiB)));
  await page.getByRole("progressbar", { name: /large\.bin/ }).waitFor();
  await see("transfers");
  await page.goBack();
  await alice.turnTo(/^Bob\b/);
  await alice.sees("between us");
  await see("private conversation");

  await page.setViewportSize(phone);
  await button("Conversations").click();
  await see("conversations", onPhone);
  await button("Close the conversations").click({ position: { x: 380, y: 400 } });
  await button("Who is here").click();
  await see("people over the conversation", onPhone);
  await button("Close who is here").click();
  await page.setViewportSize(desk);

  await scene.process.kill();
  await page.getByText("Offline").first().waitFor();
  await alice.say("as soon as it is back");
  await page.getByText("Waits to be sent").first().waitFor({ state: "attached" });
  await see("connection lost");
  assertEquals(wrong, []);
});
