/**
 * Measures the page in a real browser, against a room with many messages: how fast it opens, whether
 * scrolling to the first message is smooth, what it holds then, and how fast typing is while much is
 * said.
 */

import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { pathOf } from "../../tools/programs.ts";
import { buildPage } from "../../tools/web.ts";
import { startWithPage } from "../contestant.ts";
import { percentile } from "../statistics.ts";
import { Filler } from "./filler.ts";
import { seen, watching } from "./sight.ts";
import { type TableRow, tableText } from "./table.ts";
import { lookWide, type WideFigures, type WideOrder, wideTable } from "./wide.ts";

/** What is measured with. */
export interface PageOrder {
  /** Messages in the room. */
  readonly messages: number;
  /** Messages a second that come in while somebody types. */
  readonly rate: number;
  /** How long that goes on, in seconds. */
  readonly seconds: number;
  /** The folder for the servers' data; `undefined`: the system's for temporary files. */
  readonly data: string | undefined;
  readonly wide: WideOrder;
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
  /** A load with nothing in the browser's cache: how much of what was drawn moved, and when. */
  readonly cold: ColdFigures;
  readonly wide: WideFigures;
}

/** What a first load of a full room came to. Times are in milliseconds. */
export interface ColdFigures {
  /** All layout shifts together, as browsers count them. */
  readonly shift: number;
  readonly firstPaint: number;
  readonly firstContent: number;
  readonly open: number;
}

const MiB = 1024 * 1024;
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
  const browser = await chromium.launch({ executablePath: path });
  try {
    const full = await lookFull(browser, order);
    return { ...full, wide: await lookWide(browser, order.wide, order.data) };
  } finally {
    await browser.close();
  }
}

async function lookFull(browser: Browser, order: PageOrder) {
  await using server = await startWithPage({ data: order.data, pin: false });
  {
    using filler = await Filler.connect(server.port, "Filler");
    await filler.fill(order.messages);
  }
  return await look(browser, server, order);
}

/** The figures with what they mean and what they are to be, a line each. */
export function pageTable(figures: PageFigures): string {
  const { open, scrollRate, scrollSeconds, longTasks, longestTask, heapMiB, nodes } = figures;
  const { shift, firstPaint, firstContent } = figures.cold;
  const rate = Math.round(scrollRate).toLocaleString("en");
  const rows: readonly TableRow[] = [
    ["from load to the newest message, ms", open.toFixed(0), "< 1500", open < 1500],
    [
      "scrolled to the first message",
      figures.reachedFirst ? "yes" : "no",
      "yes",
      figures.reachedFirst,
    ],
    ["  pixels a second, for seconds", `${rate}, ${scrollSeconds.toFixed(0)}`],
    [
      "  tasks over 50 ms, the longest, ms",
      `${longTasks}, ${longestTask.toFixed(0)}`,
      "0",
      longTasks === 0,
    ],
    ["heap after a collection, MiB", heapMiB.toFixed(1), "< 60", heapMiB < 60],
    ["DOM nodes", String(nodes), "< 3000", nodes < 3000],
    [
      "from a key to the screen, p50 and p95, ms",
      `${figures.keyMedian.toFixed(1)}, ${figures.keyP95.toFixed(1)} (${figures.keys})`,
      "< 50",
      figures.keyP95 < 50,
    ],
    ["a cold load: layout shift", shift.toFixed(4), "< 0.05", shift < 0.05],
    [
      "  first paint, first content, ms",
      `${firstPaint.toFixed(0)}, ${firstContent.toFixed(0)}`,
      "< 1000",
      firstContent < 1000,
    ],
    ["  newest message there, ms", figures.cold.open.toFixed(0)],
    ...wideTable(figures.wide),
  ];
  return tableText(rows);
}

async function look(
  browser: Browser,
  { url, port }: { readonly url: string; readonly port: number },
  order: PageOrder,
) {
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
  const cold = await loadCold(browser, page, url);
  const scrolled = await scroll(page);
  const session = await page.context().newCDPSession(page);
  const held = await holds(session);
  await page.reload();
  await opened(page);
  // Whoever is silent for as long as scrolling takes is sent away.
  using talker = await Filler.connect(port, "Talker");
  const keys = await type(page, talker, order);
  return { open, cold, ...scrolled, ...held, ...keys };
}

/** When the newest message was there. */
async function opened(page: Page): Promise<number> {
  await page.waitForFunction("seen.openAt !== undefined");
  return (await seen(page)).openAt ?? 0;
}

/** The same person in a browser that has nothing of the page but its login. */
async function loadCold(browser: Browser, known: Page, url: string): Promise<ColdFigures> {
  const storageState = await known.context().storageState();
  const viewport = { width: 1200, height: 800 };
  const context = await browser.newContext({ viewport, bypassCSP: true, storageState });
  try {
    const page = await context.newPage();
    await page.addInitScript(watching);
    await page.goto(url);
    const open = await opened(page);
    // What is loaded behind the first drawing may move what is there, too.
    await page.waitForLoadState("networkidle");
    const { shift, firstPaint = NaN, firstContent = NaN } = await seen(page);
    return { open, shift, firstPaint, firstContent };
  } finally {
    await context.close();
  }
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
