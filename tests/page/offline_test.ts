/** The page without a network, and over versions of itself. */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { buildPage } from "../../tools/web.ts";
import { pageTest as test, type Visitor } from "../helpers/browser.ts";
import { make } from "../helpers/file_scene.ts";
import { makeOtherPage, PageServer } from "../helpers/page_server.ts";
import { logged } from "../helpers/scene.ts";
import { someBytes } from "../helpers/transfer_scene.ts";

const built = fromFileUrl(new URL("../../web/dist/", import.meta.url));

let made: Promise<string> | undefined;

/** Resolves the folder of a newer page, which is made once; the page itself is built then, too. */
function newer(): Promise<string> {
  return made ??= (async () => {
    await buildPage();
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    await makeOtherPage(folder);
    return folder;
  })();
}

Deno.test.afterAll(async () => {
  if (made !== undefined) await Deno.remove(await made, { recursive: true });
});

/** Resolves when an expression, or what it resolves, is true in the page, whichever that is then. */
async function until({ page }: Visitor, holds: string): Promise<void> {
  const askAgainMs = 50;
  for (;;) {
    // A page that is being loaded can't be asked.
    if (await page.evaluate(holds).catch(() => false)) return;
    await page.waitForTimeout(askAgainMs);
  }
}

/** Resolves when the page opens without a network from now on. */
async function isInstalled(visitor: Visitor): Promise<void> {
  await until(visitor, "navigator.serviceWorker.controller?.state === 'activated'");
}

/** Resolves when the browser keeps a conversation with that text in it. */
async function keeps(visitor: Visitor, text: string): Promise<void> {
  await until(
    visitor,
    `new Promise((resolve) => {
    const request = indexedDB.open("parley-chat", 1);
    request.onsuccess = () => {
      const all = request.result.transaction("chat").objectStore("chat").getAll();
      all.onsuccess = () => {
        request.result.close();
        resolve(JSON.stringify(all.result).includes(${JSON.stringify(text)}));
      };
    };
  })`,
  );
}

/** What was said, from above to below. */
async function texts(visitor: Visitor): Promise<readonly string[]> {
  const all = await visitor.log.locator(".message-text").allInnerTexts();
  return all.flatMap((text) => /message \w+\./.exec(text)?.[0] ?? []);
}

/** Takes the browser's word for whether it may be installed. */
async function installability(visitor: Visitor) {
  const session = await visitor.context.newCDPSession(visitor.page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  const { errors, data } = await session.send("Page.getAppManifest");
  return { installabilityErrors, errors, manifest: JSON.parse(data ?? "{}") };
}

test("the browser finds nothing that keeps the page from being installed", async (scene) => {
  await scene.startWeb();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await isInstalled(alice);
  const { installabilityErrors, errors, manifest } = await installability(alice);
  // A window that keeps nothing, as those of tests are, installs nothing either.
  const others = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  assertEquals([others, errors], [[], []]);
  assertEquals([manifest.id, manifest.start_url, manifest.scope], ["/", "/", "/"]);
  for (const { src, sizes } of manifest.icons) {
    const size = await alice.page.evaluate(`new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image.naturalWidth + "x" + image.naturalHeight);
      image.onerror = () => reject(new Error("${src} isn't a picture"));
      image.src = "${src}";
    })`);
    if (sizes !== "any") assertEquals(size, sizes, src);
  }
});

test("what is written while the server is away is kept over reloads, and said once", async (scene) => {
  const server = await scene.startWeb();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  await isInstalled(alice);
  await bob.type("message zero.");
  await keeps(alice, "message zero.");
  await server.kill();
  await alice.page.getByText("Offline").waitFor();
  await alice.say("message one.");
  await alice.sees("message one.");
  await alice.page.reload();
  await alice.sees("message zero.");
  await alice.sees("message one.");
  await alice.page.getByText("Offline").waitFor();
  await alice.say("message two.");
  await alice.composer.fill("half a thou");
  await alice.page.reload();
  await alice.sees("message two.");
  assertEquals(await texts(alice), ["message zero.", "message one.", "message two."]);
  assertEquals(await alice.composer.inputValue(), "half a thou");
  await server.start();
  await bob.sees("message two.");
  await alice.message("message two.").getByText("Delivered").waitFor({ state: "attached" });
  const all = ["message zero.", "message one.", "message two."];
  assertEquals(await logged(await server.join("Reader"), "lobby"), all);
  assertEquals(await texts(alice), all);
  assertEquals(all.map((text) => bob.all(text).length), [1, 1, 1]);
});

test("without a network the page opens with what it knew, and says what is written", async (scene) => {
  const server = await scene.startWeb();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.enter("Bob")]);
  await alice.enter("Alice");
  await isInstalled(alice);
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  await bob.type("/join kitchen", "message zero.");
  await alice.sees("message zero.");
  await keeps(alice, "message zero.");
  await alice.context.setOffline(true);
  await alice.page.reload();
  await alice.isAt("#kitchen");
  await alice.sees("message zero.");
  await alice.page.getByText("Offline").waitFor();
  await alice.say("message one.");
  await alice.turnTo("lobby");
  await alice.isAt("#lobby");
  await alice.page.reload();
  await alice.isAt("#lobby");
  await alice.turnTo(/kitchen.*1 not sent yet/);
  await bob.type("message two.", "/ping");
  await bob.sees("The server answered");
  await alice.context.setOffline(false);
  await bob.sees("message one.");
  await alice.message("message one.").getByText("Delivered").waitFor({ state: "attached" });
  await alice.sees("message two.");
  const all = ["message zero.", "message two.", "message one."];
  assertEquals(await texts(alice), all);
  const reader = await server.join("Reader");
  await reader.ok({ t: "join", room: "kitchen" });
  assertEquals(await logged(reader, "kitchen"), all);
});

test("nothing but the page itself is kept by its worker, and of it all", async (scene) => {
  await scene.startWeb();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await isInstalled(alice);
  await alice.send(await make(scene, "Alice", "picture-ABCDEFGH.png", someBytes(5_000)));
  await alice.log.locator(".file-card", { hasText: "picture-ABCDEFGH.png" }).waitFor();
  await alice.download("picture-ABCDEFGH.png");
  await alice.page.reload();
  await alice.isConnected();
  const kept = await alice.page.evaluate(`(async () => {
    const paths = [];
    for (const name of await caches.keys()) {
      const all = await (await caches.open(name)).keys();
      paths.push(...all.map(({ url }) => new URL(url).pathname));
    }
    return paths.sort().join(" ");
  })()`);
  const names = [...Deno.readDirSync(built)].map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && name !== "worker.js");
  const expected = names.map((name) => name === "index.html" ? "/" : `/${name}`);
  assertEquals(kept, expected.toSorted().join(" "));
});

test("a newer page is taken with the draft, the quote and what waits, and misses no file", async (scene) => {
  const other = await newer();
  await using server = await PageServer.start(built);
  const alice = await scene.visitor({ port: server.port });
  const bob = await scene.visitor({ port: server.port });
  await Promise.all([alice.enter("Alice"), bob.enter("Bob")]);
  await isInstalled(alice);
  await bob.say("message zero.");
  await alice.press("message zero.", "Answer");
  await alice.composer.fill("half a thou");
  const before = await markOf(alice);
  await server.stop();
  await bob.page.getByText("Offline").waitFor();
  await bob.say("message one.");
  await server.start(other);
  const take = alice.page.getByRole("button", { name: "Take it" });
  await take.waitFor();
  // What the open page loads only now is of its own version, which the server no longer has.
  await alice.page.getByRole("button", { name: "Emoji", exact: true }).click();
  await alice.page.getByRole("button", { name: "grinning", exact: true }).waitFor();
  await alice.page.getByRole("button", { name: "Emoji", exact: true }).click();
  await alice.page.locator(".picker").waitFor({ state: "detached" });
  assertEquals(await markOf(alice), before);
  await take.click();
  await until(alice, `document.documentElement.dataset.build !== "${before}"`);
  await alice.isConnected();
  await alice.page.getByText("Answering Bob").waitFor();
  assertEquals(await alice.composer.inputValue(), "half a thou");
  await alice.composer.press("Enter");
  await bob.sees("half a thou");
  await bob.message("half a thou").locator(".quote").waitFor();
  await bob.page.getByRole("button", { name: "Take it" }).click();
  await until(bob, `document.documentElement.dataset.build !== "${before}"`);
  await bob.sees("half a thou");
  assertEquals(await texts(bob), ["message zero.", "message one."]);
  // The new one opens without a server, too.
  await until(alice, "caches.keys().then(({ length }) => length === 2)");
  const now = await markOf(alice);
  await server.stop();
  await alice.page.reload();
  await alice.sees("half a thou");
  assert(now !== before);
  assertEquals(await markOf(alice), now);
});

test("a newer page is taken by itself once nobody looks and nothing is written", async (scene) => {
  const other = await newer();
  await using server = await PageServer.start(built);
  const alice = await scene.visitor({ port: server.port });
  await alice.enter("Alice");
  await alice.composer.fill("half a thou");
  const before = await markOf(alice);
  await server.stop();
  await server.start(other);
  await alice.page.getByText("There is a new version of this page").waitFor();
  await alice.page.clock.install();
  await alice.page.evaluate(`
    document.hasFocus = () => false;
    document.activeElement.blur();
    dispatchEvent(new Event("blur"));
  `);
  await alice.page.clock.runFor(30_000);
  assertEquals(await markOf(alice), before);
  await alice.composer.fill("");
  await alice.page.clock.runFor(30_000);
  await until(alice, `document.documentElement.dataset.build !== "${before}"`);
});

test("over plain http there is no worker, and what is known and newer is there all the same", async (scene) => {
  const other = await newer();
  await using server = await PageServer.start(built);
  const alice = await scene.visitor({ port: server.port, host: "school.test" });
  await alice.enter("Alice");
  assertEquals(await alice.page.evaluate("'serviceWorker' in navigator"), false);
  await alice.say("message zero.");
  await keeps(alice, "message zero.");
  const before = await markOf(alice);
  await server.stop();
  await alice.page.getByText("Offline").waitFor();
  await alice.say("message one.");
  await server.start(other);
  await alice.page.getByRole("button", { name: "Take it" }).click();
  await until(alice, `document.documentElement.dataset.build !== "${before}"`);
  await alice.sees("message one.");
  assertEquals(await texts(alice), ["message zero.", "message one."]);
});

test("whoever signs out leaves nothing in the browser", async (scene) => {
  await scene.startWeb();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  await alice.say("between us");
  await keeps(alice, "between us");
  await alice.composer.fill("a draft");
  await alice.page.getByRole("button", { name: /settings, be away, sign out/ }).click();
  await alice.page.getByRole("button", { name: "Sign out…" }).click();
  await alice.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await alice.page.getByLabel("Your name").waitFor();
  await until(
    alice,
    `new Promise((resolve) => {
    const request = indexedDB.open("parley-chat", 1);
    request.onsuccess = () => {
      const all = request.result.transaction("chat").objectStore("chat").count();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result === 0);
      };
    };
  })`,
  );
  const names = await alice.page.evaluate("Object.keys(localStorage).join()");
  assertEquals(names, "");
});

function markOf({ page }: Visitor): Promise<unknown> {
  return page.evaluate("document.documentElement.dataset.build");
}
