/** `deno task gui`, from its form to the first message. */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { type Browser, chromium } from "playwright-core";
import { pathOf } from "../../tools/programs.ts";
import { pageTest as test } from "../helpers/browser.ts";
import { root } from "../helpers/client_program.ts";
import { barrierMs } from "../helpers/patience.ts";

const answerMs = 10_000;

/** A chromium that needs no screen, and can be looked into; the folder that it is in. */
async function blindChromium(folder: string): Promise<string> {
  const programs = join(folder, "programs");
  await Deno.mkdir(programs);
  const flags = "--headless --no-sandbox --remote-debugging-port=0 --disable-gpu";
  const script = `#!/bin/sh\nexec '${pathOf("chromium")}' ${flags} "$@"\n`;
  await Deno.writeTextFile(join(programs, "chromium"), script, { mode: 0o755 });
  return programs;
}

/** Where a browser with this profile can be looked into, once it says so. */
async function debuggedAt(profile: string): Promise<string> {
  const end = Date.now() + barrierMs;
  for (;;) {
    const text = await Deno.readTextFile(join(profile, "DevToolsActivePort")).catch(() => "");
    const [port, path] = text.split("\n");
    if (path) return `ws://127.0.0.1:${port}${path}`;
    if (Date.now() > end) throw new Error(`No browser has the profile ${profile}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The browser behind that address; one that comes up doesn't answer everybody who asks early. */
async function lookedInto(address: string, tries = 3): Promise<Browser> {
  try {
    return await chromium.connectOverCDP(address, { timeout: answerMs });
  } catch (error) {
    if (tries === 1) throw error;
    return await lookedInto(address, tries - 1);
  }
}

test("gui opens the page in a window, whose form leads to the first message", async (scene) => {
  const server = await scene.startWeb();
  const bob = await scene.enter("Bob");
  const home = join(server.folder, "window");
  await Deno.mkdir(home);
  const programs = await blindChromium(server.folder);
  const grants = ["-P=gui", `--allow-write=${join(home, ".parley")}`];
  const window = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", `--config=${join(root, "deno.json")}`, ...grants],
      ...[join(root, "gui.ts"), "--host", "127.0.0.1", "--port", String(server.webPort)],
    ],
    cwd: home,
    env: { PATH: programs, DISPLAY: ":0", NO_COLOR: "1" },
    stdout: "null",
  }).spawn();
  try {
    const browser = await lookedInto(await debuggedAt(join(home, ".parley/gui")));
    const [context] = browser.contexts();
    context.setDefaultTimeout(barrierMs);
    const page = context.pages()[0] ?? await context.waitForEvent("page");
    await page.getByText("another server").click();
    const fields = ["Address", "Port"].map((label) => page.getByLabel(label).inputValue());
    assertEquals(await Promise.all(fields), ["127.0.0.1", String(server.webPort)]);
    await page.getByLabel("Your name").fill("Alice");
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("textbox", { name: /^Write to / }).fill("hello from the window");
    await page.keyboard.press("Enter");
    await bob.sees("Alice: hello from the window");
    // The window closes, and with it the program that has opened it.
    const closing = await browser.newBrowserCDPSession();
    await closing.send("Browser.close").catch(() => {});
    assertEquals((await window.status).code, 0);
  } finally {
    try {
      window.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
});
