/**
 * The last steps of building the page: what the page names gets a digest in its name, so that each
 * answer about it holds for ever, and the worker is told what this version consists of.
 */

import { join } from "@std/path";
import type { PageVersion } from "../web/worker/serving.ts";

/** What the page names, and the bundler gives plain names to. */
const named = ["app.css", "behind.css", "code.js", "thumb.js"];
/** Where the page's program begins: it only leads to the one file that has all of it. */
const programName = "app.js";
/** The worker has one name for ever: by that the browser finds a newer one. */
const workerName = "worker.js";
const indexName = "index.html";
const markLength = 16;

/** Finishes the page in `folder`, which holds all of its files. */
export async function sealPage(folder: string): Promise<void> {
  let index = await Deno.readTextFile(join(folder, indexName));
  const [, program] = /^import"\.\/([^"]+)";\s*$/.exec(
    await Deno.readTextFile(join(folder, programName)),
  ) ?? [];
  if (program === undefined) throw new Error(`${programName} is more than a way to another file`);
  await Deno.remove(join(folder, programName));
  index = index.replace(`"/${programName}"`, `"/${program}"`);
  for (const name of named) {
    const [stem, ending] = name.split(".");
    const sealed = `${stem}-${short(await hashOf(join(folder, name)))}.${ending}`;
    await Deno.rename(join(folder, name), join(folder, sealed));
    if (!index.includes(`"/${name}"`)) throw new Error(`${indexName} doesn't name ${name}`);
    index = index.replace(`"/${name}"`, `"/${sealed}"`);
  }
  const others = await Promise.all(
    [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => name !== indexName && name !== workerName).toSorted()
      .map(async (name) => [`/${name}`, await hashOf(join(folder, name))] as const),
  );
  const mark = (await textHash(index + JSON.stringify(others))).slice(0, markLength);
  index = index.replace('data-build=""', `data-build="${mark}"`);
  await Deno.writeTextFile(join(folder, indexName), index);
  const files = [["/", await textHash(index)] as const, ...others];
  const version: PageVersion = { mark, files };
  const worker = join(folder, workerName);
  const serving = await Deno.readTextFile(worker);
  await Deno.writeTextFile(worker, `self.pageVersion=${JSON.stringify(version)};\n${serving}`);
}

/** A digest as the bundler writes them into names. */
function short(sha256: string): string {
  return sha256.slice(0, 8).toUpperCase();
}

async function hashOf(path: string): Promise<string> {
  return await sha256Of(await Deno.readFile(path));
}

async function textHash(text: string): Promise<string> {
  return await sha256Of(new TextEncoder().encode(text));
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
