/** The worker's part of the page, without a browser. */

import { assertEquals, assertRejects } from "@std/assert";
import {
  dropVersions,
  keepVersion,
  type PageVersion,
  serve,
  type WorkerPlace,
} from "../../web/worker/serving.ts";

const origin = "https://chat.test";

/** What a browser keeps, by name and path. */
class MemoryCaches {
  readonly all = new Map<string, Map<string, Response>>();

  open(name: string) {
    const files = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, files);
    return Promise.resolve({
      put: (path: string, answer: Response) => Promise.resolve(void files.set(path, answer)),
      match: (path: string) => Promise.resolve(files.get(path)?.clone()),
    } as unknown as Cache);
  }

  keys(): Promise<string[]> {
    return Promise.resolve([...this.all.keys()]);
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.all.delete(name));
  }

  match(asked: RequestInfo | URL): Promise<Response | undefined> {
    const found = [...this.all.values()].find((files) => files.has(String(asked)));
    return Promise.resolve(found?.get(String(asked))?.clone());
  }
}

/** A worker of some version, and a server with files of another or the same. */
class Place implements WorkerPlace {
  readonly origin: string = origin;
  readonly caches: MemoryCaches;
  readonly version: PageVersion;
  /** By path; `undefined`: the network is away. */
  server: Readonly<Record<string, string>> | undefined;
  status = 200;
  /** Whether the network only keeps one waiting. */
  isSlow = false;
  readonly asked: string[] = [];

  private constructor(version: PageVersion, caches: MemoryCaches) {
    this.version = version;
    this.caches = caches;
  }

  static async of(
    mark: string,
    files: Readonly<Record<string, string>>,
    caches: MemoryCaches = new MemoryCaches(),
  ): Promise<Place> {
    const hashes = Object.entries(files).map(async ([path, text]) => {
      const bytes = new TextEncoder().encode(text);
      return [path, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()] as const;
    });
    const place = new Place({ mark, files: await Promise.all(hashes) }, caches);
    place.server = files;
    return place;
  }

  fetch(asked: { readonly url: string } | string): Promise<Response> {
    const path = typeof asked === "string" ? asked : new URL(asked.url).pathname;
    this.asked.push(path);
    if (this.server === undefined) return Promise.reject(new TypeError("Failed to fetch"));
    if (this.isSlow) return new Promise(() => {});
    const text = this.server[path];
    const status = text === undefined ? 404 : this.status;
    return Promise.resolve(new Response(text ?? "", { status }));
  }

  pause(): Promise<void> {
    return this.isSlow ? Promise.resolve() : new Promise(() => {});
  }

  /** What the page gets; `undefined` where the worker leaves it alone. */
  async get(path: string, mode: RequestMode = "cors", method = "GET") {
    const url = path.startsWith("/") ? origin + path : path;
    const answer = await serve({ method, mode, url }, this);
    return answer && await answer.text();
  }
}

const one = {
  "/": "page one",
  "/app-AAAAAAA1.js": "app one",
  "/same-SSSSSSSS.js": "same",
  "/icon.svg": "icon one",
};
const two = {
  "/": "page two",
  "/app-AAAAAAA2.js": "app two",
  "/same-SSSSSSSS.js": "same",
  "/icon.svg": "icon two",
};

Deno.test("with a network the page is the server's, however whole an older one is kept", async () => {
  const place = await Place.of("1", one);
  await keepVersion(place);
  place.server = two;
  assertEquals(await place.get("/", "navigate"), "page two");
  assertEquals(await place.get("/icon.svg"), "icon two");
  assertEquals(await place.get("/app-AAAAAAA2.js"), "app two");
});

Deno.test("without a network the last whole version opens, with all of its files", async () => {
  const place = await Place.of("1", one);
  await keepVersion(place);
  place.server = undefined;
  assertEquals(await place.get("/", "navigate"), "page one");
  for (const [path, text] of Object.entries(one).slice(1)) {
    assertEquals(await place.get(path), text);
  }
});

Deno.test("a server that is away behind a proxy, or never answers, is as good as none", async () => {
  const place = await Place.of("1", one);
  await keepVersion(place);
  place.server = two;
  place.status = 502;
  assertEquals(await place.get("/", "navigate"), "page one");
  place.status = 200;
  place.isSlow = true;
  assertEquals(await place.get("/", "navigate"), "page one");
});

Deno.test("what has a digest in its name isn't asked for again", async () => {
  const place = await Place.of("1", one);
  await keepVersion(place);
  place.asked.length = 0;
  assertEquals(await place.get("/app-AAAAAAA1.js"), "app one");
  assertEquals(place.asked, []);
});

Deno.test("a version is kept whole or not at all", async () => {
  // A server that was restarted with another build in the middle, and one that lacks a file.
  for (const server of [{ ...one, "/": "page two" }, { ...one, "/icon.svg": "icon two" }, two]) {
    const place = await Place.of("1", one);
    place.server = server;
    await assertRejects(() => keepVersion(place), Error, "isn't what was built");
    assertEquals(place.caches.all.size, 0);
  }
});

Deno.test("of a newer version only what changed is fetched, and tabs keep the older one's files", async () => {
  const before = await Place.of("1", one);
  await keepVersion(before);
  const place = await Place.of("2", two, before.caches);
  await keepVersion(place);
  assertEquals(place.asked.toSorted(), ["/", "/app-AAAAAAA2.js", "/icon.svg"]);
  await dropVersions(place);
  assertEquals(await place.get("/app-AAAAAAA1.js"), "app one");
  place.server = undefined;
  assertEquals(await place.get("/", "navigate"), "page two");
});

Deno.test("three versions are kept at most, and never less than the worker's own", async () => {
  const caches = new MemoryCaches();
  caches.all.set("somebody else's", new Map());
  for (let at = 1; at <= 5; at++) {
    const place = await Place.of(String(at), one, caches);
    await keepVersion(place);
    await dropVersions(place);
  }
  assertEquals([...caches.all.keys()], ["somebody else's", "page 3", "page 4", "page 5"]);
});

Deno.test("what isn't the page's own goes its usual way", async () => {
  const place = await Place.of("1", one);
  await keepVersion(place);
  place.asked.length = 0;
  const others = ["/files/f1/picture-ABCDEFGH.png", "/session", "/healthz", "/worker.js", "/ws"];
  for (const path of others) assertEquals(await place.get(path), undefined, path);
  assertEquals(await place.get("/files/f1/a.html", "navigate"), undefined);
  // Asked for by the page itself, which compares it with its own.
  assertEquals(await place.get("/"), undefined);
  assertEquals(await place.get("/app-AAAAAAA1.js", "cors", "POST"), undefined);
  assertEquals(await place.get("https://other.test/app-AAAAAAA1.js"), undefined);
  assertEquals(place.asked, []);
});
