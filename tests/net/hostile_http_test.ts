import { assert, assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { requireMemory } from "../helpers/memory_peak.ts";
import { barrierMs } from "../helpers/patience.ts";
import { parseAnswer, rawRequest, readToEnd, sendAll } from "../helpers/raw_http.ts";
import { RealServer } from "../helpers/real_server.ts";
import { pouring, standsStill } from "../helpers/still.ts";

const MiB = 1024 * 1024;
const growthMax = 64;

type Attack = (server: RealServer) => Promise<void>;

const stillHere = "still here";

/** Attacks a server that is whole then: it says that it works, lets in, and holds our words only. */
async function attacked(server: RealServer, attack: Attack): Promise<void> {
  await attack(server);
  assertEquals((await said(server)).filter((text) => text !== stillHere), []);
  assertEquals((await rawRequest(server.webPort, "GET /healthz")).status, 200);
  const grace = await server.join(crypto.randomUUID().slice(0, 8));
  await grace.ok({ t: "say", room: "lobby", text: stillHere });
  grace.close();
}

/** Whoever has a token, as a page of theirs sends it. */
function cookieOf(setCookie: string): string {
  return setCookie.split(";")[0];
}

/** A page's cookie for a new guest. */
async function signIn(server: RealServer, user: string): Promise<string> {
  const { token } = await server.join(user);
  const { status, headers } = await rawRequest(server.webPort, "POST /session", {
    headers: { Authorization: `Bearer ${token}` },
  });
  assertMatch(String(status), /^20[04]$/);
  return headers["set-cookie"];
}

/** The texts in the lobby. */
async function said(server: RealServer): Promise<readonly unknown[]> {
  const reader = await server.join(`Reader${Math.floor(Math.random() * 1e6)}`);
  const { events } = await reader.ok({ t: "history", room: "lobby", limit: 200 });
  assert(Array.isArray(events));
  return events.filter(({ t }) => t === "said").map(({ text }) => text);
}

const requests = [
  "GET /",
  "GET /app.js",
  "GET /healthz",
  "GET /metrics",
  "GET /files/x/y",
  "POST /session",
  "POST /say/lobby?user=Mallory",
  "PUT /drop/lobby/x.txt?user=Mallory",
  "POST /files",
  "OPTIONS /files",
] as const;

/** Attacks that one server goes through, one after the other. */
const attacks: Readonly<Record<string, Attack>> = {
  "requests under a name that isn't the server's get nothing (DNS rebinding)": async (server) => {
    const hosts = [
      "evil.example",
      `evil.example:${server.webPort}`,
      "127.0.0.1.evil.example",
      "localhost.evil.example",
      "127.0.0.1@evil.example",
      "evil.example#127.0.0.1",
      "",
    ];
    for (const line of requests) {
      for (const Host of hosts) {
        const { status, body } = await rawRequest(server.webPort, line, { headers: { Host } });
        assertMatch(`${status} ${line} ${Host}`, /^4(00|21)/);
        assert(!body.includes("<html"), line);
      }
    }
  },
  "pages of others may write nothing, with the cookie that a browser adds or without": async (
    server,
  ) => {
    const cookie = cookieOf(await signIn(server, "Victim"));
    const writes = [
      "POST /say/lobby",
      "POST /say/lobby?user=Mallory",
      "PUT /drop/lobby/x.txt",
      "PUT /drop/lobby/x.txt?user=Mallory",
      "POST /files",
      "PATCH /files/x",
      "DELETE /files/x",
      "DELETE /session",
    ];
    const origins = [
      { Origin: "http://evil.example" },
      { Origin: "http://127.0.0.1:1" },
      { Origin: `https://evil.example:${server.webPort}` },
      { Origin: "null" },
      { Origin: "" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ];
    for (const line of writes) {
      for (const from of origins) {
        for (const who of [{}, { Cookie: cookie }]) {
          const { status } = await rawRequest(server.webPort, line, {
            headers: { ...from, ...who },
            body: "gotcha",
          });
          assertEquals([line, from, status], [line, from, 403]);
        }
      }
      const blind = { headers: { Cookie: cookie }, body: "gotcha" };
      assertEquals((await rawRequest(server.webPort, line, blind)).status, 403, line);
    }
  },
  "no answer lets pages of others read it": async (server) => {
    const Origin = "http://evil.example";
    const preflight = { Origin, "Access-Control-Request-Method": "PUT" };
    for (const line of requests) {
      for (const headers of [{}, { Origin }, preflight]) {
        const answer = await rawRequest(server.webPort, line, { headers });
        const allows = Object.keys(answer.headers).filter((name) => /^access-control/.test(name));
        assertEquals(allows, [], line);
        assertEquals(answer.headers["x-content-type-options"], "nosniff", line);
        assertEquals(answer.headers["cross-origin-resource-policy"], "same-origin", line);
        assertMatch(answer.headers["content-security-policy"] ?? "", /default-src 'none'/, line);
      }
    }
  },
  "the page's cookie is for nobody but this server's own page": async (server) => {
    const cookie = await signIn(server, "Alice");
    for (const word of [/; *HttpOnly(;|$)/i, /; *SameSite=Strict(;|$)/i, /; *Path=\/(;|$)/i]) {
      assertMatch(cookie, word);
    }
    assert(!/Domain=/i.test(cookie), cookie);
  },
  "no path leads out of what is served": async (server) => {
    const paths = [
      "/../server.ts",
      "/../../../../etc/passwd",
      "/..%2f..%2fetc%2fpasswd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/app.js/../../deno.json",
      "/./deno.json",
      "/deno.json",
      "/index.html%00.js",
      "//etc/passwd",
      "/\\..\\deno.json",
      "/files/..%2f..%2fdata/parley.db",
      "/files/../data/parley.db",
      "/files/x/..%2f..%2f..%2fetc%2fpasswd",
      "/__proto__",
      "/constructor",
      "/%ff%fe",
      "/%",
      "/%zz",
      "http://evil.example/",
      "*",
    ];
    for (const path of paths) {
      const { status, body } = await rawRequest(server.webPort, `GET ${path}`);
      assertMatch(`${status} ${path}`, /^4/);
      assert(!/root:|"permissions"|SQLite format/.test(body), path);
    }
  },
  "requests that two programs would understand in two ways are refused": async (server) => {
    const both =
      "POST /say/lobby?user=Mallory HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n";
    const hidden = "0\r\n\r\nPOST /say/lobby?user=Hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
      "Content-Length: 6\r\n\r\nhidden";
    const wholes = [
      `${both}Content-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n${hidden}`,
      `${both}Content-Length: 1\r\nContent-Length: 6\r\n\r\nhidden`,
      `${both}Transfer-Encoding: xchunked\r\n\r\n${hidden}`,
      `${both}Content-Length: -1\r\n\r\n${hidden}`,
      `${both}Content-Length : 6\r\n\r\nhidden`,
      `${both}Host: evil.example\r\nContent-Length: 6\r\n\r\nhidden`,
      `${both}X: a\nContent-Length: 6\r\n\r\nhidden`,
      "POST /say/lobby?user=Mallory HTTP/1.1\r\nContent-Length: 6\r\n\r\nhidden",
      "\u0000\u0001\u0002\r\n\r\n",
      `GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n`,
    ];
    for (const whole of wholes) {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.webPort });
      await sendAll(conn, [new TextEncoder().encode(whole)]);
      await conn.closeWrite().catch(() => {});
      const { status } = parseAnswer(await deadline(readToEnd(conn), barrierMs));
      assert(status === 0 || status >= 400, `${status} to ${JSON.stringify(whole)}`);
    }
  },
  "a page that posts to the port for chat says nothing there": async (server) => {
    const say = [
      { t: "hello", v: 1, user: "Mallory" },
      { t: "say", room: "lobby", text: "gotcha" },
    ].map((command) => `${JSON.stringify(command)}\n`).join("");
    for (const headers of [{ Origin: "http://evil.example" }, { "Content-Type": "text/plain" }]) {
      const answer = await rawRequest(server.port, "POST /", { headers, body: `\n${say}` });
      assert(!answer.body.includes('"t":"ok"'), answer.body);
      assert(answer.status === 0 || answer.status >= 300, String(answer.status));
    }
  },
};

Deno.test("a server that is attacked over HTTP stays whole", async (test) => {
  await using server = await RealServer.start({ web: true });
  for (const [name, attack] of Object.entries(attacks)) {
    await test.step(name, () => attacked(server, attack));
  }
});

/** `count` times the same chunk. */
function* chunks(chunk: Uint8Array, count: number): Generator<Uint8Array> {
  for (let sent = 0; sent < count; sent++) yield chunk;
}

/** What might fill a server; each is tried on one that has seen nothing before. */
const endless: Readonly<Record<string, Attack>> = {
  "300 MiB of a body that nobody wants are neither kept nor read to the end": async (server) => {
    const lines = [
      "POST /say/lobby?user=Mallory",
      "POST /session",
      "POST /nowhere",
      "GET /",
      "POST /files",
      "PATCH /files/x",
      "PUT /drop/lobby/x.txt",
    ];
    const size = "100000\r\n";
    const chunk = new TextEncoder().encode(`${size}${"x".repeat(MiB)}\r\n`);
    await requireMemory(server, growthMax, async () => {
      for (const line of lines) {
        using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.webPort });
        const head = `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n`;
        await sendAll(conn, [new TextEncoder().encode(head)]);
        const reading = readToEnd(conn);
        await deadline(sendAll(conn, chunks(chunk, 300)), barrierMs);
        await conn.closeWrite().catch(() => {});
        const { status } = parseAnswer(await deadline(reading, barrierMs));
        assert(line === "GET /" || status === 0 || status >= 400, `${status} to ${line}`);
      }
    });
  },
  "headers without end are refused and not kept": async (server) => {
    const field = new TextEncoder().encode(`x-${"y".repeat(50)}: ${"z".repeat(900)}\r\n`);
    const endless = new TextEncoder().encode("z".repeat(64 * 1024));
    await requireMemory(server, growthMax, async () => {
      for (const bytes of [field, endless]) {
        using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.webPort });
        await sendAll(conn, [new TextEncoder().encode("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nx: ")]);
        const reading = readToEnd(conn);
        await deadline(sendAll(conn, chunks(bytes, 300 * MiB / bytes.length)), barrierMs);
        const { status } = parseAnswer(await deadline(reading, barrierMs));
        assertMatch(String(status), /^(0|431|400)$/);
      }
    });
  },
  "answers that nobody takes don't fill the server": async (server) => {
    await requireMemory(server, growthMax, async () => {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.webPort });
      const ask = new TextEncoder().encode("GET /app.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
      const many = new Uint8Array(ask.length * 1000);
      for (let at = 0; at < many.length; at += ask.length) many.set(ask, at);
      const { sent, over } = pouring(conn, many, 2000 * many.length);
      // Once it isn't read any more this waits, until the connection is closed.
      over.catch(() => {});
      await standsStill(sent, () => rawRequest(server.webPort, "GET /healthz"));
      assert(sent() < 2000 * many.length, "All was read, though nobody took an answer");
    });
  },
};

for (const [name, attack] of Object.entries(endless)) {
  Deno.test(name, async () => {
    await using server = await RealServer.start({ web: true });
    await attacked(server, attack);
  });
}
