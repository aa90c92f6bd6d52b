import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { type PageScene, pageTest, type Visitor } from "../helpers/browser.ts";

/** A page of somebody else on this machine: cookies don't tell it from the server's own. */
async function elsewhere() {
  const html = await Deno.readTextFile(new URL("../helpers/stranger.html", import.meta.url));
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(html, { headers: { "content-type": "text/html" } }),
  );
}

/** Alice has a login at the page, and opens somebody else's in another tab. */
async function lured(scene: PageScene, port: number) {
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const page = await alice.context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const call = (name: string, argument: unknown) =>
    page.evaluate(`${name}(${JSON.stringify(argument)})`);
  return { alice, page, call };
}

/** What the other page asked for, and what the browser said of it, are no fault of the server's. */
async function forgive(visitor: Visitor, page: Page): Promise<void> {
  await page.close();
  visitor.strangers.length = 0;
  visitor.complaints.length = 0;
}

/** What was said and shared in the lobby. */
async function left(scene: PageScene): Promise<readonly unknown[]> {
  const peer = await scene.server.join("Reader");
  const { events } = await peer.ok({ t: "history", room: "lobby", limit: 200 });
  return Array.isArray(events) ? events.filter(({ t }) => t === "said" || t === "shared") : ["?"];
}

pageTest("a page of somebody else can't write in its visitor's name", async (scene) => {
  await scene.startInProcess();
  await using other = await elsewhere();
  const { alice, page, call } = await lured(scene, other.addr.port);
  const lines = '\n{"t":"hello","v":1,"user":"Mallory"}\n{"t":"say","room":"lobby","text":"x"}\n';
  const web = scene.url;
  const tries = [
    [`${web}say/lobby`, { method: "POST", body: "x" }],
    [`${web}say/lobby?user=Mallory`, { method: "POST", body: "x" }],
    [`${web}drop/lobby/x.txt`, { method: "PUT", body: "x" }],
    [`${web}files`, { method: "POST", headers: { "Tus-Resumable": "1.0.0" }, body: "x" }],
    [`${web}session`, { method: "DELETE" }],
    [`http://127.0.0.1:${scene.server.port}/`, { method: "POST", body: lines }],
  ];
  assertEquals(await call("attempt", tries), []);
  await call("post", `${web}say/lobby`);
  await page.waitForURL(/say\/lobby/);
  await forgive(alice, page);
  assertEquals(await left(scene), []);
});

pageTest("a page of somebody else gets no WebSocket", async (scene) => {
  await scene.startInProcess();
  await using other = await elsewhere();
  const { alice, page, call } = await lured(scene, other.addr.port);
  assertEquals(await call("connect", `${scene.url.replace("http", "ws")}ws`), false);
  await forgive(alice, page);
});

pageTest("a page of somebody else can't read, run or show what is here", async (scene) => {
  await scene.startInProcess();
  await using other = await elsewhere();
  const { alice, page, call } = await lured(scene, other.addr.port);
  for (const path of ["", "app.js", "healthz", "metrics"]) {
    const url = scene.url + path;
    assertEquals([url, await call("attempt", [[url, {}]])], [url, []]);
    assertEquals([url, await call("run", url)], [url, false]);
  }
  await call("show", scene.url);
  // What the browser shows in its place has another title.
  const title = await page.frames()[1].title();
  await forgive(alice, page);
  assertEquals(title.includes("Parley"), false, "The page lets others show it in a frame");
});
