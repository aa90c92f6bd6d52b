/** Accounts at the page: one's name and password, devices, and what a terminal has to do with it. */

import { assert, assertEquals } from "@std/assert";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";

const password = "open sesame 1";

/** Goes to one's account by the menu at one's name. */
async function openAccount({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: /: settings, be away, sign out/ }).click();
  await page.getByRole("button", { name: "Account and devices" }).click();
  await page.getByRole("heading", { name: "Account" }).waitFor();
}

/** Makes the name one's own. */
async function register(visitor: Visitor): Promise<void> {
  await openAccount(visitor);
  await visitor.page.getByLabel("A password for it").fill(password);
  await visitor.page.getByRole("button", { name: "Make the name yours" }).click();
  await visitor.page.getByRole("button", { name: "Change the password" }).waitFor();
}

/** Fills in the form of the first visit with a name that is an account's, and its password. */
async function comeIn({ page }: Visitor, name: string, word: string, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByLabel("Password").fill(word);
  await page.getByRole("button", { name: "Connect" }).click();
}

async function registered(scene: PageScene): Promise<Visitor> {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await register(alice);
  return alice;
}

test("a name is made one's own, and its password lets one in on another device", async (scene) => {
  const alice = await registered(scene);
  const phone = await scene.visitor({ viewport: { width: 390, height: 844 } });
  await comeIn(phone, "Alice", "a wrong one", scene.url);
  await phone.page.getByText(/^Cannot log in/).waitFor();
  await phone.page.getByLabel("Password").fill(password);
  await phone.page.getByRole("button", { name: "Connect" }).click();
  await phone.isConnected();
  await alice.turnTo("lobby");
  await phone.say("from my phone");
  await alice.message("from my phone").getByText("Delivered").waitFor({ state: "attached" });
});

test("the form asks for nothing but a name until the server wants more", async (scene) => {
  await registered(scene);
  const bob = await scene.visitor();
  await bob.page.goto(scene.url);
  assertEquals(await bob.page.getByLabel("Password").count(), 0);
  await bob.page.getByLabel("Your name").fill("Alice");
  await bob.page.getByRole("button", { name: "Connect" }).click();
  const field = bob.page.getByLabel("Password");
  await field.waitFor();
  assertEquals(await field.getAttribute("autocomplete"), "current-password");
  assertEquals(await bob.page.getByLabel("Your name").getAttribute("autocomplete"), "username");
  // Whoever isn't Alice takes another name, with the keyboard alone.
  await bob.page.getByLabel("Your name").fill("Bob");
  await bob.page.getByLabel("Your name").press("Enter");
  await bob.isConnected();
});

test("devices are listed, and one that is signed out shows the form at once", async (scene) => {
  const alice = await registered(scene);
  const other = await scene.visitor();
  await comeIn(other, "Alice", password, scene.url);
  await other.isConnected();
  await other.say("a draft of mine");
  await alice.turnTo("lobby");
  await openAccount(alice);
  const devices = alice.page.getByRole("list", { name: "Devices" });
  await devices.getByText("This one").waitFor();
  await devices.getByRole("button", { name: /^Sign out/ }).click();
  await alice.page.getByText("is signed out").waitFor();
  await other.page.getByLabel("Your name").waitFor();
  // Nothing of Alice's is left in that browser.
  const kept = await other.page.evaluate<string[]>("Object.keys(localStorage)");
  assertEquals(kept.filter((name) => /login|here|draft/.test(name)), []);
  assertEquals(await devices.getByRole("listitem").count(), 1);
});

test("the password is changed, the other device is out, and the old one is wrong", async (scene) => {
  const alice = await registered(scene);
  const other = await scene.visitor();
  await comeIn(other, "Alice", password, scene.url);
  await other.isConnected();
  const { page } = alice;
  await page.getByLabel("Your password now").fill("not this");
  await page.getByLabel("A new password").fill("swordfish 22");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText(/^Cannot change/).waitFor();
  await page.getByLabel("Your password now").fill(password);
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByText("Your password is another one now").waitFor();
  await other.page.getByLabel("Your name").waitFor();
  await comeIn(other, "Alice", password, scene.url);
  await other.page.getByText(/^Cannot log in/).waitFor();
  await other.page.getByLabel("Password").fill("swordfish 22");
  await other.page.getByLabel("Password").press("Enter");
  await other.isConnected();
});

test("signing out ends the login on the server, here or everywhere", async (scene) => {
  const alice = await registered(scene);
  const other = await scene.visitor();
  await comeIn(other, "Alice", password, scene.url);
  await other.isConnected();
  await openAccount(other);
  await other.page.getByRole("button", { name: "Sign out everywhere…" }).click();
  await other.page.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
  await other.page.getByLabel("Your name").waitFor();
  await alice.page.getByLabel("Your name").waitFor();
  const terminal = scene.client("Alice");
  assertEquals(await terminal.finish(), 1);
  assert(terminal.all("belongs to an account").length === 1, terminal.lines.join("\n"));
});

test("a role is shown beside a name, and a command tells who somebody is", async (scene) => {
  const alice = await registered(scene);
  const people = alice.page.getByRole("complementary", { name: "Who is here" });
  await alice.turnTo("lobby");
  await people.getByText("Alice (you)").waitFor();
  const bob = await scene.enter("Bob");
  await bob.type("/whois Alice");
  await bob.sees("a member");
  await alice.say("/whois Bob");
  await alice.page.getByText("Bob is here; a guest").waitFor();
});
