/**
 * Measures the page in a real browser, against a room with many messages: how fast it opens, whether
 * scrolling to the first message is smooth, what it holds then, and how fast typing is while much is
 * said.
 */

import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { pathOf } from "../../tools/programs.ts";
import { buildPage } from "../../tools/web.ts";
import { startWithPage } from "../contestant.ts";
import { Peer } from "../peer.ts";
import { percentile } from "../statistics.ts";
import { type Seen, watching } from "./sight.ts";

/** What is measured with. */
export interface PageOrder {
  /** Messages in the room. */
  readonly messages: number;
  /** Messages a second that come in while somebody types. */
  readonly rate: number;
  /** How long that goes on, in seconds. */
  readonly seconds: number;
  /** The folder for the server's data; `undefined`: the system's for temporary files. */
  readonly data: string | undefined;
}

/** What the page came to. Times are in milliseconds. */
export interface PageFigures {
  /** From the beginning of the load until the newest message is there. */
  readonly open: number;
  /** How fast it was scrolled, in pixels a second, and for how long, in seconds. */
  readonly scrollRate: number;
  readonly scrollSeconds: number;
  /** Whether the first message came in sight. */
  readonly reachedFirst: boolean;
  /** The longest task while it was scrolled; 0 where none took 50 ms. */
  readonly longestTask: number;
  readonly longTasks: number;
  /** After a collection of garbage, all read. */
  readonly heapMiB: number;
  readonly nodes: number;
  /** From a key to the screen while messages come in. */
  readonly keyMedian: number;
  readonly keyP95: number;
  readonly keys: number;
}

const MiB = 1024 * 1024;
/** Messages that are said at once, where the room is filled. */
const chunk = 500;
/** One turn of a wheel, in pixels, each frame or so: 10,000 pixels a second. */
const wheelPx = 160;
const wheelMs = 16;
/** Longer than scrolling through everything could take. */
const scrollMostMs = 15 * 60 * 1000;
const typed = "what one types while others talk ";

/** Starts a server, fills its lobby, and looks at it in a browser. */
export async function measurePage(order: PageOrder): Promise<PageFigures> {
  const path = pathOf("chromium");
  if (path === undefined) throw new Error("There is no chromium: install it to measure the page");
  await buildPage();
  await using server = await startWithPage({ data: order.data, pin: false });
  {
    using filler = await Filler.connect(server.port, "Filler");
    await filler.fill(order.messages);
  }
  const browser = await chromium.launch({ executablePath: path });
  try {
    return await look(browser, server, order);
  } finally {
    await browser.close();
  }
}

/** The figures with what they mean, a line each. */
export function pageTable(figures: PageFigures): string {
  const { open, scrollRate, scrollSeconds, longTasks, longestTask, heapMiB, nodes } = figures;
  const { keyMedian, keyP95, keys } = figures;
  const rate = Math.round(scrollRate).toLocaleString("en");
  const rows = [
    ["from load to the newest message, ms", open.toFixed(0)],
    ["scrolled to the first message", figures.reachedFirst ? "yes" : "no"],
    ["  pixels a second, for seconds", `${rate}, ${scrollSeconds.toFixed(0)}`],
    ["  tasks over 50 ms, the longest, ms", `${longTasks}, ${longestTask.toFixed(0)}`],
    ["heap after a collection, MiB", heapMiB.toFixed(1)],
    ["DOM nodes", String(nodes)],
    ["from a key to the screen, p50 and p95, ms", `${keyMedian.toFixed(1)}, ${keyP95.toFixed(1)}`],
    ["  keys", String(keys)],
  ];
  return rows.map(([name, value]) => name.padEnd(44) + value).join("\n");
}

async function look(
  browser: Browser,
  { url, port }: { readonly url: string; readonly port: number },
  order: PageOrder,
): Promise<PageFigures> {
  // Its own policy would keep out whatever watches it.
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, bypassCSP: true });
  await page.addInitScript(watching);
  await page.goto(url);
  await page.getByLabel("Your name").fill("Reader");
  await page.getByRole("button", { name: "Connect" }).click();
  await opened(page);
  // Whoever comes back finds the page as it is in the browser's cache, and is let in at once.
  await page.reload();
  const open = await opened(page);
  const scrolled = await scroll(page);
  const session = await page.context().newCDPSession(page);
  const held = await holds(session);
  await page.reload();
  await opened(page);
  // Whoever is silent for as long as scrolling takes is sent away.
  using talker = await Filler.connect(port, "Talker");
  const keys = await type(page, talker, order);
  return { open, ...scrolled, ...held, ...keys };
}

/** When the newest message was there. */
async function opened(page: Page): Promise<number> {
  await page.waitForFunction("seen.openAt !== undefined");
  return (await seen(page)).openAt ?? 0;
}

function seen(page: Page): Promise<Seen> {
  return page.evaluate("seen");
}

async function scroll(page: Page) {
  const before = (await seen(page)).tasks.length;
  const log = page.getByRole("log");
  await log.hover();
  const began = performance.now();
  let pixels = 0;
  let reachedFirst = false;
  for (let turn = 0; !reachedFirst && performance.now() - began < scrollMostMs; turn++) {
    await page.mouse.wheel(0, -wheelPx);
    pixels += wheelPx;
    const due = began + (turn + 1) * wheelMs - performance.now();
    if (due > 0) await page.waitForTimeout(due);
    if (turn % 60 === 0) {
      reachedFirst = await log.getByText("the first of all").count() > 0;
    }
  }
  const scrollSeconds = (performance.now() - began) / 1000;
  const tasks = (await seen(page)).tasks.slice(before);
  return {
    scrollRate: pixels / scrollSeconds,
    scrollSeconds,
    reachedFirst,
    longestTask: Math.max(0, ...tasks),
    longTasks: tasks.length,
  };
}

async function holds(session: CDPSession) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  return { heapMiB: usedSize / MiB, nodes };
}

async function type(page: Page, talker: Filler, { rate, seconds }: PageOrder) {
  const composer = page.getByRole("textbox", { name: /^Write to / });
  await composer.focus();
  const before = (await seen(page)).keys.length;
  const saying = talker.say(rate, seconds);
  let isDone = false;
  void saying.finally(() => isDone = true);
  for (let at = 0; !isDone; at++) {
    await page.keyboard.press(
      typed[at % typed.length] === " " ? "Space" : typed[at % typed.length],
    );
    await page.waitForTimeout(80);
  }
  await saying;
  const keys = (await seen(page)).keys.slice(before).toSorted((one, other) => one - other);
  return { keyMedian: percentile(keys, 50), keyP95: percentile(keys, 95), keys: keys.length };
}

/** Somebody who says much. */
class Filler implements Disposable {
  readonly #peer: Peer;
  /** Called whenever something was acknowledged. */
  readonly #onPiece: { run: () => void };

  private constructor(peer: Peer, onPiece: { run: () => void }) {
    this.#peer = peer;
    this.#onPiece = onPiece;
  }

  static async connect(port: number, user: string): Promise<Filler> {
    const onPiece = { run: () => {} };
    const peer = await Peer.connect(port, {
      onEvent: () => {},
      onPiece: () => onPiece.run(),
      onEnd: () => {},
    });
    await peer.ask({ t: "hello", v: 1, user });
    return new Filler(peer, onPiece);
  }

  /** Says so many messages, the first and the last of which can be told from the others. */
  async fill(messages: number): Promise<void> {
    const textOf = (index: number) => {
      if (index === 0) return "the first of all";
      if (index === messages - 1) return "the newest of all";
      return `message ${index}, **somewhat** like what people say `.repeat(1 + index % 4).trim();
    };
    for (let from = 0; from < messages; from += chunk) {
      const to = Math.min(from + chunk, messages);
      await this.#send(Array.from({ length: to - from }, (_, index) => textOf(from + index)));
    }
  }

  /** Says `rate` messages a second. */
  async say(rate: number, seconds: number): Promise<void> {
    const began = performance.now();
    for (let said = 0; said < rate * seconds;) {
      const due = Math.min(rate * (performance.now() - began) / 1000, rate * seconds);
      const texts = Array.from({ length: Math.floor(due) - said }, () => "and again something");
      said += texts.length;
      if (texts.length > 0) await this.#send(texts);
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Resolves when all of it is acknowledged. */
  async #send(texts: readonly string[]): Promise<void> {
    const wanted = this.#peer.acknowledged + texts.length;
    const lines = texts.map((text) => JSON.stringify({ t: "say", id: 1, room: "lobby", text }));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onPiece.run = () => this.#peer.acknowledged >= wanted && resolve();
    await this.#peer.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
    await promise;
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}
