/** What moderators do at the page, and what it is like for whom they do it to. */

import { assertEquals } from "@std/assert";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";

/** Alice has made a room at the page, and Bob is in it at another one. */
async function kitchen(
  scene: PageScene,
  start: () => Promise<unknown> = () => scene.startInProcess(),
) {
  await start();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bob = await scene.visitor();
  await bob.enter("Bob");
  for (const visitor of [alice, bob]) {
    await visitor.say("/join kitchen");
    await visitor.isAt("#kitchen");
  }
  await bob.say("spam");
  await alice.sees("spam");
  return { alice, bob };
}

/** Makes a visitor's name theirs. */
async function register({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: /: settings, be away, sign out/ }).click();
  await page.getByRole("button", { name: "Account and devices" }).click();
  await page.getByLabel("A password for it").fill("open sesame 1");
  await page.getByRole("button", { name: "Make the name yours" }).click();
  await page.getByRole("button", { name: "Change the password" }).waitFor();
}

test("a moderator mutes at the page, and who is muted reads why they can't write", async (scene) => {
  const { alice, bob } = await kitchen(scene);
  assertEquals(
    await bob.page.getByRole("button", { name: /^Moderate/ }).count(),
    0,
    "Who isn't a moderator is offered to moderate",
  );
  await alice.press("spam", "Moderate Bob");
  await alice.page.getByLabel("Why, for everybody to see").fill("too loud");
  await alice.page.getByRole("button", { name: "Mute", exact: true }).click();
  await bob.sees("was muted by Alice: too loud");
  await bob.page.getByText("You are muted here").waitFor();
  assertEquals(await bob.composer.isDisabled(), true);
  await alice.press("spam", "Moderate Bob");
  await alice.page.getByRole("button", { name: "Let write again" }).click();
  await bob.sees("was unmuted by Alice");
  await bob.say("sorry");
  await alice.sees("sorry");
});

test("a moderator takes away what others said, and puts them out for good", async (scene) => {
  const { alice, bob } = await kitchen(scene);
  await alice.press("spam", "Delete this message");
  await alice.page.getByRole("button", { name: "Delete this message for good" }).click();
  await bob.log.getByText("spam").waitFor({ state: "detached" });
  await bob.say("more spam");
  await alice.press("more spam", "Moderate Bob");
  const ban = alice.page.getByRole("button", { name: /^Ban from #kitchen/ });
  await ban.click();
  await ban.click();
  await alice.sees("was banned by Alice");
  await bob.isAt("#lobby");
  await bob.page.getByText("Alice banned you").waitFor();
  await bob.say("/join kitchen");
  await bob.page.getByText(/^Cannot join "kitchen": you are banned from it/).waitFor();
  await alice.say("/bans");
  const list = alice.page.getByRole("region", { name: "Banned from #kitchen" });
  await list.getByText("Bob for good").waitFor();
  await list.getByRole("button", { name: "Let in again" }).click();
  await list.getByText("Bob may come again").waitFor();
  await list.getByText("Nobody is.").waitFor();
  await bob.say("/join kitchen");
  await bob.isAt("#kitchen");
});

test("a slow room is waited for, and in a read-only one moderators write", async (scene) => {
  const { alice, bob } = await kitchen(scene);
  await alice.say("/slow 5m");
  await bob.sees("slowed the room: a message each 5 minutes");
  await bob.say("one");
  await bob.page.getByText(/^A message each 5 minutes is the rule here/).waitFor();
  await bob.composer.fill("two");
  assertEquals(
    await bob.page.getByRole("button", { name: "Send", exact: true }).isDisabled(),
    true,
  );
  await alice.say("/slow off");
  await alice.say("/readonly on");
  await bob.page.getByText("Only moderators write here").waitFor();
  assertEquals(await bob.composer.isDisabled(), true);
  await alice.say("as I said");
  await bob.sees("as I said");
});

test("the owner reads at the page what moderators did, and nobody else does", async (scene) => {
  const { alice, bob } = await kitchen(scene, () => scene.startInProcess({ owner: "Alice" }));
  const { page } = alice;
  await alice.say("/mute Bob 10m too loud");
  await bob.sees("was muted by Alice for 10 minutes: too loud");
  await alice.say("/audit");
  await page.getByText("Cannot audit: only the owner may").waitFor();
  await register(alice);
  await alice.turnTo(/kitchen/);
  await alice.say("/audit");
  await page.getByText("Alice muted Bob in #kitchen for 10 minutes: too loud").waitFor();
});

test("who is made a moderator of the server is offered to moderate at once, and no longer", async (scene) => {
  // As a process: on several nodes those of one network, as roles go from one to the other.
  const { alice, bob } = await kitchen(scene, () => scene.startWeb(["--owner=Alice"]));
  const carl = await scene.visitor();
  await carl.enter("Carl");
  for (const visitor of [alice, bob]) {
    await register(visitor);
    await visitor.turnTo(/lobby/);
  }
  await carl.say("hello there");
  await bob.sees("hello there");
  const offered = bob.page.getByRole("button", { name: "Moderate Carl" });
  assertEquals(await offered.count(), 0);
  await alice.say("/role Bob moderator");
  await bob.page.getByText("You are a moderator of this server now").waitFor();
  await bob.press("hello there", "Moderate Carl");
  await bob.page.getByRole("button", { name: "Ban from the server" }).waitFor();
  await bob.page.keyboard.press("Escape");
  await alice.say("/role Bob member");
  await bob.page.getByText("You are a member of this server now").waitFor();
  await offered.first().waitFor({ state: "detached" });
});
