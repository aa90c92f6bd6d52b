/** Measures the page among thousands of people and a thousand rooms. */

import type { Browser, CDPSession, Locator, Page } from "playwright-core";
import { startWithPage } from "../contestant.ts";
import { Peer } from "../peer.ts";
import { percentile } from "../statistics.ts";
import { Crowd, hall, nameOf, roomOf } from "./crowd.ts";
import { seen, watching } from "./sight.ts";
import type { TableRow } from "./table.ts";
import { type LongestTask, longestTask } from "./tasks.ts";

/** What is measured with. */
export interface WideOrder {
  readonly people: number;
  readonly rooms: number;
  /** How many come or go in a second, and for how many seconds. */
  readonly moves: number;
  readonly seconds: number;
}

/** What it came to. Times are in milliseconds. */
export interface WideFigures {
  /** How many people and rooms there were. */
  readonly people: number;
  readonly rooms: number;
  readonly steps: readonly WideStep[];
  readonly nodes: number;
}

/** One thing that was done, and what it took. */
export interface WideStep {
  readonly what: string;
  readonly task: LongestTask;
  /** From a key to the screen, where keys were pressed. */
  readonly keyP95?: number;
  /** Until all of it was there, where that is asked. */
  readonly open?: number;
}

/** The longest that a task may take, and a key at its 95th percentile. */
const taskMost = 50;
const keyMost = 50;
const wheelPx = 160;
const wheelMs = 16;
const wheelTurns = 250;

/** Starts a server with a crowd, its data in the folder `data`, and looks at it in a browser. */
export async function lookWide(
  browser: Browser,
  order: WideOrder,
  data: string | undefined,
): Promise<WideFigures> {
  const joined = ["--rooms-joined-max", String(order.rooms + 1)];
  await using server = await startWithPage({ data, pin: false }, joined);
  await using crowd = await Crowd.gather(server.port, order.people, order.rooms);
  const login = await loginIn(server.port, order.rooms);
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await page.addInitScript(watching);
  await page.addInitScript(`localStorage.setItem("parley.login", ${JSON.stringify(login)})`);
  await page.goto(server.url);
  await page.getByRole("textbox", { name: /^Write to / }).waitFor();
  const looking = new Looking(page, await page.context().newCDPSession(page));
  const steps = await looking.all(crowd, order);
  await looking.session.send("HeapProfiler.collectGarbage");
  const { nodes } = await looking.session.send("Memory.getDOMCounters");
  await page.close();
  return { people: order.people, rooms: order.rooms, steps, nodes };
}

/** The figures as rows of a table. */
export function wideTable({ people, rooms, steps, nodes }: WideFigures): TableRow[] {
  const counts = `${people.toLocaleString("en")} people, ${rooms.toLocaleString("en")} rooms`;
  return [
    [`among ${counts}:`, ""],
    ...steps.flatMap(({ what, task: { wall, cpu }, keyP95, open }): TableRow[] => [
      [
        `  ${what}, longest task, ms`,
        `${cpu.toFixed(0)} (${wall.toFixed(0)} by the clock)`,
        `< ${taskMost}`,
        // By the clock it holds also what others did on the machine meanwhile.
        cpu < taskMost,
      ],
      ...open === undefined
        ? []
        : [[`    until it is there, ms`, open.toFixed(0)]] satisfies TableRow[],
      ...keyP95 === undefined ? [] : [[
        "    key to screen, p95, ms",
        keyP95.toFixed(1),
        `< ${keyMost}`,
        keyP95 < keyMost,
      ]] satisfies TableRow[],
    ]),
    ["  DOM nodes", String(nodes), "< 3000", nodes < 3000],
  ];
}

/** A reader who is in all rooms, as the page keeps a login. */
async function loginIn(port: number, rooms: number): Promise<string> {
  const none = { onEvent: () => {}, onPiece: () => {}, onEnd: () => {} };
  const peer = await Peer.connect(port, none);
  const { user, uid, token } = await peer.ask({ t: "hello", v: 1, user: "Reader" });
  await peer.ask({ t: "join", room: hall });
  for (let index = 0; index < rooms; index++) await peer.ask({ t: "join", room: roomOf(index) });
  peer.close();
  return JSON.stringify({ user, uid, token });
}

/** Whoever looks at the page, and does one thing after another. */
class Looking {
  readonly session: CDPSession;
  readonly #page: Page;

  constructor(page: Page, session: CDPSession) {
    this.#page = page;
    this.session = session;
  }

  async all(crowd: Crowd, { people, moves, seconds }: WideOrder): Promise<WideStep[]> {
    const page = this.#page;
    const aside = page.getByRole("complementary", { name: "Who is here" });
    const composer = page.getByRole("textbox", { name: /^Write to / });
    const somebody = aside.getByRole("searchbox");
    const places = page.getByRole("navigation");
    const count = `document.querySelector(".people h3 .quiet")?.textContent`;
    const openHall = async () => {
      await page.evaluate(`location.hash = "#/room/${hall}"`);
      await page.waitForFunction(`${count} >= ${Math.floor(people * 0.99)}`, undefined, {
        timeout: 120_000,
      });
    };
    const steps: WideStep[] = [];
    steps.push(await this.#do("open who is here", openHall, { isOpening: true }));
    steps.push(
      await this.#do("scroll who is here", () => this.#wheel(aside.locator("li").first())),
    );
    steps.push(await this.#type("filter who is here", somebody, `${nameOf(4321)}`));
    await somebody.fill("");
    steps.push(await this.#type("name somebody", composer, `so @${nameOf(2345)}`));
    await composer.fill("");
    const stirring = crowd.stir(moves, seconds);
    const text = "what one writes while people come and go ".repeat(Math.ceil(seconds / 4));
    steps.push(await this.#type(`${moves} a second come and go`, composer, text));
    await stirring;
    await composer.fill("");
    steps.push(
      await this.#do("scroll the conversations", () => this.#wheel(places.locator("li").first())),
    );
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("combobox", { name: /^Go to / });
    steps.push(await this.#type("go to a room by its name", palette, roomOf(777)));
    await palette.fill("");
    steps.push(await this.#type("go to somebody by name", palette, `@${nameOf(3456)}`));
    await page.keyboard.press("Escape");
    await palette.waitFor({ state: "detached" });
    steps.push(
      await this.#do("open all rooms", async () => {
        await page.getByRole("button", { name: "All rooms, and a new one" }).click();
        await page.locator(".room-card").first().waitFor();
      }, { isOpening: true }),
    );
    const all = page.locator(".room-cards li").first();
    steps.push(await this.#do("scroll all rooms", () => this.#wheel(all)));
    const room = page.getByLabel("Find a room, or name a new one");
    steps.push(await this.#type("filter all rooms", room, roomOf(654)));
    return steps;
  }

  async #do(
    what: string,
    act: () => Promise<void>,
    { isOpening = false }: { readonly isOpening?: boolean } = {},
  ): Promise<WideStep> {
    const began = performance.now();
    let open = 0;
    const task = await longestTask(this.session, async () => {
      await act();
      open = performance.now() - began;
    });
    return { what, task, ...isOpening && { open } };
  }

  async #type(what: string, field: Locator, text: string): Promise<WideStep> {
    await field.focus();
    const before = (await seen(this.#page)).keys.length;
    const step = await this.#do(what, async () => {
      for (const sign of text) {
        await this.#page.keyboard.press(sign === " " ? "Space" : sign);
        await this.#page.waitForTimeout(60);
      }
    });
    const keys = (await seen(this.#page)).keys.slice(before).toSorted((one, other) => one - other);
    return { ...step, keyP95: percentile(keys, 95) };
  }

  async #wheel(over: Locator): Promise<void> {
    await over.hover();
    const began = performance.now();
    for (let turn = 0; turn < wheelTurns; turn++) {
      await this.#page.mouse.wheel(0, wheelPx);
      const due = began + (turn + 1) * wheelMs - performance.now();
      if (due > 0) await this.#page.waitForTimeout(due);
    }
  }
}
