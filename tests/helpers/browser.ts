/** People at the page: a real browser, a profile of its own for each of them. */

import { assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { pathOf } from "../../tools/programs.ts";
import { buildPage } from "../../tools/web.ts";
import { startHere } from "./client_here.ts";
import { clientCommand } from "./client_program.ts";
import { type InProcessOptions, InProcessServer } from "./in_process_server.ts";
import { isMissing } from "./needs.ts";
import { barrierMs, wholeTestMs } from "./patience.ts";
import type { RealServer } from "./real_server.ts";
import { type Machine, type Running, Scene } from "./scene.ts";

/** What a visitor's browser may have otherwise. */
export interface VisitorOptions extends
  Pick<
    BrowserContextOptions,
    "viewport" | "colorScheme" | "reducedMotion" | "isMobile" | "hasTouch"
  > {
  /** Where the page is, in the place of the server's own port: a line in between. */
  readonly port?: number;
  /** The name that it is reached by; whatever ends with `.test` is this machine. */
  readonly host?: string;
}

/** Which browser a test takes. */
export interface BrowserChoice {
  /**
   * The one that people have, with notifications, a viewer for PDF and windows. The others take its
   * part without any of these, where it is installed: it comes up four times as fast.
   */
  readonly isWhole: boolean;
}

/** How long what stands on everybody's page may take to be read. */
const describeMs = 10_000;

/** What a file's tests share: the page, and browsers, where each visitor has a profile of its own. */
class Shared implements AsyncDisposable {
  #built: Promise<unknown> | undefined;
  readonly #running = new Map<string | undefined, Promise<Browser>>();

  /** Resolves when the page is built as it is in the sources. */
  async build(): Promise<void> {
    await (this.#built ??= buildPage());
  }

  /** A browser of this choice, which is started where none runs. */
  browser({ isWhole }: BrowserChoice): Promise<Browser> {
    const light = isWhole ? undefined : pathOf("chromium-headless-shell");
    const executablePath = light ?? pathOf("chromium");
    const running = this.#running.get(executablePath) ?? chromium.launch({
      ...executablePath !== undefined && { executablePath },
      args: ["--host-resolver-rules=MAP *.test 127.0.0.1"],
      timeout: barrierMs,
    });
    this.#running.set(executablePath, running);
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map(async (browser) => (await browser).close()));
  }
}

const shared = new Shared();

/** A scene with people at the page. */
export class PageScene extends Scene {
  readonly #choice: BrowserChoice;
  readonly #visitors: Visitor[] = [];
  #hasWorkers = true;

  constructor(choice: BrowserChoice) {
    super();
    this.#choice = choice;
  }

  /** Starts a server that serves the page, as it is in the sources, as a process of its own. */
  async startWeb(args: readonly string[] = []): Promise<RealServer> {
    await shared.build();
    return await this.start(args, { web: true });
  }

  /**
   * The same for one in the test's process. Nor do visitors get what else takes a process: the page's
   * worker, which keeps it for when there is no network.
   */
  async startInProcess(options: InProcessOptions = {}): Promise<InProcessServer> {
    this.#hasWorkers = false;
    await shared.build();
    return this.around(await InProcessServer.start(options));
  }

  /** Terminals are in the test's process: how the page gets on with one is a test of its own. */
  protected override terminal(there: Machine, args: readonly string[]): Running {
    return startHere(clientCommand(there, ...args));
  }

  /** The page's address. */
  get url(): string {
    return `http://127.0.0.1:${this.server.webPort}/`;
  }

  /** Somebody with a browser that was never here. */
  async visitor(
    { port = this.server.webPort, host = "127.0.0.1", ...options }: VisitorOptions = {},
  ): Promise<Visitor> {
    const browser = await shared.browser(this.#choice);
    const context = await browser.newContext({
      viewport: { width: 1200, height: 800 },
      reducedMotion: "reduce",
      serviceWorkers: this.#hasWorkers ? "allow" : "block",
      ...options,
    });
    context.setDefaultTimeout(barrierMs);
    const visitor = new Visitor(context, await context.newPage(), `http://${host}:${port}/`);
    this.#visitors.push(visitor);
    return visitor;
  }

  /** Checks what holds whatever a test does. */
  requireClean(): void {
    for (const visitor of this.#visitors) visitor.requireClean();
  }

  /** What stands on everybody's page, and what it complained of: for whoever looks for a fault. */
  async describe(): Promise<string> {
    const all = this.#visitors.map(async ({ page, complaints }) => {
      const text = await page.locator("body").innerText({ timeout: 1000 }).catch(String);
      const focused = await page.locator(":focus").evaluateAll(([element]) => element?.outerHTML)
        .catch(String);
      return [page.url(), text, `Focused: ${focused?.slice(0, 200)}`, ...complaints].join("\n");
    });
    return (await Promise.all(all)).join("\n\n");
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#visitors.map(({ context }) => context.close()));
    await super[Symbol.asyncDispose]();
  }
}

/** Somebody at the page. */
export class Visitor {
  readonly context: BrowserContext;
  /** The tab that is looked at. */
  page: Page;
  /** What the page complained of: errors, and everything that its own policy forbade. */
  readonly complaints: string[] = [];
  /** What was asked of any other host than the page's. */
  readonly strangers: string[] = [];
  readonly #url: string;

  constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context;
    this.page = page;
    this.#url = url;
    // From the beginning: a key that opens one may be faster than whoever begins to wait for it.
    page.on("filechooser", () => {});
    context.on("weberror", (error) => this.complaints.push(String(error.error().stack)));
    context.on("console", (message) => {
      const { url } = message.location();
      if (message.type() === "error") this.complaints.push(`${message.text()} (${url})`);
    });
    context.on("request", (request) => {
      if (/^(https?|wss?|ftp):/.test(request.url()) && new URL(request.url()).host !== this.host) {
        this.strangers.push(request.url());
      }
    });
  }

  /** The page's host and port. */
  get host(): string {
    return new URL(this.#url).host;
  }

  /** Opens the page, and fills in the form of the first visit. */
  async enter(name: string): Promise<void> {
    await this.page.goto(this.#url);
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByRole("button", { name: "Connect" }).click();
    await this.isConnected();
  }

  /** Opens the page in another tab; whoever was here before is known. */
  async comeBack(): Promise<void> {
    this.page = await this.context.newPage();
    await this.page.goto(this.#url);
    await this.isConnected();
  }

  /** Resolves when one can write. */
  async isConnected(): Promise<void> {
    await this.composer.waitFor();
  }

  /** Where one writes. */
  get composer() {
    return this.page.getByRole("textbox", { name: /^Write to / });
  }

  /** What was said in the conversation in front. */
  get log() {
    return this.page.getByRole("log");
  }

  /** Writes something and sends it. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Resolves when `text` stands among the messages. */
  async sees(text: string | RegExp): Promise<void> {
    await this.log.getByText(text).first().waitFor();
  }

  /** The message that has `text` in it. */
  message(text: string | RegExp) {
    return this.log.locator(".message").filter({ hasText: text }).last();
  }

  /** Turns to a conversation or a place by its name at the side. */
  async turnTo(name: string | RegExp): Promise<void> {
    await this.page.getByRole("navigation").getByRole("button", { name }).click();
  }

  /** Resolves when a conversation is in front: `#kitchen`, `@Bob`. */
  async isAt(name: string): Promise<void> {
    await this.page.locator(".head-name", { hasText: new RegExp(`^${name}`) }).waitFor();
  }

  /** Presses one of the buttons that a message has when it is pointed at. */
  async press(message: string, button: string): Promise<void> {
    await this.message(message).hover();
    await this.message(message).getByRole("button", { name: button, exact: true }).click();
  }

  /** Sends files to the conversation in front, with the button for that. */
  async send(...paths: readonly string[]): Promise<void> {
    const choosing = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Send files" }).first().click();
    // Where fingers are used it is asked first from where.
    const isAsked = await this.page.evaluate<boolean>("matchMedia('(pointer: coarse)').matches");
    if (isAsked) await this.page.getByText("Pictures and files").click();
    await (await choosing).setFiles([...paths]);
  }

  /** The path of a file that the browser saves when its button is pressed. */
  async download(name: string): Promise<string> {
    const saving = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: `Download ${name}` }).first().click();
    const download = await saving;
    assertEquals(download.suggestedFilename(), name);
    return await download.path();
  }

  /** That nothing failed on the page, and nothing was asked of anybody else. */
  requireClean(): void {
    assertEquals(this.strangers, [], "The page asked another host");
    // What the browser says of a server that is away, which some tests see to, and of plain http.
    const usual = new RegExp(
      "ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|WebSocket|fetching the script|" +
        "Cross-Origin-Opener-Policy header has been ignored",
    );
    assertEquals(this.complaints.filter((text) => !usual.test(text)), [], "The page complained");
  }
}

Deno.test.afterAll(() => shared[Symbol.asyncDispose]());

/** What a test of the page may want otherwise. */
type PageTestOptions = { readonly wholeMs?: number } & Partial<BrowserChoice>;

/** Registers a test that plays in a scene with browsers; skipped, visibly, where there is none. */
export function pageTest(
  name: string,
  run: (scene: PageScene) => Promise<void>,
  { wholeMs = wholeTestMs, isWhole = false }: PageTestOptions = {},
): void {
  Deno.test({
    name,
    ignore: isMissing("chromium"),
    fn: async () => {
      await using scene = new PageScene({ isWhole });
      await play(scene, () => run(scene), wholeMs);
    },
  });
}

/**
 * The same for cases that share a scene, one after the other: people come once for all of them, as
 * coming is most of what a case costs. `open` lets them come, and resolves what gives each case its
 * own: a room that nobody was in before.
 */
export function pageCases<There>(
  name: string,
  open: (scene: PageScene) => Promise<(number: number) => Promise<There>>,
  { wholeMs = wholeTestMs, isWhole = false }: PageTestOptions = {},
): (name: string, run: (there: There) => Promise<void>) => void {
  const cases: { readonly name: string; run(there: There): Promise<void> }[] = [];
  Deno.test({
    name,
    ignore: isMissing("chromium"),
    fn: async (test) => {
      await using scene = new PageScene({ isWhole });
      const next = await deadline(open(scene), wholeMs);
      for (const [index, each] of cases.entries()) {
        const run = async () => await each.run(await next(index + 1));
        await test.step(each.name, () => play(scene, run, wholeMs));
      }
    },
  });
  return (name, run) => void cases.push({ name, run });
}

/** Plays to the end, tells what was on everybody's page where it fails, and what holds in any case. */
async function play(scene: PageScene, run: () => Promise<void>, wholeMs: number): Promise<void> {
  try {
    await deadline(run(), wholeMs);
  } catch (error) {
    // A page that hangs can't be asked.
    console.log(await deadline(scene.describe(), describeMs).catch(String));
    throw error;
  }
  scene.requireClean();
}
