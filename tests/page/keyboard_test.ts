/** A whole conversation at the page without a mouse: everything by keys, and the focus never lost. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { pageTest as test, type Visitor } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";
import { until } from "../helpers/page_wait.ts";

/** Steps of Tab that lead around the whole page. */
const tabsMax = 60;

/** Counts what only a mouse or a finger does. */
const countPointers = `
  globalThis.pointed = 0;
  for (const each of ["mousedown", "pointerdown", "touchstart", "wheel"]) {
    addEventListener(each, () => globalThis.pointed++, true);
  }
`;

/** Keeps what a screen reader is given to read out. */
const keepTold = `
  globalThis.told = [];
  new MutationObserver((records) => {
    for (const { addedNodes, target } of records) {
      const line = target.closest?.("[role=status], [role=alert]");
      const isLive = line && line.getAttribute("aria-live") !== "off";
      for (const node of addedNodes) if (isLive && node.textContent) told.push(node.textContent);
    }
  }).observe(document, { childList: true, subtree: true });
`;

type Locator = ReturnType<Visitor["page"]["locator"]>;

/** Hands on a keyboard. */
class Hands {
  readonly #visitor: Visitor;

  constructor(visitor: Visitor) {
    this.#visitor = visitor;
  }

  get page(): Visitor["page"] {
    return this.#visitor.page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async say(text: string): Promise<void> {
    await this.isOn(this.#visitor.composer);
    await this.type(text);
    await this.press("Enter");
    await this.isOn(this.#visitor.composer);
  }

  /** Resolves when `wanted` has the focus. */
  async isOn(wanted: Locator): Promise<void> {
    try {
      await wanted.and(this.page.locator(":focus")).waitFor();
    } catch {
      throw new Error(`The focus isn't on ${wanted}, but on ${await this.focused()}`);
    }
  }

  /** What has the focus, for whoever reads that it is something else. */
  focused(): Promise<string> {
    return this.page.evaluate("document.activeElement?.outerHTML.slice(0, 200) ?? 'nothing'");
  }

  /** Presses a key until `wanted` has the focus. */
  async go(wanted: Locator, key = "Tab"): Promise<void> {
    for (let pressed = 0; pressed < tabsMax; pressed++) {
      if (await wanted.and(this.page.locator(":focus")).count() > 0) return;
      await this.press(key);
    }
    throw new Error(`${key} doesn't lead to ${wanted}`);
  }
}

test("everything of a conversation with files is done by keys alone", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  const { page, composer, log } = alice;
  const hands = new Hands(alice);
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const row = (name: RegExp) => log.getByRole("article", { name });
  /** Resolves when Tab leads to a message, as it does to the newest in sight. */
  const isStop = (wanted: Locator) => wanted.and(page.locator("[tabindex='0']")).waitFor();

  // The first visit: the form has the focus already.
  await page.addInitScript(countPointers);
  await page.goto(scene.url);
  await hands.isOn(page.getByLabel("Your name"));
  await hands.type("Alice");
  await hands.press("Enter");
  await hands.isOn(composer);
  const bob = await scene.enter("Bob");
  await hands.say("hello there");
  await bob.sees("Alice: hello there");

  // A name is completed.
  await bob.type("who is there?");
  await alice.sees("who is there?");
  await hands.type("it is me, @B");
  await page.getByRole("option", { name: "@Bob" }).waitFor();
  await hands.press("Tab");
  assertEquals(await composer.inputValue(), "it is me, @Bob ");
  await hands.press("Enter");
  await bob.sees("it is me, @Bob");

  // Messages are one stop; from one to the next, into one, and out again.
  await alice.message("it is me").getByText("Delivered").waitFor({ state: "attached" });
  await isStop(row(/: it is me/));
  await hands.press("Shift+Tab", "Shift+Tab");
  await hands.isOn(row(/: it is me/));
  await hands.go(row(/: who is there/), "ArrowUp");
  assertMatch(
    await row(/: who is there/).getAttribute("aria-label") ?? "",
    /^Bob, .*: who is there\?$/,
  );
  await hands.press("Enter");
  await hands.isOn(button("React with 👍"));
  await hands.go(button("Answer"), "ArrowRight");
  await hands.press("Enter");
  await hands.isOn(composer);
  await hands.say("only me");
  await alice.message("only me").getByText("Delivered").waitFor({ state: "attached" });

  // Edited, and left to be as it was.
  await hands.press("ArrowUp");
  await page.getByText("Editing", { exact: true }).waitFor();
  await hands.press("Escape");
  await page.getByText("Editing", { exact: true }).waitFor({ state: "detached" });
  await hands.press("ArrowUp");
  await page.getByText("Editing", { exact: true }).waitFor();
  assertEquals(await composer.inputValue(), "only me");
  await hands.say(" and you");
  await alice.sees("only me and you");
  await alice.message("only me and you").getByText("edited").waitFor();

  // Reacted to: the focus stays where one goes on.
  await hands.press("Shift+Tab", "Shift+Tab");
  await hands.go(row(/: who is there/), "ArrowUp");
  await hands.press("Enter", "Enter");
  await row(/: who is there/).locator(".reaction").waitFor();
  await hands.isOn(button("React with 👍"));
  await hands.go(button("React"), "ArrowRight");
  await hands.press("Enter");
  await hands.isOn(page.getByRole("searchbox", { name: "Search emoji" }));
  await hands.press("Escape");
  await hands.isOn(button("React"));
  await hands.press("Escape");
  await hands.isOn(row(/: who is there/));

  // Taken back, after Esc has led out of the question once.
  await hands.press("End");
  await hands.isOn(row(/: only me and you/));
  await hands.press("Enter");
  await hands.go(button("Take back"), "ArrowLeft");
  await hands.press("Enter");
  await hands.isOn(button("Take back for good"));
  await hands.press("Escape");
  await hands.isOn(button("Take back"));
  await hands.press("Enter");
  await hands.isOn(button("Take back for good"));
  await hands.press("Enter");
  await hands.isOn(row(/^You took a message back/));
  await hands.press("Escape");
  await hands.isOn(composer);

  // To another room, made on the way, and back; what one types goes to the field.
  await hands.press("Control+k");
  await hands.isOn(page.getByRole("combobox"));
  await hands.type("All rooms");
  await hands.press("Enter");
  await hands.isOn(page.getByRole("textbox", { name: "Find a room, or name a new one" }));
  await hands.type("kitchen");
  await hands.press("Enter");
  await alice.isAt("#kitchen");
  await hands.say("soup of the day");
  await alice.message("soup of the day").getByText("Delivered").waitFor({ state: "attached" });
  await hands.press("Alt+ArrowUp");
  await alice.isAt("#lobby");
  await hands.isOn(composer);

  // Found, and gone to.
  await hands.press("Control+k");
  await hands.isOn(page.getByRole("combobox", { name: /^Go to a room/ }));
  await hands.type("Search");
  await hands.press("Enter");
  await hands.isOn(page.getByRole("searchbox", { name: "Words that were said" }));
  await hands.type("soup");
  await hands.press("Enter");
  await page.locator(".hits li").first().waitFor();
  await hands.go(button("Go there"));
  await hands.press("Enter");
  await hands.isOn(row(/: soup of the day/));
  await alice.isAt("#kitchen");

  // Read back.
  await hands.press("Escape");
  await hands.press("Alt+ArrowUp");
  await alice.isAt("#lobby");
  await bob.type(...Array.from({ length: 60 }, (_, at) => `line ${at}`));
  await alice.sees(/^line 59$/);
  await hands.press("PageUp", "PageUp");
  await hands.isOn(composer);
  await button(/^(Newest|\d+ new)$/).waitFor();
  await hands.press("Shift+Escape");
  await log.getByText("line 59").waitFor();
  await button(/^(Newest|\d+ new)$/).waitFor({ state: "detached" });
  await isStop(row(/: line 59$/));
  await hands.go(row(/: line 59$/), "Shift+Tab");
  await hands.press("PageUp", "PageUp");
  await hands.isOn(log.locator("[data-row]:not([aria-label$='line 59'])"));
  await hands.press("Escape", "Shift+Escape");
  await hands.isOn(composer);

  // A file is sent, opened and closed.
  const choosing = page.waitForEvent("filechooser");
  await hands.press("Control+u");
  const text = new TextEncoder().encode("a note\n");
  await (await choosing).setFiles([await make(scene, "Alice", "note.txt", text)]);
  await bob.sees("shared note.txt");
  await hands.isOn(composer);
  await row(/note\.txt/).waitFor();
  await hands.press("Shift+Escape");
  await button(/^(Newest|\d+ new)$/).waitFor({ state: "detached" });
  await isStop(row(/note\.txt/));
  await hands.go(row(/note\.txt/), "Shift+Tab");
  await hands.press("Enter");
  await hands.isOn(button("Open"));
  await hands.press("Enter");
  const shown = page.getByRole("dialog", { name: "note.txt" });
  await shown.getByText("a note").waitFor();
  await hands.press("Escape");
  await shown.waitFor({ state: "detached" });
  await hands.isOn(button("Open"));
  await hands.press("Escape", "Escape");
  await hands.isOn(composer);

  // One of somebody else is taken.
  await bob.type(`/sendfile "${await make(scene, "Bob", "for you.txt", text)}" Alice`);
  const asked = page.getByRole("group", { name: "for you.txt from Bob" });
  await asked.waitFor();
  await hands.go(asked.getByRole("button", { name: "Accept" }), "Shift+Tab");
  const saving = page.waitForEvent("download");
  await hands.press("Enter");
  assertEquals((await saving).suggestedFilename(), "for you.txt");
  await asked.waitFor({ state: "detached" });
  await hands.isOn(composer);

  // Settings, help, and the end.
  await hands.press("Control+k");
  await hands.isOn(page.getByRole("combobox", { name: /^Go to a room/ }));
  await hands.type("Settings");
  await hands.press("Enter");
  await hands.isOn(page.locator(".place .head-name"));
  await hands.go(page.getByRole("group", { name: "Theme" }).getByRole("radio", { checked: true }));
  await hands.press("ArrowRight");
  await page.locator("html[data-theme=light]").waitFor();
  await hands.press("?");
  await page.getByText("This page of keys and commands").waitFor();
  await hands.isOn(page.locator(".place .head-name"));
  await hands.press("Escape");
  await hands.isOn(composer);
  await hands.press("F6", "Tab");
  await hands.go(page.locator(".me-line"));
  await hands.press("Enter");
  await hands.go(button("Sign out…"));
  await hands.press("Enter");
  await hands.isOn(button("Sign out"));
  await hands.press("Enter");
  await hands.isOn(page.getByLabel("Your name"));
  assertEquals(await page.evaluate("pointed"), 0);
});

test("Tab leads around the page in few steps, however many messages there are", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  await bob.type(...Array.from({ length: 40 }, (_, at) => `**line** ${at} https://example.org`));
  await alice.sees(/39/);
  const hands = new Hands(alice);
  await alice.composer.focus();
  const stops: string[] = [];
  do {
    await hands.press("Tab");
    stops.push(await hands.focused());
    assert(stops.length < 30, stops.join("\n"));
  } while (await alice.composer.and(alice.page.locator(":focus")).count() === 0);
  assertEquals(stops.filter((each) => each.includes("data-row")).length, 1, stops.join("\n"));
  assertEquals(stops.filter((each) => each.includes("<a ")).length, 0);
});

test("Tab leads to a message in sight, wherever one was before", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bob = await scene.server.join("Bob");
  for (let at = 0; at < 60; at++) await bob.ok({ t: "say", room: "lobby", text: `line ${at}` });
  await alice.sees(/^line 59$/);
  const hands = new Hands(alice);
  await alice.composer.focus();
  const newest = alice.log.getByRole("article", { name: /: line 59$/ });
  await newest.and(alice.page.locator("[tabindex='0']")).waitFor();
  await hands.go(newest, "Shift+Tab");
  // Out of sight then, but still drawn.
  await hands.press("PageUp");
  await hands.isOn(alice.log.locator("[data-row]:not([aria-label$='line 59'])"));
  await hands.press("Escape", "Shift+Escape");
  await newest.and(alice.page.locator("[tabindex='0']")).waitFor();
  assertEquals(await alice.log.locator("[data-row][tabindex='0']").count(), 1);
});

test("what is said by others is told of once, and neither one's own words nor what was before", async (scene) => {
  await scene.startInProcess();
  const bob = await scene.enter("Bob");
  await bob.type("said before");
  const alice = await scene.visitor();
  await alice.page.addInitScript(keepTold);
  await alice.enter("Alice");
  await alice.sees("said before");
  await alice.say("my own words");
  await bob.sees("my own words");
  await bob.type("what is new");
  await alice.page.getByRole("status").getByText("Bob: what is new").waitFor({ state: "attached" });
  const told = await alice.page.evaluate<string[]>("told");
  assertEquals(told.filter((each) => each.includes("what is new")), ["Bob: what is new"]);
  assertEquals(told.filter((each) => /said before|my own words/.test(each)), []);
  assertEquals(await alice.log.getAttribute("aria-live"), "off");
});

test("a focused message that is scrolled away or gone leaves the focus near, not nowhere", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bob = await scene.enter("Bob");
  await bob.type(...Array.from({ length: 120 }, (_, at) => `line ${at}`));
  await alice.sees(/^line 119$/);
  const { page, log } = alice;
  const hands = new Hands(alice);
  await alice.composer.focus();
  await hands.go(log.locator("[data-row]").last(), "Shift+Tab");
  await page.evaluate("document.querySelector('[role=log]').scrollTop = 0");
  await log.getByText("line 5", { exact: true }).waitFor();
  await hands.isOn(log);
  await hands.press("ArrowUp");
  await hands.isOn(log.locator("[data-row]").and(page.locator(":focus")));
  await hands.type("typed");
  assertEquals(await alice.composer.inputValue(), "typed");
  // The people beside it go away with their list.
  const people = page.getByRole("complementary", { name: "Who is here" });
  await hands.go(people.getByRole("button", { name: "Close who is here" }));
  await page.setViewportSize({ width: 1000, height: 800 });
  await people.waitFor({ state: "detached" });
  await until(page, "document.activeElement !== document.body");
  // Over the conversation they have the focus, nothing below them has, and Esc closes them.
  const opener = page.getByRole("button", { name: "Who is here" });
  await hands.go(opener, "Shift+Tab");
  await hands.press("Enter");
  await hands.isOn(people.getByRole("button", { name: "Close who is here" }));
  assertEquals(await page.locator("main[inert]").count(), 1);
  await hands.press("Escape");
  await people.waitFor({ state: "detached" });
  await hands.isOn(opener);
});
