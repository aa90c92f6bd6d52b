/** Somebody who is at the page for an hour. */

import { assertEquals } from "@std/assert";
import type { CDPSession, Locator } from "playwright-core";
import type { PageScene, Visitor, VisitorOptions } from "./browser.ts";
import type { Chance } from "./chance.ts";
import { make } from "./file_scene.ts";
import type { Asked, LineActor } from "./hour_line.ts";
import { type Act, Actor, garden, pairOf, rooms, type Said, someBytes } from "./hour_said.ts";
import { Relay } from "./relay.ts";
import type { Sample } from "./views.ts";

/** What a page holds after a collection of garbage. */
export interface Held {
  readonly heapKiB: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** How somebody sits there. */
export interface Seat {
  readonly options: VisitorOptions;
  readonly isPhone: boolean;
  /** Whether they reload, which lets go of all that was held. */
  readonly reloads: boolean;
}

interface There extends Seat {
  readonly scene: PageScene;
  readonly visitor: Visitor;
  readonly relay: Relay;
  readonly session: CDPSession;
}

/** At the page, at the end of a line of their own. */
export class PageActor extends Actor implements AsyncDisposable {
  readonly visitor: Visitor;
  readonly reloads: boolean;
  /** What the page held after so many steps, in KiB. */
  readonly heap: Sample[] = [];
  isInGarden = false;
  readonly #there: There;

  private constructor(name: string, said: Said, chance: Chance, there: There) {
    super(name, said, chance);
    this.visitor = there.visitor;
    this.reloads = there.reloads;
    this.#there = there;
  }

  /** Opens the page and enters. */
  static async enter(
    name: string,
    said: Said,
    chance: Chance,
    { scene, ...seat }: Seat & { readonly scene: PageScene },
  ): Promise<PageActor> {
    const relay = new Relay(scene.server.webPort, Infinity);
    const visitor = await scene.visitor({ ...seat.options, port: relay.port });
    await visitor.enter(name);
    const session = await visitor.context.newCDPSession(visitor.page);
    return new PageActor(name, said, chance, { ...seat, scene, visitor, relay, session });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#there.relay[Symbol.asyncDispose]();
  }

  /** What they may do; `others` are at terminals. */
  acts(others: readonly LineActor[]): readonly Act[] {
    const { chance } = this;
    return [
      [8, "say", () => this.say()],
      [3, "answer", () => this.say({ command: "/reply " })],
      [3, "edit", () => this.#edit()],
      [2, "take back", () => this.#takeBack()],
      [3, "react", () => this.#react()],
      [1, "topic", () => this.#topic()],
      [3, "go elsewhere", () => this.turn(chance.pick(rooms))],
      [2, "garden", () => this.#garden()],
      [2, "whisper", () => this.#whisper(chance.pick(others))],
      [2, "share a file", () => this.#share()],
      [2, "search", () => this.#search()],
      [2, "go offline", () => this.#offline()],
      [2, "reload", () => this.#reload()],
      [2, "leave a draft", () => this.#draft()],
      [2, "scroll back", () => this.#scroll()],
    ];
  }

  /** Says something in the room in front; as an answer to somebody, where there is a `command`. */
  async say(
    { command = "", waits = true }: { readonly command?: string; readonly waits?: boolean } = {},
  ): Promise<void> {
    const text = this.new(this.at);
    await this.visitor.say(`${command}${text}`);
    await this.visitor.sees(text);
    if (waits) await this.isThrough();
  }

  /**
   * Resolves when all that was said in front is stored: where the server was killed, with the next
   * try to reach it, which may be half a minute after the last one.
   */
  async isThrough(): Promise<void> {
    const waiting = this.visitor.log.locator(".message.waiting").first();
    await waiting.waitFor({ state: "detached" });
  }

  /** Goes to a room that they are in; on a phone by the address, for want of room for a list. */
  async turn(room: string): Promise<void> {
    const { page } = this.visitor;
    if (this.#there.isPhone) await page.evaluate(`location.hash = "#/room/${room}"`);
    else await this.visitor.turnTo(room);
    await this.visitor.isAt(`#${room}`);
    await this.visitor.composer.waitFor();
    this.at = room;
  }

  /** Takes a file that somebody sends. */
  async accept({ file, from }: Asked): Promise<void> {
    const { page } = this.visitor;
    const saving = page.waitForEvent("download");
    await page.getByRole("group", { name: `${file} from ${from}` })
      .getByRole("button", { name: "Accept" }).click();
    await (await saving).path();
  }

  /** What the page holds now; also kept in `heap`, as after `step` steps. */
  async held(step: number): Promise<Held> {
    const { session } = this.#there;
    // What is only let go by one collection is taken by the next.
    for (let turn = 0; turn < 2; turn++) await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    const heapKiB = usedSize / 1024;
    this.heap.push({ step, value: heapKiB });
    return { heapKiB, nodes, listeners: jsEventListeners };
  }

  async #edit(): Promise<void> {
    const { visitor } = this;
    const mark = await this.#lastShown();
    if (mark === undefined) return;
    const text = this.changed(mark);
    if (this.#there.isPhone) {
      await visitor.say(`/edit ${text}`);
    } else {
      // A command that was refused stands there again.
      await visitor.composer.fill("");
      await visitor.composer.press("ArrowUp");
      await visitor.page.getByText("Editing").waitFor();
      await visitor.say(text);
    }
    await visitor.sees(text);
  }

  async #takeBack(): Promise<void> {
    const mark = await this.#lastShown();
    // One of each is kept to be answered.
    if (mark === undefined || this.own.length < 2) return;
    await this.visitor.say("/delete");
    const shown = this.#texts.filter({ hasText: new RegExp(`^\\s*${mark} `) });
    await shown.waitFor({ state: "detached" });
    this.takenBack(mark);
  }

  async #react(): Promise<void> {
    const { visitor, chance } = this;
    const button = visitor.log.locator(".reaction").last();
    if (chance.once(2) && await button.isVisible()) await button.click();
    else await visitor.say(`/react ^ ${chance.pick(["heart", "ramen", "key"])}`);
  }

  async #topic(): Promise<void> {
    // The lobby has none.
    await this.turn("kitchen");
    const topic = this.words(3);
    await this.visitor.say(`/topic ${topic}`);
    const shown = this.visitor.page.locator(".topic", { hasText: topic });
    // Somebody else may have another one at this moment: the log has both.
    await shown.or(this.visitor.log.getByText(topic)).first().waitFor({ state: "attached" });
  }

  async #garden(): Promise<void> {
    const { visitor, at } = this;
    await visitor.say(`/join ${garden}`);
    await visitor.isAt(`#${garden}`);
    this.at = garden;
    if (this.isInGarden) {
      await visitor.say("/leave");
      await visitor.page.locator(".head-name", { hasText: garden }).waitFor({ state: "detached" });
    } else {
      await this.say();
    }
    this.isInGarden = !this.isInGarden;
    await this.turn(at);
  }

  async #whisper({ name, client }: LineActor): Promise<void> {
    const text = this.new(pairOf(this.name, name));
    await this.visitor.say(`/whisper ${name} ${text}`);
    await client.sees(text);
  }

  async #share(): Promise<void> {
    const file = this.said.file(this.name);
    this.said.shared.set(file, this.at);
    const path = await make(this.#there.scene, this.name, file, someBytes());
    if (this.#there.isPhone) {
      const choosing = this.visitor.page.waitForEvent("filechooser");
      await this.visitor.say(`/upload ${file}`);
      await (await choosing).setFiles(path);
    } else {
      await this.visitor.send(path);
    }
    // Whoever reads what is new, further up, goes to the end by themselves.
    await this.visitor.log.evaluate((box) => box.scrollTop = box.scrollHeight);
    await this.visitor.log.getByText(file).first().waitFor();
  }

  async #search(): Promise<void> {
    const { visitor: { page }, visitor, at } = this;
    const old = [...this.said.fates.values()].filter(({ room, text, isChanged }) =>
      text !== undefined && !isChanged && room === at
    );
    const { mark } = this.chance.pick(old.slice(0, Math.ceil(old.length / 2)));
    await visitor.say(`/search ${mark}`);
    // Somebody may be changing it at this moment.
    await page.locator(".hit, .empty").getByText(/\S/).first().waitFor();
    await page.evaluate(`location.hash = "#/room/${at}"`);
    await visitor.isAt(`#${at}`);
    await visitor.composer.waitFor();
  }

  async #offline(): Promise<void> {
    const { relay } = this.#there;
    relay.isDown = true;
    relay.cut();
    await this.visitor.page.getByText("Offline").first().waitFor({ state: "attached" });
    await this.say({ waits: false });
    // Also whoever reloads without a line sees what was said, and says it later.
    if (this.chance.once(2)) await this.#reload();
    relay.isDown = false;
    await this.isThrough();
  }

  async #reload(): Promise<void> {
    if (!this.reloads) return;
    await this.visitor.page.reload();
    await this.visitor.isConnected();
    await this.visitor.isAt(`#${this.at}`);
  }

  async #draft(): Promise<void> {
    const { visitor, at } = this;
    const draft = this.words(3);
    await visitor.composer.fill(draft);
    await this.turn(at === "lobby" ? "kitchen" : "lobby");
    if (this.chance.once(2)) await this.#reload();
    await this.turn(at);
    assertEquals(await visitor.composer.inputValue(), draft, "A draft was lost");
    await visitor.composer.fill("");
  }

  async #scroll(): Promise<void> {
    const { log, page } = this.visitor;
    await log.evaluate((box) => box.scrollTop -= 2500);
    await page.evaluate("new Promise(requestAnimationFrame)");
    await log.evaluate((box) => box.scrollTop = box.scrollHeight);
    await page.locator(".jump").waitFor({ state: "detached" });
  }

  get #texts(): Locator {
    return this.visitor.log.locator(".message-text");
  }

  /** The mark of their newest message in the room in front, if it is among what is drawn. */
  async #lastShown(): Promise<string | undefined> {
    const mark = this.own.at(-1);
    const texts = mark === undefined ? [] : await this.#texts.allInnerTexts();
    return texts.some((text) => text.trim().startsWith(`${mark} `)) ? mark : undefined;
  }
}
