/** What people do at the page, with terminals on the same server. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type PageScene, pageTest as test } from "../helpers/browser.ts";

/** Alice at the page, and Bob at a terminal. */
async function both(scene: PageScene) {
  await scene.startInProcess();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  return { alice, bob };
}

test("the page and a terminal talk to each other, and what was said is ticked off", async (scene) => {
  const { alice, bob } = await both(scene);
  await alice.say("hello from the page");
  assertMatch(await bob.sees("hello from the page"), /Alice: hello from the page$/);
  await bob.type("hello from the terminal");
  await alice.sees("hello from the terminal");
  await alice.message("hello from the page").getByText("Delivered").waitFor({ state: "attached" });
  await alice.say("one\ntwo");
  await bob.sees("two");
  assertEquals(await alice.log.getByText("hello from the page").count(), 1);
});

test("what one writes on the page in two tabs is one user's, shown once in both", async (scene) => {
  const { alice, bob } = await both(scene);
  const second = await alice.context.newPage();
  await second.goto(scene.url);
  const log = second.getByRole("log");
  await log.waitFor();
  await alice.say("from the first tab");
  await log.getByText("from the first tab").waitFor();
  await bob.type("/users", "/ping");
  await bob.sees("The server answered");
  assertEquals(bob.all("2 here").length, 1);
  assertEquals(await log.getByText("from the first tab").count(), 1);
});

test("a whisper is counted at the side, and is answered there, and nobody else sees it", async (scene) => {
  const { alice, bob } = await both(scene);
  const carol = await scene.enter("Carol");
  await bob.type("/whisper Alice between us");
  await alice.turnTo(/^Bob\b.*1 unread/);
  await alice.sees("between us");
  await alice.say("only for you");
  assertMatch(await bob.sees("only for you"), /\[Alice → you\] only for you$/);
  await alice.turnTo("lobby");
  await alice.isAt("#lobby");
  await alice.say("/whisper Bob a command does it too");
  await bob.sees("[Alice → you] a command does it too");
  await alice.say("for all");
  await carol.sees("for all");
  assertEquals([...carol.all("between us"), ...carol.all("only for"), ...carol.all("does it")], []);
});

test("a click on a name turns to its owner", async (scene) => {
  const { alice, bob } = await both(scene);
  await bob.type("here I am");
  await alice.message("here I am").getByRole("button", { name: "Bob" }).click();
  await alice.isAt("@Bob");
  await alice.say("only you");
  await bob.sees("[Alice → you] only you");
});

test("who is here comes, is away, and goes", async (scene) => {
  const { alice, bob } = await both(scene);
  const people = alice.page.getByRole("complementary", { name: "Who is here" });
  await people.getByRole("button", { name: /Bob/ }).first().waitFor();
  await bob.type("/away at lunch");
  await people.getByText("at lunch").waitFor();
  const carol = await scene.enter("Carol");
  await people.locator("section", { hasText: "Here" }).getByText("Carol").first().waitFor();
  await carol.type("/quit");
  await people.locator("section", { hasText: "Gone" }).getByText("Carol").first().waitFor();
  await alice.say("/away reading");
  await bob.sees("Alice is away: reading");
});

test("messages are edited and taken back from both sides", async (scene) => {
  const { alice, bob } = await both(scene);
  await alice.say("teh first");
  await bob.sees("teh first");
  await alice.message("teh first").getByText("Delivered").waitFor({ state: "attached" });
  await alice.composer.press("ArrowUp");
  await alice.page.getByText("Editing").waitFor();
  await alice.say("the first");
  assertMatch(await bob.sees("the first"), /Alice: the first \(edited/);
  await alice.message("the first").getByText("edited").waitFor();
  await bob.type("a secnod", "/edit a second");
  await alice.message("a second").getByText("edited").waitFor();
  assertEquals(await alice.log.getByText("a secnod").count(), 0);
  await bob.type("/delete");
  await alice.sees("This message was taken back");
  await alice.press("the first", "Take back");
  await alice.press("the first", "Take back for good");
  await bob.sees("Alice took back a message");
  await alice.log.getByText("the first").waitFor({ state: "detached" });
});

test("reactions go both ways, and are taken back", async (scene) => {
  const { alice, bob } = await both(scene);
  await alice.say("soup is ready");
  await bob.sees("soup is ready");
  await bob.type("/react ^ ramen");
  const ramen = alice.message("soup is ready").getByRole("button", { name: "🍜 1" });
  await ramen.click();
  assertMatch(await bob.sees("Alice 🍜"), /Alice 🍜 “soup is ready”/);
  await alice.message("soup is ready").getByRole("button", { name: "🍜 2" }).click();
  await bob.sees("Alice took back 🍜");
  await bob.type("two bowls");
  await alice.press("two bowls", "React with ❤️");
  await bob.sees("Alice ❤️ “two bowls”");
});

test("a message is answered, and the quote leads to it", async (scene) => {
  const { alice, bob } = await both(scene);
  await bob.type("who has the key?");
  await alice.press("who has the key?", "Answer");
  await alice.say("I do");
  await bob.sees("│ Bob: who has the key?");
  await alice.message("I do").locator(".quote").click();
  await alice.log.locator(".row.target", { hasText: "who has the key?" }).waitFor();
});

test("a search finds what was said, with what was said around it, and leads there", async (scene) => {
  const { alice, bob } = await both(scene);
  await bob.type("before it", "the soup of the day", "after it");
  await alice.sees("after it");
  await alice.turnTo("Search");
  await alice.page.getByRole("searchbox", { name: "Words that were said" }).fill("soup");
  await alice.page.keyboard.press("Enter");
  const hit = alice.page.locator(".hit", { hasText: "the soup of the day" });
  await hit.getByRole("button", { name: "Context" }).click();
  await hit.getByText("before it").waitFor();
  await hit.getByText("after it").waitFor();
  await hit.getByRole("button", { name: "Go there" }).click();
  await alice.sees("the soup of the day");
});

test("rooms are made, joined, counted, given a topic and left", async (scene) => {
  const { alice, bob } = await both(scene);
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await bob.type("/join kitchen");
  await alice.sees("Bob joined");
  await alice.say("/topic bread and soup");
  await bob.sees("Alice set the topic: bread and soup");
  await alice.turnTo("lobby");
  await bob.type("is there soup, Alice?");
  await alice.page.getByRole("navigation").getByRole("button", { name: /kitchen.*1 name you/ })
    .waitFor();
  assertMatch(await alice.page.title(), /1/);
  await alice.turnTo(/kitchen/);
  await alice.sees("is there soup, Alice?");
  await alice.say("/leave");
  await bob.sees("Alice left");
});

test("one sees that somebody writes", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await scene.visitor(), await scene.visitor()];
  await Promise.all([alice.enter("Alice"), bob.enter("Bob")]);
  await alice.composer.pressSequentially("I am writ");
  await bob.page.getByText("Alice is writing").waitFor();
});

test("older messages come as one scrolls up, and the place is kept", async (scene) => {
  await scene.startInProcess();
  const peer = await scene.server.join("Bob");
  for (let count = 1; count <= 600; count++) {
    await peer.ok({ t: "say", room: "lobby", text: `message number ${count}.` });
  }
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.sees("message number 600.");
  const nodes = () => alice.page.evaluate("document.querySelectorAll('*').length");
  assert(Number(await nodes()) < 3000, "too much is drawn");
  for (let turns = 0; turns < 400; turns++) {
    if (await alice.log.getByText("message number 1.").isVisible()) break;
    await alice.log.hover();
    await alice.page.mouse.wheel(0, -2000);
    await alice.page.evaluate("new Promise(requestAnimationFrame)");
  }
  await alice.sees("message number 1.");
  assert(Number(await nodes()) < 3000, "too much is drawn");
  await alice.page.getByRole("button", { name: "Newest" }).click();
  await alice.log.getByText("message number 600.").waitFor();
});
