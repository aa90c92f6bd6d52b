/**
 * `deno task web`: makes the page in web/dist/ out of web/, unless it is there and nothing has
 * changed. `--if-possible`: where it can't be made, says so and goes on, since a server can do
 * without it.
 */

import { join, relative } from "@std/path";
import { pack } from "../lib/net/page.ts";
import { sealPage } from "./web_seal.ts";

const root = join(import.meta.dirname ?? ".", "..");
const source = join(root, "web");
/** What the page is made of beside its own folder: not what only servers and terminals need. */
const alsoFrom = ["lib", "lib/client", "lib/entry", "lib/moderation", "lib/sharing", "lib/wire"];
const alsoFiles = ["deno.json", "deno.lock", "tools/web.ts", "tools/web_seal.ts"];
const built = join(source, "dist");
/** Inside what was built: what it was built from. */
const markName = ".built";
/** Held by whoever builds. */
const lockName = ".building";
/** What is taken as it is; pictures are drawn by tools/icons.ts. */
const copied = ["index.html", "icon.svg", "manifest.webmanifest"];
const pictures = join(source, "icons");

/** What came of building. */
export interface Built {
  /** Whether it had to be made. */
  readonly isNew: boolean;
  /** Bytes that the first visit loads, compressed. */
  readonly firstLoadBytes: number;
}

/**
 * Makes the page, if need be.
 *
 * @throws {Error} with a sentence, where that fails.
 */
export async function buildPage(): Promise<Built> {
  // Tests build it side by side, and so may a server that is started twice.
  using lock = await Deno.open(join(source, lockName), { create: true, write: true });
  await lock.lock(true);
  const mark = await markOf();
  if (await readOrNothing(join(built, markName)) === mark) {
    return { isNew: false, firstLoadBytes: await firstLoadBytes(built) };
  }
  // Beside what a server may be reading; then in its place at once.
  const fresh = await Deno.makeTempDir({ dir: source, prefix: "dist-" });
  try {
    await makePage(fresh);
    await Deno.writeTextFile(join(fresh, markName), mark);
    // Whoever runs the server may be another user.
    await Deno.chmod(fresh, 0o755).catch(() => {});
    await Deno.remove(built, { recursive: true }).catch(() => {});
    await Deno.rename(fresh, built);
  } catch (error) {
    await Deno.remove(fresh, { recursive: true });
    throw error;
  }
  return { isNew: true, firstLoadBytes: await firstLoadBytes(built) };
}

/**
 * Makes the page in `folder`, whether there is one elsewhere or not; `change` may do something to it
 * before it is finished: tests make another version of it.
 *
 * @throws {Error} with a sentence, where that fails.
 */
export async function makePage(
  folder: string,
  change?: (folder: string) => Promise<void>,
): Promise<void> {
  await bundle(["--code-splitting", "--outdir", folder, "web/app.tsx"]);
  await bundle(["--output", join(folder, "worker.js"), "web/worker/worker.ts"]);
  await bundle(["--output", join(folder, "code.js"), "web/code/worker.ts"]);
  await bundle(["--output", join(folder, "thumb.js"), "web/thumbs/worker.ts"]);
  await styles(folder);
  for (const name of copied) await Deno.copyFile(join(source, name), join(folder, name));
  for (const path of filesIn(pictures)) {
    await Deno.copyFile(path, join(folder, relative(pictures, path)));
  }
  await change?.(folder);
  await sealPage(folder);
}

/** The files that the page is built anew for when they change, as paths from the project's folder. */
export function pageSources(): readonly string[] {
  const found = [
    ...alsoFrom.flatMap((folder) => [...filesIn(join(root, folder))]),
    ...filesBelow(source),
  ];
  return [...alsoFiles, ...found.map((path) => relative(root, path))].toSorted();
}

/** What tells whether anything has changed: every file's path and bytes. */
async function markOf(): Promise<string> {
  const paths = pageSources().map((path) => join(root, path));
  const parts = paths.flatMap((path) => [
    new TextEncoder().encode(`${relative(root, path)}\n`),
    Deno.readFileSync(path),
  ]);
  const all = await new Blob(parts).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all)).toHex();
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isFile && !entry.name.startsWith(".")) yield join(folder, entry.name);
  }
}

function* filesBelow(folder: string): Generator<string> {
  yield* filesIn(folder);
  for (const entry of Deno.readDirSync(folder)) {
    const isBuilt = folder === source && entry.name.startsWith("dist");
    if (entry.isDirectory && !isBuilt) yield* filesBelow(join(folder, entry.name));
  }
}

async function bundle(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "-q", "--platform", "browser", "--minify", ...args],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** What all others build on, in this order; then the others by name. */
const sheetsFirst = [
  "tokens.css",
  "base.css",
  "layout.css",
  "sidebar.css",
  "list.css",
  "messages.css",
  "composer.css",
];
/** Of views that are loaded behind the first drawing. */
const sheetsBehind = [
  "choices.css",
  "told.css",
  "people.css",
  "places.css",
  "files.css",
  "over.css",
  "settings.css",
  "account.css",
  "moderation.css",
  "text.css",
  "viewer.css",
  "phone.css",
  "access.css",
];

/** One sheet for the first drawing, and one for what is loaded behind it. */
async function styles(folder: string): Promise<void> {
  const from = join(source, "style");
  const names = [...filesIn(from)].map((path) => relative(from, path)).toSorted();
  const others = names.filter((name) => !sheetsFirst.includes(name));
  const sheets = {
    "app.css": [...sheetsFirst, ...others.filter((name) => !sheetsBehind.includes(name))],
    "behind.css": sheetsBehind,
  };
  for (const [sheet, parts] of Object.entries(sheets)) {
    const texts = await Promise.all(parts.map((name) => Deno.readTextFile(join(from, name))));
    await Deno.writeTextFile(join(folder, sheet), small(texts.join("\n")));
  }
}

/** A sheet without what only its writers need. */
function small(css: string): string {
  return css.replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([{};,]) ?/g, "$1").replaceAll(/: /g, ":").replaceAll(";}", "}");
}

/** What a browser asks for before it shows the page: not what is loaded when it is first wanted. */
async function firstLoadBytes(folder: string): Promise<number> {
  const index = await Deno.readTextFile(join(folder, "index.html"));
  const asked = index.matchAll(/<(?:script[^>]* src|link rel="stylesheet" href)="\/([^"]+)"/g);
  const names = new Set(["index.html", ...Array.from(asked, ([, name]) => name)]);
  // Names found on the way are looked at in turn.
  for (const name of names) {
    const text = await Deno.readTextFile(join(folder, name));
    if (!name.endsWith(".js")) continue;
    for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) {
      names.add(imported);
    }
  }
  const sizes = [...names].map(async (name) =>
    (await pack(await Deno.readFile(join(folder, name)))).length
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const isLenient = args.includes("--if-possible");
  try {
    const { isNew, firstLoadBytes: bytes } = await buildPage();
    const size = `${(bytes / 1000).toFixed(1)} kB compressed`;
    if (isNew) console.log(`Built the page: its first visit loads ${size}`);
    else if (!isLenient) console.log(`The page is built already: its first visit loads ${size}`);
    return 0;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`Cannot build the page: ${why}`);
    return isLenient ? 0 : 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
