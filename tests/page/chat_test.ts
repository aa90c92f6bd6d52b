/** What people do at the page, with terminals on the same server. */

import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { pageCases, pageTest } from "../helpers/browser.ts";
import { clientCommand } from "../helpers/client_program.ts";

pageTest(
  "the page and a terminal talk to each other, and what was said is ticked off",
  async (scene) => {
    const server = await scene.startInProcess();
    const alice = await scene.visitor();
    // As people start it: elsewhere terminals are in the test's process.
    const there = { folder: join(server.folder, "Bob"), port: server.portFor("Bob") };
    const bob = scene.run(clientCommand(there, "--user", "Bob"));
    await Promise.all([alice.enter("Alice"), bob.sees("── #lobby ──")]);
    await alice.say("hello from the page");
    assertMatch(await bob.sees("hello from the page"), /Alice: hello from the page$/);
    await bob.type("hello from the terminal");
    await alice.sees("hello from the terminal");
    await alice.message("hello from the page").getByText("Delivered").waitFor({
      state: "attached",
    });
    await alice.say("one\ntwo");
    await bob.sees("two");
    assertEquals(await alice.log.getByText("hello from the page").count(), 1);
  },
);

/** Alice at the page, and Bob at a terminal, in a room for each case. */
const test = pageCases("what people do at the page", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  return async (number) => {
    const room = `room-${number}`;
    bob.lines.length = 0;
    await bob.type(`/join ${room}`);
    await bob.sees(`── #${room} ──`);
    await alice.say(`/join ${room}`);
    await alice.isAt(`#${room}`);
    return { scene, alice, bob, room };
  };
});

test("what one writes on the page in two tabs is one user's, shown once in both", async ({ scene, alice, bob }) => {
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
  await second.close();
});

test("a whisper is counted at the side, and is answered there, and nobody else sees it", async ({ scene, alice, bob }) => {
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

test("a click on a name turns to its owner", async ({ alice, bob }) => {
  await bob.type("here I am");
  await alice.message("here I am").getByRole("button", { name: "Bob" }).click();
  await alice.isAt("@Bob");
  await alice.say("only you");
  await bob.sees("[Alice → you] only you");
});

test("messages are edited and taken back from both sides", async ({ alice, bob }) => {
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

test("reactions go both ways, and are taken back", async ({ alice, bob }) => {
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

test("a message is answered, and the quote leads to it", async ({ alice, bob }) => {
  await bob.type("who has the key?");
  await alice.press("who has the key?", "Answer");
  await alice.say("I do");
  await bob.sees("│ Bob: who has the key?");
  await alice.message("I do").locator(".quote").click();
  await alice.log.locator(".row.target", { hasText: "who has the key?" }).waitFor();
});

test("a search finds what was said, with what was said around it, and leads there", async ({ alice, bob }) => {
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

test("rooms are made, joined, counted, given a topic and left", async ({ alice, bob }) => {
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

test("one sees that somebody writes", async ({ scene, alice, room }) => {
  const carl = await scene.visitor();
  await carl.enter("Carl");
  await carl.say(`/join ${room}`);
  await carl.isAt(`#${room}`);
  await alice.composer.pressSequentially("I am writ");
  await carl.page.getByText("Alice is writing").waitFor();
});

test("who is here comes, is away, and goes", async ({ scene, alice, bob }) => {
  const people = alice.page.getByRole("complementary", { name: "Who is here" });
  await alice.turnTo("lobby");
  await people.getByRole("button", { name: /Bob/ }).first().waitFor();
  await bob.type("/away at lunch");
  await people.getByText("at lunch").waitFor();
  const dora = await scene.enter("Dora");
  await people.locator("section", { hasText: "Here" }).getByText("Dora").first().waitFor();
  await dora.type("/quit");
  await people.locator("section", { hasText: "Gone" }).getByText("Dora").first().waitFor();
  await alice.say("/away reading");
  await bob.sees("Alice is away: reading");
});
