/** Pictures, films and sounds on the page. */

import { assert, assertEquals, assertLess } from "@std/assert";
import type { Route } from "playwright-core";
import { limits } from "../../lib/limits.ts";
import { thumbnailOf } from "../../lib/sharing/pictures.ts";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";
import { share } from "../helpers/file_peer.ts";
import { make } from "../helpers/file_scene.ts";
import { madeFilm, madePicture, madeSound, turned } from "../helpers/made_pictures.ts";
import { Relay } from "../helpers/relay.ts";
import { smallWebp } from "../helpers/small_pictures.ts";

/** Alice and Bob at the page. */
async function two(scene: PageScene) {
  await scene.startInProcess();
  const [alice, bob] = await Promise.all([scene.visitor(), scene.visitor()]);
  await alice.enter("Alice");
  await bob.enter("Bob");
  return { alice, bob };
}

/** Resolves when a picture was drawn. */
async function isDrawn(visitor: Visitor, selector: string): Promise<void> {
  await visitor.page.locator(selector).first().waitFor();
  await visitor.page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const image = document.querySelector(${JSON.stringify(selector)});
      if (image !== null && image.complete && image.naturalWidth > 0) resolve();
      else requestAnimationFrame(look);
    };
    look();
  })`);
}

async function boxOf(visitor: Visitor, selector: string) {
  const box = await visitor.page.locator(selector).first().boundingBox();
  return box && [Math.round(box.width), Math.round(box.height)];
}

test("a thumbnail is at another page before its picture, in a box that was there before it", async (scene) => {
  const { alice, bob } = await two(scene);
  const asked: string[] = [];
  bob.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (/^\/(files|thumbs)\//.test(pathname)) asked.push(pathname.split("/")[1]);
  });
  const held = Promise.withResolvers<Route>();
  await bob.page.route("**/thumbs/*", (route) => held.resolve(route));
  const bytes = await madePicture(alice.page, { width: 2000, height: 1500 });
  await alice.send(await make(scene, "Alice", "harbour.jpg", bytes));
  const route = await held.promise;
  const before = await boxOf(bob, ".file-picture");
  assertEquals(before, [400, 300]);
  await route.continue();
  await isDrawn(bob, ".file-picture img");
  assertEquals(await boxOf(bob, ".file-picture"), before);
  assertEquals(asked, ["thumbs"]);
  await bob.page.getByRole("button", { name: "Look at harbour.jpg" }).click();
  await isDrawn(bob, ".stage-picture");
  assertEquals(asked.filter((each) => each === "files").length, 1);
});

test("a thumbnail that cannot be had leaves room for it, until the connection is made anew", async (scene) => {
  const { alice, bob } = await two(scene);
  const thumbs = "**/thumbs/*";
  const refused = Promise.withResolvers<void>();
  await bob.page.route(thumbs, async (route) => {
    await route.abort("connectionrefused");
    refused.resolve();
  });
  const bytes = await madePicture(alice.page, { width: 400, height: 300 });
  await alice.send(await make(scene, "Alice", "harbour.jpg", bytes));
  await refused.promise;
  await bob.page.locator(".file-picture:empty").waitFor();
  await bob.turnTo("Files");
  await bob.page.locator(".file-badge", { hasText: "jpg" }).waitFor();
  await bob.turnTo("lobby");
  await bob.page.locator(".file-picture:empty").waitFor();
  await bob.page.unroute(thumbs);
  await bob.say("/reconnect");
  await isDrawn(bob, ".file-picture img");
});

test("a thumbnail is upright and says nothing of where it was taken", async (scene) => {
  await scene.startInProcess();
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const carol = await scene.server.join("Carol");
  const picture = await madePicture(alice.page, { width: 1200, height: 600 });
  const bytes = turned(picture, "at home, under the stairs");
  await alice.send(await make(scene, "Alice", "turned.jpg", bytes));
  await isDrawn(alice, ".file-picture img");
  const { files } = await carol.ok({ t: "files" });
  const [{ file, picture: said }] = files as { file: string; picture: Record<string, number> }[];
  assertEquals([said.width, said.height], [600, 1200]);
  const answer = await fetch(`${scene.url}thumbs/${file}`, {
    headers: { authorization: `Bearer ${carol.token}` },
  });
  const thumb = await answer.bytes();
  assertEquals(thumb.length, said.thumb);
  const { width = 0, height = 0 } = thumbnailOf(thumb) ?? {};
  assertEquals([width, height], [256, 512]);
  assertEquals(new TextDecoder("latin1").decode(thumb).includes("stairs"), false);
});

test("pictures that are sent at once stand together, and are looked at by keys", async (scene) => {
  const { alice, bob } = await two(scene);
  const names = ["one", "two", "three", "four"];
  const paths = await Promise.all(names.map(async (name, index) => {
    const made = { width: 900, height: 600 + index * 100, hue: index * 90 };
    return await make(scene, "Alice", `${name}.jpg`, await madePicture(alice.page, made));
  }));
  await alice.send(...paths);
  const tiles = bob.page.locator(".tiles li");
  await tiles.nth(3).waitFor();
  assertEquals(await tiles.count(), 4);
  await bob.log.getByText("shared 4 pictures").waitFor();
  const tile = bob.page.getByRole("button", { name: /^Look at .*, 2 of 4$/ });
  const shown = async (place: string) => {
    await bob.page.getByRole("status").filter({ hasText: `${place} of 4` }).waitFor();
    await isDrawn(bob, ".stage-picture");
  };
  await tile.focus();
  await bob.page.keyboard.press("Enter");
  await shown("2");
  for (
    const [key, place] of [["ArrowRight", "3"], ["End", "4"], ["ArrowLeft", "3"], ["Home", "1"]]
  ) {
    await bob.page.keyboard.press(key);
    await shown(place);
  }
  // There is none before the first.
  await bob.page.keyboard.press("ArrowLeft");
  await shown("1");
  const wide = async () => (await bob.page.locator(".stage-picture").boundingBox())?.width ?? 0;
  const whole = await wide();
  await bob.page.keyboard.press("+");
  await bob.page.locator(".stage.near").waitFor();
  assertEquals(Math.round(await wide()), Math.round(whole * 1.5));
  await bob.page.keyboard.press("0");
  await bob.page.locator(".stage:not(.near)").waitFor();
  await bob.page.locator(".stage-picture").dblclick();
  await bob.page.locator(".stage.near").waitFor();
  await bob.page.mouse.wheel(0, 2000);
  await bob.page.locator(".stage:not(.near)").waitFor();
  assertEquals(Math.round(await wide()), Math.round(whole));
  // The focus goes round inside, and back to where it was.
  for (let press = 0; press < 12; press++) {
    await bob.page.keyboard.press("Tab");
    const isInside = await bob.page.evaluate(`(({ activeElement, body }) =>
      activeElement === body || activeElement.closest("dialog") !== null
    )(document)`);
    assert(isInside, "The focus left the viewer");
  }
  await bob.page.keyboard.press("Escape");
  await bob.page.locator("dialog.viewer").waitFor({ state: "detached" });
  const focused = bob.page.locator(":focus");
  assertEquals(await focused.getAttribute("aria-label"), await tile.getAttribute("aria-label"));
});

test("left of the first picture that is known, older ones are read", async (scene) => {
  await scene.startInProcess();
  const carol = await scene.server.join("Carol");
  const alice = await scene.visitor();
  await alice.enter("Alice");
  const bytes = await madePicture(alice.page, { width: 800, height: 600 });
  const send = (name: string) => share(carol, bytes, { name, mime: "image/jpeg" });
  await send("long ago.jpg");
  for (let line = 0; line < 260; line++) {
    await carol.ok({ t: "say", room: "lobby", text: `${line}` });
  }
  await send("today.jpg");
  const bob = await scene.visitor();
  await bob.enter("Bob");
  await bob.page.getByRole("button", { name: "Look at today.jpg" }).click();
  const viewer = bob.page.getByRole("dialog", { name: "today.jpg" });
  await viewer.getByRole("status").filter({ hasText: /^\d+ kB from Carol$/ }).waitFor();
  await bob.page.keyboard.press("ArrowLeft");
  const before = bob.page.getByRole("dialog", { name: "long ago.jpg" });
  await before.getByText("1 of 2").waitFor();
});

test("a film has its first frame as its picture, and nothing more of it is fetched", async (scene) => {
  const { alice, bob } = await two(scene);
  const asked: string[] = [];
  bob.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const film = await madeFilm(alice.page, { width: 320, height: 180 });
  await alice.send(await make(scene, "Alice", "waves.webm", film));
  const shown = bob.page.locator("video.file-film");
  await shown.waitFor();
  assertEquals(await boxOf(bob, "video.file-film"), [320, 180]);
  const poster = await shown.getAttribute("poster") ?? "";
  assertEquals(poster.startsWith("/thumbs/"), true);
  // Whoever looks at it plays it.
  assertEquals(asked.some((path) => path.startsWith("/files/")), false);
  await bob.page.evaluate(`document.querySelector("video.file-film").play()`);
  assert(asked.some((path) => path.startsWith("/files/")));
});

test("fingers turn to the next picture, make it larger, and put it away", async (scene) => {
  await scene.startInProcess();
  const phone = await scene.visitor({
    ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  });
  await phone.enter("Alice");
  const carol = await scene.server.join("Carol");
  const bytes = await madePicture(phone.page, { width: 800, height: 600 });
  for (const name of ["one.jpg", "two.jpg"]) {
    await share(carol, bytes, { name, mime: "image/jpeg" });
  }
  const touch = await phone.context.newCDPSession(phone.page);
  /** Fingers from one place to another, each as x and y. */
  const move = async (...fingers: readonly (readonly [number, number, number, number])[]) => {
    const points = (part: number) =>
      fingers.map(([x, y, toX, toY], id) => ({
        ...{ id, x: x + (toX - x) * part, y: y + (toY - y) * part },
      }));
    const send = (type: "touchStart" | "touchMove" | "touchEnd", part?: number) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: part === undefined ? [] : points(part),
      });
    await send("touchStart", 0);
    for (const part of [0.25, 0.5, 0.75, 1]) await send("touchMove", part);
    await send("touchEnd");
  };
  const isAt = (place: string) =>
    phone.page.getByRole("status").filter({ hasText: `${place} of 2` }).waitFor();
  await phone.page.getByRole("button", { name: "Look at one.jpg" }).tap();
  await isAt("1");
  await isDrawn(phone, ".stage-picture");
  await move([300, 400, 100, 410]);
  await isAt("2");
  await isDrawn(phone, ".stage-picture");
  await move([100, 400, 300, 410]);
  await isAt("1");
  await isDrawn(phone, ".stage-picture");
  await move([180, 400, 80, 400], [210, 400, 310, 400]);
  await phone.page.locator(".stage.near").waitFor();
  // What is larger is moved, and no other comes in its place.
  await move([300, 400, 100, 410]);
  await isAt("1");
  // Not by a tap: right behind fingers that were faster than any hand, browsers make none of it.
  await phone.page.keyboard.press("Escape");
  await phone.page.getByRole("button", { name: "Look at two.jpg" }).click();
  await isDrawn(phone, ".stage-picture");
  await move([200, 300, 205, 600]);
  await phone.page.locator("dialog.viewer").waitFor({ state: "detached" });
});

test("a sound is heard from its middle without all of it being fetched", async (scene) => {
  await scene.startInProcess();
  const relay = new Relay(scene.server.webPort, Infinity);
  await using _relay = relay;
  const bob = await scene.visitor({ port: relay.port });
  await bob.enter("Bob");
  const bytes = madeSound(300);
  const carol = await scene.server.join("Carol");
  await share(carol, bytes, { name: "talk.wav", mime: "audio/wav" });
  const sound = bob.page.locator("audio.file-sound");
  await sound.waitFor();
  // As fast as good lines are: between two programs of one machine all would be there at once.
  relay.bytesPerSecond = 8 * 1024 * 1024;
  const before = relay.came.down;
  const ranges: string[] = [];
  bob.page.on("request", (request) => ranges.push(request.headers().range ?? ""));
  const at = await bob.page.evaluate(`new Promise((resolve, reject) => {
    const audio = document.querySelector("audio.file-sound");
    audio.muted = true;
    audio.onerror = () => reject(audio.error);
    audio.onseeked = () => resolve(audio.currentTime);
    audio.onloadedmetadata = () => audio.currentTime = audio.duration * 0.75;
    audio.preload = "auto";
    audio.load();
  })`);
  assertEquals(Math.round(Number(at)), 225);
  assertLess(relay.came.down - before, bytes.length / 2);
  const from = Number(/^bytes=(\d+)-/.exec(ranges.at(-1) ?? "")?.[1]);
  assert(from > bytes.length * 0.7 && from < bytes.length * 0.76, `It asked for ${ranges}`);
});

test("what isn't a thumbnail is refused, and what isn't a picture is just a file", async (scene) => {
  await scene.startInProcess();
  const bob = await scene.visitor();
  await bob.enter("Bob");
  const carol = await scene.server.join("Carol");
  const offer = (picture: object) =>
    carol.ask({ t: "offer", room: "lobby", name: "a.png", size: 5, picture });
  const base64 = (text: string) => new TextEncoder().encode(text).toBase64();
  const size = { width: 40, height: 30 };
  for (
    const picture of [
      { ...size, thumb: base64('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') },
      { ...size, thumb: base64("<script>alert(1)</script>") },
      { ...size, thumb: "data:image/png;base64,AAAA" },
      { ...size, thumb: new Uint8Array(limits.thumbBytesMax + 1).toBase64() },
      { ...size, thumb: new Uint8Array([...smallWebp, 60, 115]).toBase64() },
      { width: -1, height: 30 },
      { width: 1e9, height: 30 },
      { width: "40", height: 30 },
      { width: 40 },
    ]
  ) {
    const { t, code } = await offer(picture);
    assertEquals([t, code], ["refused", "bad_message"], JSON.stringify(picture));
  }
  const text = new TextEncoder().encode("<script>alert(1)</script>");
  // A thumbnail whose numbers lie, of a file that is none; and one that only is called a picture.
  await share(carol, text, {
    name: "lying.png",
    mime: "image/png",
    picture: { width: 65_535, height: 1, thumb: smallWebp.toBase64() },
  });
  await share(carol, text, { name: "text.png", mime: "image/png" });
  await bob.log.getByText("text.png").waitFor();
  await isDrawn(bob, ".file-picture img");
  const card = bob.page.locator(".file-card", { hasText: "text.png" });
  await card.locator(".file-picture").waitFor({ state: "detached" });
  await bob.page.getByRole("button", { name: "Look at lying.png" }).click();
  await bob.page.getByText("This isn't a picture").waitFor();
  await bob.page.keyboard.press("Escape");
  await bob.say("still here");
  await bob.sees("still here");
});

test("what has no name gets one: a screenshot that is pasted, a picture from the camera", async (scene) => {
  await scene.startInProcess();
  const phone = await scene.visitor({
    ...{ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  });
  await phone.enter("Alice");
  const bytes = await madePicture(phone.page, { width: 1200, height: 900 });
  await phone.page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob("${bytes.toBase64()}"), (unit) => unit.charCodeAt(0));
    const clipboardData = new DataTransfer();
    const lastModified = new Date(2026, 10, 21, 14, 3).getTime();
    const screenshot = new File([bytes], "image.png", { type: "image/jpeg", lastModified });
    clipboardData.items.add(screenshot);
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true });
    document.querySelector("textarea").dispatchEvent(paste);
  })()`);
  await phone.log.getByText("picture 2026-11-21 14.03.jpg").waitFor();
  await phone.page.getByRole("button", { name: "Send files" }).tap();
  const choosing = phone.page.waitForEvent("filechooser");
  await phone.page.getByRole("button", { name: "Take a picture" }).tap();
  const chooser = await choosing;
  const input = chooser.element();
  assertEquals(await input.getAttribute("accept"), "image/*");
  assertEquals(await input.getAttribute("capture"), "environment");
  await chooser.setFiles([await make(scene, "Alice", "image.jpg", bytes)]);
  await phone.log.getByText("2 pictures").first().waitFor();
});
