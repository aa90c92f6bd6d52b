/** What a message's text can be at the page, and links to messages. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { pageCases, type Visitor } from "../helpers/browser.ts";
import { until } from "../helpers/page_wait.ts";

/** Alice at the page, and Bob, who says what a case wants, in a room of its own. */
const test = pageCases("what a text can be at the page", async (scene) => {
  const server = await scene.startInProcess();
  const [alice, bob] = await Promise.all([scene.visitor(), server.join("Bob")]);
  await alice.enter("Alice");
  return async (number) => {
    const room = `room-${number}`;
    await bob.ok({ t: "join", room });
    await alice.say(`/join ${room}`);
    await alice.isAt(`#${room}`);
    // What is said before the room's first page is there is new: the list would begin with it.
    await alice.sees("Alice joined");
    const say = async (text: string, more: { readonly quote?: number } = {}) => {
      const { seq } = await bob.ok({ t: "say", room, text, ...more });
      return Number(seq);
    };
    return { alice, bob, room, say };
  };
});

async function loaded(visitor: Visitor): Promise<readonly string[]> {
  const names = await visitor.page.evaluate(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
  );
  return names as string[];
}

test("code is coloured by a worker that only code with a language starts", async ({ alice, say }) => {
  await say("```\nconst a = 1;\n```");
  const plain = alice.message("const a = 1;");
  await plain.getByRole("button", { name: "Copy this code" }).waitFor();
  assertEquals((await loaded(alice)).filter((name) => /^\/code-/.test(name)), []);
  await say('```ts\nconst b: string = "<img src=x>"; // why\n```');
  const code = alice.message("TypeScript");
  await code.locator(".code-keyword", { hasText: "const" }).waitFor();
  await code.locator(".code-comment", { hasText: "// why" }).waitFor();
  assertEquals(
    await code.locator("pre").innerText(),
    'const b: string = "<img src=x>"; // why',
  );
  assertEquals(await plain.locator("pre span").count(), 0);
  assertEquals((await loaded(alice)).filter((name) => /^\/code-/.test(name)).length, 1);
});

test("the button of code doesn't lie on it, and wide code scrolls in itself", async ({ alice, say }) => {
  await say(`\`\`\`js\nlet wide = "${"a ".repeat(200)}";\n\`\`\``);
  const block = alice.message("JavaScript").locator(".code-block");
  const pre = await block.locator("pre").boundingBox();
  const button = await block.getByRole("button", { name: "Copy this code" }).boundingBox();
  assert(pre && button && button.y + button.height <= pre.y + 1, JSON.stringify([pre, button]));
  const scrolls = () =>
    alice.page.evaluate(
      "(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)" +
        "(document.querySelector('.code-block pre'))",
    );
  assertEquals(await scrolls(), true);
  await block.getByRole("button", { name: "Wrap" }).click();
  assertEquals(await scrolls(), false);
});

test("tables and tasks are tables and tasks to a screen reader", async ({ alice, say }) => {
  await say("| what | count |\n|---|--:|\n| *bread* | 2 |\n\n- [x] bake\n- [ ] eat");
  const message = alice.message("bread");
  await message.getByRole("table").waitFor();
  assertEquals(await message.getByRole("columnheader").allInnerTexts(), ["what", "count"]);
  assertEquals(await message.getByRole("cell").allInnerTexts(), ["bread", "2"]);
  const boxes = message.getByRole("checkbox");
  assertEquals(await boxes.count(), 2);
  assertEquals(await message.getByRole("checkbox", { name: "Done" }).isChecked(), true);
  assertEquals(await message.getByRole("checkbox", { name: "To do" }).isChecked(), false);
  assertEquals(await boxes.first().isDisabled(), true);
});

test("a spoiler is hidden until it is asked for, and nothing that quotes it tells", async ({ alice, say }) => {
  const seq = await say("it was ||the *butler*||, they say");
  await say("quite so", { quote: seq });
  const message = alice.log.locator(".message").filter({ hasText: "they say" }).first();
  const secret = message.getByText("butler");
  await secret.waitFor({ state: "attached" });
  assertEquals(await secret.isVisible(), false);
  assertEquals(
    await alice.message("quite so").locator(".quote-text").innerText(),
    "it was [spoiler], they say",
  );
  const asking = message.getByRole("button", { name: "Spoiler: show it" });
  await asking.focus();
  await alice.page.keyboard.press("Enter");
  await secret.waitFor();
  await until(alice.page, "document.activeElement.textContent === 'the butler'");
  await say("and ||who else||");
  await alice.message("and").getByRole("button", { name: "Spoiler: show it" }).click();
  await alice.message("and").getByText("who else").waitFor();
});

test("a text that is cut shows nothing of the spoiler that it is cut in", async ({ alice, say }) => {
  await say(`begins ||secret ${"word ".repeat(700)}words|| ends`);
  const message = alice.message("begins");
  const asking = message.getByRole("button", { name: "Spoiler: show it" });
  await asking.waitFor();
  assertEquals(await message.getByText("secret").first().isVisible(), false);
  await message.getByRole("button", { name: "Show all of it" }).click();
  await message.getByText("ends").waitFor();
  assertEquals(await message.getByText("secret").first().isVisible(), false);
});

test("a link to a message is copied, says what it leads to, and opens in place", async ({ alice, bob, room }) => {
  await alice.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await bob.ok({ t: "join", room: "Dev" });
  await bob.ok({ t: "say", room: "Dev", text: "the plan" });
  await alice.say("/join dev");
  await alice.sees("the plan");
  await alice.press("the plan", "Copy link");
  await alice.page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
  const link = await alice.page.evaluate("navigator.clipboard.readText()") as string;
  assertMatch(link, /^http:\/\/127\.0\.0\.1:\d+\/#\/room\/dev\/\d+$/);
  await alice.turnTo(room);
  await alice.isAt(`#${room}`);
  await alice.say(`see ${link} or [this](${link}), not ${link.replace("127.0.0.1", "localhost")}`);
  const said = alice.message("see");
  await said.getByRole("link", { name: /^#Dev, message by Bob at / }).waitFor();
  const other = said.getByRole("link", { name: /localhost/ });
  assertEquals(await other.getAttribute("rel"), "noopener noreferrer nofollow");
  await said.getByRole("link", { name: "this" }).click();
  await alice.isAt("#Dev");
  await alice.log.locator(".row.target", { hasText: "the plan" }).waitFor();
  assertEquals(alice.context.pages().length, 1);
});

test("what /me does is told on one line", async ({ alice, say }) => {
  await say("_waves_");
  const deed = alice.message("waves");
  await deed.waitFor();
  assertMatch(await deed.locator(".message-body").innerText(), /^Bob waves\s*\d/);
});

test("a tick has one place, whatever a message consists of", async ({ alice }) => {
  const texts = [
    "one line",
    "- a\n- list",
    "```\ncode\n```",
    `a full line ${"and more ".repeat(40)}`,
  ];
  const ends: number[] = [];
  for (const text of texts) {
    await alice.say(text);
    const tick = alice.log.locator(".row .tick").nth(ends.length);
    await tick.getByText("Delivered").waitFor({ state: "attached" });
    const box = await tick.locator(".icon").boundingBox();
    const body = await alice.log.locator(".row .message-body").nth(ends.length).boundingBox();
    assert(box && body);
    ends.push(Math.round(body.x + body.width - box.x - box.width));
  }
  assertEquals(ends, [0, 0, 0, 0]);
});

test("a quote leads to its message again, when one has scrolled away from it", async ({ alice, say }) => {
  const seq = await say("the very first");
  for (let count = 0; count < 60; count++) await say(`number ${count}`);
  await say("as I said", { quote: seq });
  const first = alice.log.locator(".row.target", { hasText: "the very first" });
  for (let count = 0; count < 2; count++) {
    await alice.sees("as I said");
    await alice.message("as I said").locator(".quote").click();
    await first.waitFor();
    assertEquals(await alice.message("as I said").count(), 0);
    await alice.page.getByRole("button", { name: "Newest" }).click();
  }
});

test("wide code is scrolled with the keyboard, and code that fits is no stop of Tab", async ({ alice, say }) => {
  await say(`\`\`\`js\nlet wide = "${"a ".repeat(200)}";\n\`\`\``);
  await say("```go\nx := 1\n```");
  // What Tab leads to is found a frame after something has come.
  await alice.message("Go").locator("pre[tabindex='-1']").waitFor();
  const wide = alice.message("JavaScript").locator("pre[tabindex='0']");
  await wide.waitFor();
  await wide.focus();
  await alice.page.keyboard.press("ArrowRight");
  const isMoved = "document.querySelector('.code-block pre').scrollLeft > 0";
  await until(alice.page, isMoved);
  await alice.page.keyboard.press("Escape");
  assert(await alice.page.evaluate("document.activeElement.matches('[data-row]')"));
});
