/** Invitations at the page: made there, taken from a link, asked for by the form. */

import { assertEquals, assertMatch } from "@std/assert";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";

const password = "open sesame 1";
/** This machine as others reach it: from there an invitation is needed. */
const here = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
)?.address;

/** A test with a server that takes invitations. */
function inviteTest(
  name: string,
  run: (scene: PageScene, host: string) => Promise<void>,
): void {
  if (here === undefined) return Deno.test.ignore(name, () => {});
  test(name, async (scene) => {
    await scene.startWeb(["--host", "0.0.0.0"]);
    await run(scene, here);
  });
}

/** The code that the server has printed at its start. */
function codeOf({ process }: PageScene): Promise<string> {
  return process.printed(/#invite=([\w-]+)/);
}

/** Somebody inside with an account, at the page where invitations are. */
async function inviter(scene: PageScene): Promise<Visitor> {
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const { page } = alice;
  await page.getByRole("button", { name: /: settings, be away, sign out/ }).click();
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("button", { name: "Make your name yours" }).click();
  await page.getByLabel("A password for it").fill(password);
  await page.getByRole("button", { name: "Make the name yours" }).click();
  await page.getByRole("button", { name: "Change the password" }).waitFor();
  return alice;
}

async function openInvite({ page }: Visitor): Promise<void> {
  await page.getByRole("button", { name: /: settings, be away, sign out/ }).click();
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByRole("heading", { name: "Invite people" }).waitFor();
}

inviteTest("a link lets one in, and its code doesn't stay in the address", async (scene, host) => {
  const bob = await scene.visitor({ host, viewport: { width: 390, height: 844 } });
  const { page } = bob;
  await page.goto(`http://${bob.host}/#invite=${await codeOf(scene)}`);
  await page.getByLabel("Your name").waitFor();
  assertEquals(new URL(page.url()).hash, "");
  await page.getByLabel("Your name").fill("Bob");
  await page.getByRole("button", { name: "Connect" }).click();
  await bob.isConnected();
  // The login is enough from then on.
  await bob.comeBack();
});

inviteTest("whoever comes without an invitation is asked for one", async (scene, host) => {
  const bob = await scene.visitor({ host });
  const { page } = bob;
  await page.goto(`http://${bob.host}/`);
  await page.getByLabel("Your name").fill("Bob");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText(/^Cannot come in without an invitation/).waitFor();
  await page.getByLabel("Invitation").fill("k7mp2x-wd34fg-hj56mn");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText(/^Cannot come in without an invitation/).waitFor();
  assertEquals(await page.getByLabel("Invitation").inputValue(), "k7mp2x-wd34fg-hj56mn");
  await page.locator("input[name=invite]:focus").waitFor();
  await page.getByLabel("Invitation").fill((await codeOf(scene)).toUpperCase());
  await page.getByRole("button", { name: "Connect" }).click();
  await bob.isConnected();
});

inviteTest(
  "an invitation to a room is made, brings one there, and is withdrawn",
  async (scene, host) => {
    const alice = await inviter(scene);
    await alice.turnTo("lobby");
    await alice.say("/join kitchen");
    await alice.isAt("#kitchen");
    await openInvite(alice);
    const { page } = alice;
    await page.getByRole("combobox", { name: /^To/ }).selectOption("kitchen");
    await page.getByRole("combobox", { name: /^For how many/ }).selectOption("10");
    await page.getByRole("button", { name: "Make a link" }).click();
    await page.getByRole("img", { name: "The link as a QR code" }).waitFor();
    const link = await page.locator("dd code").first().textContent() ?? "";
    assertMatch(link, /#invite=[\w-]+$/);
    const address = await page.locator("dd code").nth(1).textContent() ?? "";
    assertMatch(address, /^parleys?:\/\//);
    const { hash } = new URL(link);

    const bob = await scene.visitor({ host });
    await bob.page.goto(`http://${bob.host}/${hash}`);
    await bob.page.getByLabel("Your name").fill("Bob");
    await bob.page.getByRole("button", { name: "Connect" }).click();
    await bob.isAt("#kitchen");

    const list = page.getByRole("list", { name: "Invitations" });
    await list.getByRole("button", { name: /Withdraw/ }).click();
    await page.getByText("It lets nobody in any more").waitFor();
    const carol = await scene.visitor({ host });
    await carol.page.goto(`http://${carol.host}/${hash}`);
    await carol.page.getByLabel("Your name").fill("Carol");
    await carol.page.getByRole("button", { name: "Connect" }).click();
    await carol.page.getByText(/^Cannot come in without an invitation/).waitFor();
  },
);
