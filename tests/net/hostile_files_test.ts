import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { join } from "@std/path";
import { usageOf } from "../../bench/usage.ts";
import { hashOf } from "../helpers/file_peer.ts";
import { requireMemory } from "../helpers/memory_peak.ts";
import { rawRequest, sendAll } from "../helpers/raw_http.ts";
import type { RealServer } from "../helpers/real_server.ts";
import { someBytes } from "../helpers/transfer_scene.ts";
import { Place } from "../helpers/web_place.ts";

const MiB = 1024 * 1024;
/** Of it 25 are the pieces that wait to be taken. */
const growthMax = 40;

const scripts: readonly [string, string, string][] = [
  ["page.html", "text/html", "<script>alert(1)</script>"],
  ["page.htm", "image/png", "<script>alert(1)</script>"],
  ["page.xhtml", "application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'/>"],
  ["image.svg", "image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"],
  ["feed.xml", "text/xml", "<?xml version='1.0'?><?xml-stylesheet href='x.xsl'?><a/>"],
  ["code.js", "text/javascript", "alert(1)"],
  ["code.mjs", "application/javascript", "alert(1)"],
  ["style.css", "text/css", "* { display: none }"],
  ["app.wasm", "application/wasm", "\0asm"],
  ["old.mht", "multipart/related", "<script>alert(1)</script>"],
];

const names: readonly string[] = [
  'a"; filename="b.html',
  "a\r\nX-Injected: yes\r\n\r\n<script>",
  "a\nSet-Cookie: x=y",
  "a; filename*=UTF-8''b.html",
  "\u202egnp.exe",
  "照片 2026.jpg",
  "a\\b/../../../etc/passwd",
  "../../../../etc/passwd",
  "%2e%2e%2fpasswd",
  "CON",
  "\u0000.txt",
  "<img src=x onerror=alert(1)>.png",
  `${"x".repeat(400)}.txt`,
  "''",
  "\ud83d\ude00.txt",
];

Deno.test("100 downloads that nobody reads don't fill the server, and go on whole", async () => {
  await using place = await Place.open();
  const { server } = place;
  // More than the system takes for whoever doesn't read.
  const bytes = someBytes(16 * MiB);
  const { headers } = await place.ask("PUT /drop/lobby/large.bin", {}, bytes);
  const conns: Deno.Conn[] = [];
  await requireMemory(server, growthMax, async () => {
    for (let count = 0; count < 100; count++) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.webPort });
      conns.push(conn);
      await sendAll(conn, [place.head(`GET ${headers.location}`)]);
      await conn.read(new Uint8Array(1));
    }
    await isStill(server);
  });
  const [read, ...unread] = conns;
  for (const conn of unread) conn.close();
  // What waited is what belongs there, as long as it lay.
  const answer = await new Response(read.readable).bytes();
  assertEquals(hashOf(answer.subarray(-bytes.length)), hashOf(bytes));
});

/** Resolves when a server has nothing to do any more. */
async function isStill({ pid }: RealServer): Promise<void> {
  for (let before = -1;;) {
    await delay(200);
    const now = usageOf(pid)?.cpuSeconds ?? 0;
    if (now === before) return;
    before = now;
  }
}

/** What is tried with one server, one after the other. */
const attempts: Readonly<Record<string, (place: Place) => Promise<void>>> = {
  "files that may hold scripts are saved, never shown, whatever is asked": async (place) => {
    for (const [name, type, body] of scripts) {
      const path = await place.put(name, body, type);
      for (const query of ["", "?inline", "?inline=1"]) {
        const { status, headers } = await place.ask(`GET ${path}${query}`);
        assertEquals(status, 200);
        const isHarmless = headers["content-type"].startsWith("image/png") ||
          headers["content-type"].startsWith("text/plain");
        if (!isHarmless) assertMatch(headers["content-disposition"], /^attachment/, name);
        assertMatch(headers["content-security-policy"], /sandbox(;|$)/, name);
        assertMatch(headers["content-security-policy"], /default-src 'none'/, name);
        assert(!/allow-|unsafe-eval/.test(headers["content-security-policy"]), name);
        assertEquals(headers["x-content-type-options"], "nosniff", name);
        assert(!/html|svg|xml|javascript|css|wasm/.test(headers["content-type"]), name);
      }
    }
  },
  "no name of a file gets out of the header that it stands in, or out of its folder": async (
    place,
  ) => {
    for (const [index, name] of names.entries()) {
      const text = `harmless ${index}`;
      const path = await place.put(name, text, "text/plain");
      const { status, headers, body } = await place.ask(`GET ${path}`);
      assertEquals([status, body], [200, text], name);
      assertEquals(headers["x-injected"], undefined);
      assertEquals(headers["set-cookie"], undefined);
      const quoted = /^attachment; filename="([ -~]*)"; filename\*=UTF-8''([\w.!#$&+^`|~%-]+)$/;
      assertMatch(headers["content-disposition"], quoted, name);
      const [, plain] = quoted.exec(headers["content-disposition"]) ?? [];
      assert(!/["\\]/.test(plain), plain);
    }
    const shared = join(place.server.folder, "files");
    const folders = [...Deno.readDirSync(shared)].map(({ name }) => name).toSorted();
    assertEquals(folders, [".parley", "lobby"]);
  },
  "what one may not see is answered as if it weren't there": async (place) => {
    const path = await place.put("secret.txt", "secret", "text/plain");
    const anybody = (line: string) => rawRequest(place.server.webPort, line);
    const stranger = { headers: { Authorization: "Bearer nobody" } };
    const asked = [
      await anybody(`GET ${path}`),
      await anybody(`HEAD ${path}`),
      await rawRequest(place.server.webPort, `GET ${path}`, stranger),
    ];
    for (const { status, body } of asked) {
      assertMatch(String(status), /^40[14]$/);
      assert(!body.includes("secret"));
    }
    const missing = await place.ask("GET /files/nothing/secret.txt");
    assertEquals(missing.status, 404);
  },
};

Deno.test("hostile files harm nobody who asks for them", async (test) => {
  await using place = await Place.open();
  for (const [name, attempt] of Object.entries(attempts)) {
    await test.step(name, () => attempt(place));
  }
});
