/** The list of messages: it keeps its place, holds few elements, and goes where it is asked to. */

import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { Peer } from "../helpers/peer.ts";
import { pageCases } from "../helpers/browser.ts";
import { until } from "../helpers/page_wait.ts";

const count = 700;

/** Alice at the page of a server on which Bob has said much, at the newest of it. */
const test = pageCases("the list of messages", async (scene) => {
  const server = await scene.startInProcess();
  const bob = await server.join("Bob");
  await say(
    bob,
    Array.from({ length: count }, (_, index) => `message ${index} ${"x ".repeat(index % 90)}`),
  );
  const alice = await scene.visitor();
  await alice.enter("Alice");
  return async (number) => {
    if (number > 1) {
      await alice.page.evaluate(`location.hash = "#/room/lobby"`);
      await alice.page.reload();
    }
    await alice.sees(`message ${count - 1}`);
    return { alice, bob };
  };
});

async function say(peer: Peer, texts: readonly string[]): Promise<void> {
  await Promise.all(texts.map((text) => peer.ok({ t: "say", room: "lobby", text })));
}

/** What is at the top of what is in sight, and where. */
function atTop(page: Page): Promise<{ readonly seq: number; readonly top: number }> {
  return page.evaluate(`(() => {
    const box = document.querySelector("[role=log]");
    const edge = box.getBoundingClientRect().top;
    const row = [...box.querySelectorAll("[data-seq]")]
      .find((each) => each.getBoundingClientRect().bottom > edge + 1);
    return { seq: Number(row.dataset.seq), top: row.getBoundingClientRect().top - edge };
  })()`);
}

/** How many messages are drawn, and how far the list is scrolled. */
function drawn(page: Page): Promise<{ readonly rows: number; readonly fromEnd: number }> {
  return page.evaluate(`(() => {
    const box = document.querySelector("[role=log]");
    const fromEnd = box.scrollHeight - box.clientHeight - box.scrollTop;
    return { rows: box.querySelectorAll("[data-seq]").length, fromEnd };
  })()`);
}

test("the list reads older messages as one scrolls to the first, and draws few of them", async ({ alice }) => {
  await alice.log.hover();
  const most = { rows: 0 };
  const nodes = () => alice.page.evaluate<number>("document.querySelectorAll('*').length");
  assert(await nodes() < 3000, "too much is drawn");
  while (await alice.log.locator("[data-seq='1']").count() === 0) {
    await alice.page.mouse.wheel(0, -900);
    await alice.page.evaluate("new Promise(requestAnimationFrame)");
    most.rows = Math.max(most.rows, (await drawn(alice.page)).rows);
  }
  await alice.log.getByText("This is where it begins").waitFor();
  assert(most.rows < 150, `${most.rows} rows were drawn`);
  assert(await nodes() < 3000, "too much is drawn");
});

test("arrows go from message to message, and its buttons come along", async ({ alice }) => {
  await alice.log.focus();
  await alice.page.keyboard.press("ArrowUp");
  await alice.page.keyboard.press("ArrowUp");
  const focused = alice.log.locator("[data-seq]:focus");
  await focused.getByText(`message ${count - 2} `).waitFor();
  await focused.getByRole("button", { name: "Answer" }).click();
  await alice.page.getByText("Answering Bob").waitFor();
  await alice.say("an answer");
  await alice.message("an answer").getByText(`message ${count - 2} `).waitFor();
});

test("the list keeps its place while others talk, and counts what came", async ({ alice, bob }) => {
  await alice.log.hover();
  await alice.page.mouse.wheel(0, -3000);
  await alice.page.getByRole("button", { name: "Newest" }).waitFor();
  const before = await atTop(alice.page);
  await say(bob, ["new one", "new two", "new three"]);
  await alice.page.getByRole("button", { name: "3 new" }).waitFor();
  const after = await atTop(alice.page);
  assertEquals(after.seq, before.seq);
  assert(Math.abs(after.top - before.top) < 2, `${after.top} was ${before.top}`);
  await alice.page.getByRole("button", { name: "3 new" }).click();
  await alice.sees("new three");
  assert((await drawn(alice.page)).fromEnd < 2);
});

test("the list goes to its end when one says something oneself", async ({ alice }) => {
  await alice.log.hover();
  await alice.page.mouse.wheel(0, -3000);
  await alice.page.getByRole("button", { name: "Newest" }).waitFor();
  await alice.say("my own words");
  await alice.sees("my own words");
  await alice.page.getByRole("button", { name: "Newest" }).waitFor({ state: "detached" });
});

test("a search's hit is shown where it stands, however far back, with its surroundings", async ({ alice }) => {
  await alice.turnTo("Search");
  await alice.page.getByLabel("Words that were said").fill("message 77");
  await alice.page.keyboard.press("Enter");
  const hit = alice.page.getByRole("listitem").filter({ hasText: "message 77 " });
  await hit.getByRole("button", { name: "Context" }).click();
  await hit.getByText("message 76 ").waitFor();
  await hit.getByText("message 78 ").waitFor();
  await hit.getByRole("button", { name: "Go there" }).click();
  await alice.log.locator(".row.target").getByText("message 77 ").waitFor();
  await alice.sees("message 76 ");
  await alice.page.getByRole("button", { name: "Newest" }).click();
  await alice.sees(`message ${count - 1}`);
});

test("the list stays at its end when something comes, and when the window gets smaller", async ({ alice, bob }) => {
  await say(bob, ["the very last"]);
  await alice.sees("the very last");
  await until(
    alice.page,
    `(() => {
    const box = document.querySelector("[role=log]");
    return box.scrollHeight - box.clientHeight - box.scrollTop < 2;
  })()`,
  );
  await alice.page.setViewportSize({ width: 700, height: 400 });
  await until(
    alice.page,
    `(() => {
    const box = document.querySelector("[role=log]");
    return box.clientHeight < 300 && box.scrollHeight - box.clientHeight - box.scrollTop < 2;
  })()`,
  );
});
