/** What others write, name and share, against whoever looks at it on the page. */

import { assertEquals, assertMatch } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { type PageScene, pageTest as test, type Visitor } from "../helpers/browser.ts";
import { Place } from "../helpers/web_place.ts";

/** Whatever of this runs calls `pwned`, or asks evil.example for something. */
const scripts: readonly string[] = [
  "<script>pwned()</script>",
  "<img src=x onerror=pwned()>",
  "<svg onload=pwned()>",
  "<iframe src=javascript:pwned()>",
  "<style>@import 'http://evil.example/x.css'</style>",
  "<a href=javascript:pwned()>x</a>",
  "<base href=http://evil.example/>",
  "[x](javascript:pwned())",
  "[x](JaVaScRiPt:pwned())",
  "[x]( javascript:pwned())",
  "[x](java\tscript:pwned())",
  "[x](&#106;avascript:pwned())",
  "[x](data:text/html,<script>pwned()</script>)",
  "[x](vbscript:pwned())",
  "[x](blob:http://evil.example/x)",
  "[x](//evil.example)",
  "[x](/session)",
  "[x](https://evil.example\u0022onmouseover=\u0022pwned())",
  "![x](http://evil.example/x.png)",
  "<http://evil.example/x.png>",
  "<javascript:pwned()>",
  "javascript:pwned()",
  "[javascript:pwned()](javascript:pwned())",
  "[![x](http://evil.example/x.png)](http://evil.example)",
  "[x]: javascript:pwned()\n[x]",
  "```html\n<script>pwned()</script>\n```",
  "```js\npwned(`${pwned()}`) // <img src=x onerror=pwned()>\n```",
  "```<img src=x onerror=pwned()>\nx\n```",
  "| <script>pwned()</script> | b |\n|-|-|\n| [x](javascript:pwned()) | ![x](http://evil.example/x.png) |",
  "||<script>pwned()</script> [x](javascript:pwned())||",
  "- [x] <script>pwned()</script>",
  "`<img src=x onerror=pwned()>`",
  "> <script>pwned()</script>\n- <script>pwned()</script>",
  "\u202e\u2066\u200f<script>pwned()</script>",
  "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢".repeat(50),
  "{{constructor.constructor('pwned()')()}}",
  "${pwned()}",
];

/** Texts on which a careless parser spends its time. */
const long: readonly string[] = [
  ...[
    "[",
    "*",
    "_a",
    "`",
    ">",
    "![",
    "](",
    "~~",
    "- ",
    "@a",
    "\\",
    "|",
    "||a",
    "|a\n|-\n",
    "|-|\n",
  ],
  ...["- [x] ", `${"|a".repeat(50)}\n${"|-".repeat(50)}\n`],
].map((piece) => piece.repeat(Math.floor(limits.textBytesMax / piece.length)));

/** What no text may put into the page. */
const forbidden =
  "script, iframe, object, embed, link, style, base, form, img, [onclick], [onerror]";

/** That nothing has run, and that every link leads where links may. */
async function requireHarmless(visitor: Visitor): Promise<void> {
  const inLog = `document.querySelector('[role="log"]')`;
  assertEquals(await visitor.page.evaluate("globalThis.wasPwned === true"), false);
  assertEquals(await visitor.page.evaluate(`${inLog}.querySelectorAll('${forbidden}').length`), 0);
  const targets = await visitor.page.evaluate(
    `[...${inLog}.querySelectorAll("a")].map((link) => link.href)`,
  );
  for (const target of targets as string[]) assertMatch(target, /^(https?|mailto):/);
}

async function watching(scene: PageScene): Promise<Visitor> {
  const alice = await scene.visitor();
  await alice.context.addInitScript("globalThis.pwned = () => globalThis.wasPwned = true;");
  alice.context.on("dialog", (dialog) => void alice.complaints.push(dialog.message()));
  await alice.enter("Alice");
  return alice;
}

test("texts, topics, reasons and reactions are text, whatever is in them", async (scene) => {
  const server = await scene.startInProcess();
  const alice = await watching(scene);
  await alice.say("/join kitchen");
  await alice.isAt("#kitchen");
  const mallory = await server.join("Mallory");
  await mallory.ok({ t: "join", room: "kitchen" });
  for (const [index, text] of scripts.entries()) {
    const { seq } = await mallory.ok({
      t: "say",
      room: "kitchen",
      text: `${text}\nnumber ${index}.`,
    });
    await mallory.ask({ t: "react", room: "kitchen", seq, emoji: text.slice(0, 8) });
    const topic = text.replaceAll(/[\n\t]/g, " ").slice(0, 200);
    await mallory.ok({ t: "topic", room: "kitchen", topic });
    await alice.sees(`number ${index}.`);
    await requireHarmless(alice);
  }
  await mallory.ok({ t: "away", text: scripts[1] });
  await alice.page.getByText(scripts[1]).last().waitFor();
  await requireHarmless(alice);
});

test("texts that are made to be slow to read don't hold up the page", async (scene) => {
  const server = await scene.startInProcess();
  const alice = await watching(scene);
  const mallory = await server.join("Mallory");
  for (const text of long) await mallory.ok({ t: "say", room: "lobby", text });
  await mallory.ok({ t: "say", room: "lobby", text: "that was all" });
  const began = performance.now();
  await alice.sees("that was all");
  const seconds = (performance.now() - began) / 1000;
  assertEquals(seconds < 5, true, `It took ${seconds.toFixed(1)} s`);
  await requireHarmless(alice);
});

test("code that is made to be slow to colour holds up nobody, and other code is coloured", async (scene) => {
  const server = await scene.startInProcess();
  const alice = await watching(scene);
  const mallory = await server.join("Mallory");
  // Each of its openings is looked through to the end; what is shown of it takes seconds.
  await mallory.ok({ t: "say", room: "lobby", text: `\`\`\`md\n${"[a](".repeat(4000)}\n\`\`\`` });
  await mallory.ok({ t: "say", room: "lobby", text: "```ts\nlet b = 1;\n```" });
  await alice.log.locator(".code-keyword", { hasText: "let" }).waitFor();
  await alice.message("Markdown").getByRole("button", { name: "Show all of it" }).click();
  await alice.page.evaluate(
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
  );
  await mallory.ok({ t: "say", room: "lobby", text: "```ts\nconst a = 1;\n```" });
  await alice.say("still here");
  await alice.sees("still here");
  await alice.log.locator(".code-keyword", { hasText: "const" }).waitFor();
  assertEquals(await alice.message("Markdown").locator("pre span").count(), 0);
});

test("a file's name is text, and one that may hold scripts isn't shown in place", async (scene) => {
  const server = await scene.startWeb(["--preset", "bench"]);
  const alice = await watching(scene);
  const place = await Place.of(server, "Mallory");
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" onload="pwned()"><script>pwned()</script></svg>';
  const html = "<script>pwned(); fetch('http://evil.example/')</script>";
  const files: readonly [string, string, string][] = [
    ["<img src=x onerror=pwned()>.bin", "application/octet-stream", "x"],
    ["picture.svg", "image/svg+xml", svg],
    ["picture.png", "image/svg+xml", svg],
    ["page.html", "text/html", html],
    ["page.txt", "text/html", html],
    ["\u202egnp.exe", "image/png", "x"],
  ];
  for (const [name, type, body] of files) {
    const path = await place.put(name, body, type);
    const tab = await alice.context.newPage();
    // What is saved isn't gone to, and the browser says that as an error.
    await tab.goto(`${scene.url}${path.slice(1)}?inline`).catch(() => {});
    assertEquals(await tab.evaluate("globalThis.wasPwned === true"), false, name);
    await tab.close();
  }
  await alice.log.locator(".file-card").nth(files.length - 1).waitFor();
  assertEquals(await alice.page.evaluate("globalThis.wasPwned === true"), false);
  const shown = await alice.page.evaluate(
    "[...document.querySelectorAll('img')].map((image) => image.src).filter((src) => /svg/.test(src))",
  );
  assertEquals((shown as string[]).filter((src) => !src.endsWith("/icon.svg")), []);
  // A picture that is none is no fault of the page's.
  alice.complaints.length = 0;
});
