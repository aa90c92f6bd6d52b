/** What the page tells whoever looks elsewhere: notifications, the icon of the tab, tones. */

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";
import { until } from "../helpers/page_wait.ts";

/** A notification that the page made. */
interface Told {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly silent: boolean;
  readonly closed: boolean;
}

/** Puts what only takes note in the place of what a screen and a loudspeaker would do. */
const stubs = `
  globalThis.allowed = "granted";
  globalThis.told = [];
  globalThis.tones = 0;
  globalThis.looks = true;
  document.hasFocus = () => globalThis.looks;
  if (globalThis.Notification) globalThis.Notification = class {
    static get permission() { return globalThis.allowed; }
    static async requestPermission() { return globalThis.allowed = "granted"; }
    constructor(title, options) {
      // As browsers of phones have it.
      if (globalThis.isPhone) throw new TypeError("Illegal constructor");
      this.about = { title, ...options, closed: false, click: () => this.onclick() };
      told.push(this.about);
    }
    close() { this.about.closed = true; }
  };
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { tones++; return start.apply(this, at); };
`;

async function notified(scene: PageScene, host?: string): Promise<Visitor> {
  const visitor = await scene.visitor(host === undefined ? {} : { host });
  await visitor.context.grantPermissions(["notifications"]);
  await visitor.context.addInitScript(stubs);
  return visitor;
}

async function look(visitor: Visitor, looks: boolean): Promise<void> {
  await visitor.page.evaluate(`looks = ${looks}; dispatchEvent(new Event("focus"))`);
}

/** Resolves when what was chosen by words holds. */
async function set(visitor: Visitor, name: string, value: string): Promise<void> {
  await visitor.say(`/set ${name} ${value}`);
  await visitor.page.getByText(`${name} is ${value} now`).waitFor();
}

async function told(visitor: Visitor): Promise<readonly Told[]> {
  return await visitor.page.evaluate<readonly Told[]>("told");
}

/** Resolves when a notification with that title was shown. */
async function isTold(visitor: Visitor, title: string): Promise<void> {
  await until(visitor.page, `told.some(({ title }) => title === "${title}")`);
}

/** Where the icon of the tab is, and what colours are at its corners: above, below. */
async function icon(visitor: Visitor): Promise<{ href: string; corners: readonly string[] }> {
  return await visitor.page.evaluate(`(async () => {
    const { href } = document.querySelector('link[rel="icon"]');
    const image = new Image();
    image.src = href;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 64;
    const paint = canvas.getContext("2d");
    paint.drawImage(image, 0, 0, 64, 64);
    const at = (x, y) => [...paint.getImageData(x, y, 1, 1).data.slice(0, 3)].join();
    return { href, corners: [at(48, 8), at(26, 40)] };
  })()`);
}

test("what calls is chosen for each room, at its bell and by /notify", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await notified(scene), await scene.enter("Bob")];
  await alice.enter("Alice");
  const plain = await icon(alice);
  await look(alice, false);
  await bob.type("nothing to tell", "but to you, Alice: ||secret||");
  await isTold(alice, "Bob in #lobby");
  assertEquals((await told(alice)).map(({ body, silent }) => [body, silent]), [
    ["but to you, Alice: [spoiler]", true],
  ]);
  assertMatch(await alice.page.title(), /^\(2\) #lobby/);
  const named = await icon(alice);
  assertNotEquals(named.href, plain.href);
  // A red badge with a number below, as the icon has none by itself.
  assertNotEquals(named.corners[1], plain.corners[1]);
  await look(alice, true);
  await until(alice.page, "told.every(({ closed }) => closed)");
  await until(alice.page, `document.title.startsWith("#lobby")`);
  assertEquals((await icon(alice)).href, plain.href);

  await alice.page.getByRole("button", { name: /^What calls you here: only/ }).click();
  await alice.page.getByRole("dialog").getByLabel("Every message").check();
  await alice.page.getByRole("button", { name: "Done" }).click();
  await alice.page.getByRole("button", { name: "What calls you here: every message" }).waitFor();
  await look(alice, false);
  await bob.type("hello everybody");
  await until(alice.page, "told.length === 2");
  await look(alice, true);
  await alice.say("/notify none");
  await alice.page.getByRole("button", { name: "What calls you here: nothing" }).waitFor();
  await look(alice, false);
  await bob.type("Alice, Alice!");
  await alice.sees("Alice, Alice!");
  await bob.type("/whisper Alice psst");
  await isTold(alice, "Bob");
  assertEquals((await told(alice)).map(({ title }) => title), [
    "Bob in #lobby",
    "Bob in #lobby",
    "Bob",
  ]);
  assertMatch(await alice.page.title(), /^\(1\) #lobby/);
  await alice.page.evaluate("told.at(-1).click()");
  await alice.isAt("@Bob");
  await look(alice, true);
  await until(alice.page, "told.every(({ closed }) => closed)");
});

test("nothing sounds unless that was chosen, and nothing at all while quiet", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await notified(scene), await scene.enter("Bob")];
  await alice.enter("Alice");
  await look(alice, false);
  await bob.type("Alice: one");
  await isTold(alice, "Bob in #lobby");
  assertEquals(await alice.page.evaluate("tones"), 0);
  await look(alice, true);
  await set(alice, "sound", "on");
  await set(alice, "quiet", "on");
  await look(alice, false);
  await bob.type("Alice: two");
  await until(alice.page, `document.title.startsWith("(1)")`);
  // The marks stay as they are.
  assert((await icon(alice)).href.startsWith("blob:"));
  await alice.page.getByText("Do not disturb").first().waitFor();
  await set(alice, "quiet", "off");
  await bob.type("Alice: three");
  await until(alice.page, "tones > 0");
  assertEquals((await told(alice)).map(({ body }) => body), ["Alice: one", "Alice: three"]);
});

test("of two tabs one speaks, and what is read in one is taken away in both", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await notified(scene), await scene.enter("Bob")];
  await alice.enter("Alice");
  const first = alice.page;
  await alice.comeBack();
  const both = [first, alice.page];
  const looks = (page: Page, looks: boolean) =>
    page.evaluate(`looks = ${looks}; dispatchEvent(new Event("focus"))`);
  for (const page of both) await looks(page, false);
  const all = async () => (await Promise.all(both.map((page) => page.evaluate("told")))).flat();
  await bob.type("Alice: one");
  await Promise.any(both.map((page) => until(page, "told.length > 0")));
  // What the one that doesn't speak has in sight isn't told by the other.
  const [silent] = await first.evaluate("told.length > 0") ? [alice.page] : [first];
  await looks(silent, true);
  for (const page of both) await until(page, "told.every(({ closed }) => closed)");
  await bob.type("Alice: two");
  await silent.getByRole("log").getByText("Alice: two").waitFor();
  await bob.type("/whisper Alice the end");
  await Promise.any(both.map((page) => until(page, `told.at(-1)?.title === "Bob"`)));
  assertEquals((await all() as Told[]).map(({ body }) => body).toSorted(), [
    "Alice: one",
    "the end",
  ]);
});

test("permission is asked for by a button only, and offered after the first mention", async (scene) => {
  await scene.startInProcess();
  const [alice, bob] = [await notified(scene), await scene.enter("Bob")];
  await alice.context.addInitScript(`globalThis.allowed = "default"`);
  await alice.enter("Alice");
  const offer = alice.page.getByRole("button", { name: "Allow notifications" });
  assertEquals(await offer.count(), 0);
  await look(alice, false);
  await bob.type("Alice?");
  await offer.waitFor();
  assertEquals(await told(alice), []);
  await look(alice, true);
  await offer.click();
  await offer.waitFor({ state: "detached" });
  await alice.page.evaluate(`location.hash = "#/settings"`);
  await alice.page.getByText("This browser shows notifications of this page.").waitFor();
});

test("over plain http there are marks, and a sentence says why there is no more", async (scene) => {
  await scene.startInProcess({ names: ["school.test"] });
  const [alice, bob] = [await scene.visitor({ host: "school.test" }), await scene.enter("Bob")];
  await alice.context.addInitScript(stubs);
  await alice.enter("Alice");
  await alice.say("/set sound on");
  await alice.page.evaluate(`location.hash = "#/settings"`);
  await alice.page.getByText("There are no notifications at this address").waitFor();
  await bob.type("Alice?");
  await until(alice.page, `tones > 0 && document.title.startsWith("(1)")`);
  assert((await icon(alice)).href.startsWith("blob:"));
});

/**
 * Has nobody but the service worker tell, as on a phone, and takes note of what it is asked for:
 * `asked`; it shows nothing while there is a `gate`, and takes nothing back while it `fails`.
 */
const asWorker = `navigator.serviceWorker.ready.then((worker) => {
  globalThis.isPhone = true;
  globalThis.asked = [];
  const { showNotification, getNotifications } = worker;
  worker.showNotification = async (...about) => {
    asked.push("show");
    await globalThis.gate;
    await showNotification.apply(worker, about);
    asked.push("shown");
  };
  worker.getNotifications = async (about) => {
    if (about) asked.push("close");
    if (globalThis.fails) throw new Error("Nothing can be told now");
    return getNotifications.call(worker, about);
  };
})`;

test(
  "where only the service worker may tell, it does, and takes back what was read",
  async (scene) => {
    await scene.startWeb();
    const [alice, bob] = [await notified(scene), await scene.enter("Bob")];
    await alice.enter("Alice");
    await alice.page.evaluate(asWorker);
    const shown = `navigator.serviceWorker.ready
    .then((worker) => worker.getNotifications())
    .then((shown) => shown.map(({ title }) => title).join())`;
    await look(alice, false);
    await bob.type("Alice?");
    await until(alice.page, `asked.join() === "show,shown"`);
    assertEquals(await alice.page.evaluate(shown), "Bob in #lobby");
    // What is taken back while another comes up waits for that one.
    await alice.page.evaluate("gate = new Promise((open) => { globalThis.open = open; }); 0");
    await bob.type("/whisper Alice psst");
    await until(alice.page, `asked.join() === "show,shown,show"`);
    await look(alice, true);
    await until(alice.page, `document.title.startsWith("(1)")`);
    await alice.page.evaluate("open()");
    await until(alice.page, `asked.join() === "show,shown,show,shown,close"`);
    await until(alice.page, `${shown}.then((shown) => shown === "Bob")`);
    // What can't be taken back holds up nothing that comes after it.
    await alice.page.evaluate("globalThis.fails = true");
    await alice.turnTo(/^Bob/);
    await until(alice.page, `asked.at(-1) === "close" && asked.length === 6`);
    await look(alice, false);
    await bob.type("/whisper Alice hey");
    await until(alice.page, `asked.slice(6).join() === "show,shown"`);
  },
  // Only the whole browser shows anything.
  { isWhole: true },
);
