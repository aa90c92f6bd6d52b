/** The page's files: read once, compressed ahead, and answered from memory. */

import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { join } from "@std/path";
import { namesTag } from "./file_headers.ts";
import type { Route, WebAnswer, WebRequest } from "./route.ts";

/** One file of the page. */
interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Where that is shorter. */
  readonly packed: Uint8Array | undefined;
  readonly etag: string;
}

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  webmanifest: "application/manifest+json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
};

/** Where the page is found at `/`, with the other files beside it. */
const start = "index.html";

/** A route for each file in `folder`; where it isn't there, one that says how to make it. */
export async function pageRoutes(folder: string): Promise<readonly Route[]> {
  const files = await readFiles(folder);
  if (!files.some(({ name }) => name === start)) return [unbuilt];
  return files.map((file) => ({
    method: "GET",
    pattern: file.name === start ? "/" : `/${file.name}`,
    run: (_core, request) => Promise.resolve(fileAnswer(file, request)),
  }));
}

const unbuilt: Route = {
  method: "GET",
  pattern: "/",
  run: () =>
    Promise.resolve({
      status: 503,
      body: "The page isn't built: run `deno task web`, then start the server again.\n",
    }),
};

function fileAnswer(file: PageFile, { headers }: WebRequest): WebAnswer {
  const { etag, type, packed, bytes } = file;
  const common = { etag, "cache-control": caching(file.name), vary: "accept-encoding" };
  if (namesTag(headers["if-none-match"], etag)) return { status: 304, headers: common };
  const takesGzip = /(^|[\s,])gzip\s*(,|$|;\s*q=(1|0\.0*[1-9]))/i.test(
    headers["accept-encoding"] ?? "",
  );
  if (!packed || !takesGzip) {
    return { status: 200, headers: { ...common, "content-type": type }, body: bytes };
  }
  return {
    status: 200,
    headers: { ...common, "content-type": type, "content-encoding": "gzip" },
    body: packed,
  };
}

/** What has a digest in its name never changes; of the rest the browser asks whether it has. */
function caching(name: string): string {
  return /-[A-Z0-9]{8}\.\w+$/.test(name) ? "private, max-age=31536000, immutable" : "no-cache";
}

async function readFiles(folder: string): Promise<readonly PageFile[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      // What begins with a dot is the build's own.
      if (entry.isFile && !entry.name.startsWith(".")) names.push(entry.name);
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return await Promise.all(names.map((name) => readPageFile(folder, name)));
}

/** As small as gzip makes it: that is done once. */
export async function pack(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await promisify(gzip)(bytes, { level: 9 }));
}

async function readPageFile(folder: string, name: string): Promise<PageFile> {
  const bytes = await Deno.readFile(join(folder, name));
  const packed = await pack(bytes);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return {
    name,
    type: types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
    bytes,
    packed: packed.length < bytes.length ? packed : undefined,
    etag: `"${hash.subarray(0, 16).toHex()}"`,
  };
}
