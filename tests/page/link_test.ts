/** The page when its connection, its server or itself goes and comes back. */

import { assertEquals } from "@std/assert";
import { pageTest as test } from "../helpers/browser.ts";
import { InProcessServer } from "../helpers/in_process_server.ts";
import { Relay } from "../helpers/relay.ts";
import { logged } from "../helpers/scene.ts";

/** Those of `texts` that are numbered messages, in their order. */
function numbered(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => /message [\w-]+\./.exec(text)?.[0] ?? []);
}

test("nothing is missed or doubled when the server is killed and comes back", async (scene) => {
  const server = await scene.startWeb(["--preset", "bench"]);
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  const said: string[] = [];
  for (let round = 1; round <= 3; round++) {
    for (let count = 1; count <= 5; count++) {
      const texts = [`message a${round}-${count}.`, `message b${round}-${count}.`];
      said.push(...texts);
      await alice.say(texts[0]);
      await bob.type(texts[1]);
      // In the middle, while some wait to be answered.
      if (count === 3) await server.kill();
    }
    await server.start();
    await alice.page.getByText("Connected", { exact: true }).waitFor();
  }
  for (const text of said.slice(-2)) {
    await bob.sees(text);
    await alice.sees(text);
  }
  await alice.page.getByText("Waits to be sent").first().waitFor({ state: "detached" });
  const log = await logged(await server.join("Reader"), "lobby");
  assertEquals(log.toSorted(), said.toSorted());
  const shown = numbered(await alice.log.locator(".message-text").allInnerTexts());
  assertEquals(shown, log.map(String));
});

test("what is written without a server is shown, survives the page, and is said once", async (scene) => {
  const server = await scene.startWeb();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  await server.kill();
  await alice.page.getByText("Offline").waitFor();
  await alice.say("message one.");
  await alice.say("message two.");
  await alice.message("message two.").getByText("Waits to be sent").waitFor({ state: "attached" });
  await alice.page.close();
  await server.start();
  await alice.comeBack();
  await bob.sees("message two.");
  await alice.message("message two.").getByText("Delivered").waitFor({ state: "attached" });
  assertEquals(await logged(await server.join("Reader"), "lobby"), [
    "message one.",
    "message two.",
  ]);
});

test("a lost connection is shown, and what was said meanwhile comes in its order", async (scene) => {
  await scene.startInProcess();
  await using relay = new Relay(scene.server.webPort, Infinity);
  const alice = await scene.visitor({ port: relay.port });
  await alice.enter("Alice");
  const peer = await scene.server.join("Bob");
  const said: string[] = [];
  for (let count = 1; count <= 12; count++) {
    said.push(`message ${count}.`);
    await peer.ok({ t: "say", room: "lobby", text: said[count - 1] });
    if (count % 4 === 0) relay.cut();
  }
  await alice.sees("message 12.");
  assertEquals(numbered(await alice.log.locator(".message-text").allInnerTexts()), said);
});

test("a draft, the room in front and who one is survive a reload", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await alice.composer.fill("half a thou");
  await alice.page.reload();
  await alice.isAt("#kitchen");
  await alice.isConnected();
  assertEquals(await alice.composer.inputValue(), "half a thou");
  const peer = await scene.server.join("Bob");
  const { users } = await peer.ok({ t: "users" });
  const names = Array.isArray(users) ? users.map(({ user }) => user) : [];
  assertEquals(names.toSorted(), ["Alice", "Bob"]);
});

test("a name that is taken is said at the form, and another one gets in", async (scene) => {
  await scene.startInProcess();
  await scene.server.join("Alice");
  const alice = await scene.visitor();
  await alice.page.goto(scene.url);
  await alice.page.getByLabel("Your name").fill("Alice");
  await alice.page.keyboard.press("Enter");
  await alice.page.getByText('The name "Alice" is taken').waitFor();
  await alice.page.getByLabel("Your name").fill("Alicia");
  await alice.page.keyboard.press("Enter");
  await alice.isConnected();
});

test("the form leads to another server, with the name filled in there", async (scene) => {
  await scene.startInProcess();
  await using other = await InProcessServer.start();
  const alice = await scene.visitor();
  await alice.page.goto(scene.url);
  await alice.page.getByLabel("Your name").fill("Alice B");
  await alice.page.getByText("another server").click();
  await alice.page.getByLabel("Port").fill("99999");
  await alice.page.keyboard.press("Enter");
  await alice.page.getByRole("alert").getByText("A port is a number").waitFor();
  await alice.page.getByLabel("Port").fill(String(other.webPort));
  await alice.page.keyboard.press("Enter");
  await alice.page.waitForURL(`http://127.0.0.1:${other.webPort}/**`);
  assertEquals(await alice.page.getByLabel("Your name").inputValue(), "Alice B");
  // It was the other one's page that was asked for.
  alice.strangers.length = 0;
});

test("whoever signs out is forgotten, and is asked again", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.page.getByRole("button", { name: /settings, be away, sign out/ }).click();
  await alice.page.getByRole("button", { name: "Sign out…" }).click();
  await alice.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await alice.page.getByLabel("Your name").waitFor();
  await alice.page.reload();
  await alice.page.getByLabel("Your name").waitFor();
  assertEquals(await alice.page.evaluate("JSON.stringify(localStorage).includes('token')"), false);
});
