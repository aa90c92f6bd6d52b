import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { pageRoutes } from "../../lib/net/page.ts";
import { rawRequest } from "../helpers/raw_http.ts";
import { WebScene } from "../helpers/web_scene.ts";

const script = "console.log('parley');\n".repeat(500);

/** A page of these files, behind a web port. */
async function served(
  files: Readonly<Record<string, string>>,
  run: (scene: WebScene) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(folder, name), text);
    }
    await using scene = await WebScene.start(await pageRoutes(folder));
    await run(scene);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const page = { "index.html": "<!doctype html>", "app.js": script, ".sources": "hash" };

Deno.test("the page is at /, its files beside it, each with its type", async () => {
  await served(page, async (scene) => {
    const start = await scene.ask("/");
    assertEquals([start.status, start.text], [200, "<!doctype html>"]);
    assertEquals(start.headers.get("content-type"), "text/html; charset=utf-8");
    const app = await scene.ask("/app.js");
    assertEquals(app.text, script);
    assertEquals(app.headers.get("content-type"), "text/javascript; charset=utf-8");
    for (const path of ["/index.html", "/.sources", "/../deno.json", "/%2e%2e/deno.json"]) {
      assertEquals((await rawRequest(scene.port, `GET ${path}`)).status, 404, path);
    }
  });
});

Deno.test("a file of the page is compressed for those who take that", async () => {
  await served(page, async ({ port }) => {
    const get = (accept: string) =>
      rawRequest(port, "GET /app.js", { headers: { "Accept-Encoding": accept } });
    for (const accept of ["gzip", "br, gzip", "deflate;q=0.5, gzip;q=0.1", "GZIP"]) {
      const answer = await get(accept);
      assertEquals(answer.headers["content-encoding"], "gzip", accept);
      assert(Number(answer.headers["content-length"]) < script.length / 10);
      assertEquals(answer.headers.vary, "accept-encoding");
    }
    for (const accept of ["", "identity", "gzip;q=0", "gzip;q=0.0", "x-gzip-not"]) {
      assertEquals((await get(accept)).headers["content-encoding"], undefined, accept);
    }
  });
});

Deno.test("a file that the browser has is not sent again", async () => {
  await served(page, async (scene) => {
    const etag = (await scene.ask("/app.js")).headers.get("etag") ?? "";
    for (const tags of [etag, `"other", W/${etag}`, "*"]) {
      const again = await scene.ask("/app.js", { headers: { "if-none-match": tags } });
      assertEquals([again.status, again.text], [304, ""]);
      assertEquals(again.headers.get("etag"), etag);
    }
    const other = await scene.ask("/app.js", { headers: { "if-none-match": '"other"' } });
    assertEquals(other.status, 200);
  });
});

Deno.test("only files with a digest in their name are kept without asking again", async () => {
  await served({ ...page, "part-4F2CX7QZ.js": script }, async (scene) => {
    const caching = async (path: string) => (await scene.ask(path)).headers.get("cache-control");
    assertEquals(await caching("/part-4F2CX7QZ.js"), "private, max-age=31536000, immutable");
    for (const path of ["/", "/app.js"]) assertEquals(await caching(path), "no-cache");
  });
});

Deno.test("the worker is asked for anew each time, and nothing but the page's own may be one", async () => {
  await served({ ...page, "worker.js": "self.pageVersion={};" }, async (scene) => {
    const { headers } = await scene.ask("/worker.js");
    assertEquals(headers.get("cache-control"), "no-cache");
    assertEquals(headers.get("content-type"), "text/javascript; charset=utf-8");
    assertStringIncludes(headers.get("content-security-policy") ?? "", "worker-src 'self';");
  });
});

Deno.test("a server without a built page says how to build it", async () => {
  const nowhere = join(import.meta.dirname ?? "", "no such folder");
  await using scene = await WebScene.start(await pageRoutes(nowhere));
  const answer = await scene.ask("/");
  assertEquals(answer.status, 503);
  assertStringIncludes(answer.text, "deno task web");
});
