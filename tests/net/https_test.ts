import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { connect as dialTls, type TLSSocket } from "node:tls";
import { limits } from "../../lib/limits.ts";
import { guard } from "../../lib/net/guard.ts";
import type { Route } from "../../lib/net/route.ts";
import { sessionRoutes } from "../../lib/net/session_route.ts";
import type { Tls } from "../../lib/net/tls_files.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { wholeTestMs } from "../helpers/patience.ts";
import { readToEnd } from "../helpers/raw_http.ts";
import { frame, opcodes } from "../helpers/raw_websocket.ts";
import { ownCredentials } from "../helpers/tls_scene.ts";
import { WebScene } from "../helpers/web_scene.ts";

/** Answers with as many bytes as are asked for. */
const many: Route = {
  method: "GET",
  pattern: "/bytes/:count",
  run: (_core, _request, { count }) =>
    Promise.resolve({ status: 200, body: new Uint8Array(Number(count)) }),
};
/** Answers how many bytes came. */
const counting: Route = {
  method: "PUT",
  pattern: "/count",
  async run(_core, request) {
    let count = 0;
    for await (const chunk of request.body()) count += chunk.length;
    return { status: 200, body: String(count) };
  },
};
const empty: Route = {
  method: "GET",
  pattern: "/empty",
  run: () => Promise.resolve({ status: 304 }),
};
const routes = [many, counting, empty, ...sessionRoutes(true)];

/** Registers a test with a web port that speaks TLS, and fails where it takes for ever. */
function test(
  name: string,
  run: (scene: WebScene, tls: Tls, http: Deno.HttpClient, names: string[]) => Promise<void>,
) {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    try {
      const names = ["127.0.0.1"];
      using tls = await ownCredentials(folder, names);
      await using scene = await WebScene.start(routes, { tls });
      using http = Deno.createHttpClient({ caCerts: [tls.current.cert] });
      await deadline(run(scene, tls, http, names), wholeTestMs);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** A connection over TLS, from its handshake on. */
async function dial(port: number): Promise<TLSSocket> {
  const socket = dialTls({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

/** Resolves when it is closed. */
function closed(socket: TLSSocket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

test("requests go over TLS one after the other on one connection", async (scene, _tls, client) => {
  const url = `https://127.0.0.1:${scene.port}`;
  for (const count of [10, 0, 3_000_000, 5]) {
    const answer = await fetch(`${url}/bytes/${count}`, { client });
    assertEquals((await answer.bytes()).length, count);
    const nothing = await fetch(`${url}/empty`, { client });
    assertEquals([nothing.status, (await nothing.bytes()).length], [304, 0]);
    const body = new Uint8Array(count);
    const put = await fetch(`${url}/count`, { client, method: "PUT", body });
    assertEquals(await put.text(), String(count));
  }
});

test("the page's cookie never goes without TLS", async (scene, _tls, client) => {
  const alice = await scene.server.join("Alice");
  const headers = { authorization: `Bearer ${alice.token}` };
  const url = `https://127.0.0.1:${scene.port}/session`;
  const { headers: answered, body } = await fetch(url, { client, method: "POST", headers });
  await body?.cancel();
  assertMatch(answered.get("set-cookie") ?? "", /; HttpOnly; SameSite=Strict; Secure; Max-Age=/);
});

test("whoever asks without TLS is sent to where it is", async (scene) => {
  const { status, headers } = await scene.ask("/files?room=lobby");
  assertEquals(status, 308);
  assertEquals(headers.get("location"), `https://127.0.0.1:${scene.port}/files?room=lobby`);
  const put = await scene.ask("/count", { method: "PUT", body: "something secret" });
  assertEquals(put.status, 400);
  assertStringIncludes(put.text, "https://");
});

Deno.test("over TLS a page without it isn't the server's own", () => {
  const asked = { method: "POST", byCookie: true };
  const from = (origin: string) => ({ ...asked, headers: { host: "127.0.0.1:8080", origin } });
  const own = { ...from("https://127.0.0.1:8080"), isTls: true };
  assertEquals(guard(own, []), undefined);
  assertEquals(guard({ ...from("http://127.0.0.1:8080"), isTls: true }, [])?.status, 403);
});

test("a WebSocket over TLS talks, and its bounds hold", async (scene) => {
  const alice = await scene.server.join("Alice");
  const socket = await dial(scene.port);
  const head = [
    "GET /ws HTTP/1.1",
    `Host: 127.0.0.1:${scene.port}`,
    ...["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"],
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  socket.write(frame('{"t":"hello","v":1,"user":"Bob","id":1}'));
  socket.write(frame('{"t":"say","room":"lobby","text":"over wss","id":2}'));
  assertEquals((await alice.next("said")).text, "over wss");
  const over = closed(socket);
  // Longer than any message may be: it ends before all of it came.
  socket.on("error", () => {}).on("data", () => {});
  socket.write(frame(new Uint8Array(limits.bodyBytesMax + 1), { opcode: opcodes.binary }));
  await over;
});

test(
  "a new certificate is for new connections; those that there are go on",
  async (scene, tls, _http, names) => {
    const before = await dial(scene.port);
    const first = before.getPeerX509Certificate()?.serialNumber;
    names.push("chat.example.org");
    await tls.look();
    const after = await dial(scene.port);
    assert(after.getPeerX509Certificate()?.serialNumber !== first);
    for (const socket of [before, after]) {
      const answer = new Promise<string>((resolve) => {
        socket.once("data", (bytes: Uint8Array) => resolve(new TextDecoder().decode(bytes)));
      });
      socket.write(`GET /bytes/1 HTTP/1.1\r\nHost: 127.0.0.1:${scene.port}\r\n\r\n`);
      assertMatch(await answer, /^HTTP\/1\.1 200 /);
      socket.destroy();
    }
  },
);

for (const [what, first] of [["no byte", []], ["half a handshake", [0x16, 3, 1]]] as const) {
  Deno.test(`who says ${what} has to go after a while`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    using tls = await ownCredentials(join(folder, "data"));
    const clock = new FakeClock();
    await using scene = await WebScene.start(routes, { tls, clock });
    using conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
    if (first.length > 0) await conn.write(new Uint8Array(first));
    const ended = readToEnd(conn).catch(() => "");
    let isOver = false;
    void ended.then(() => isOver = true);
    while (!isOver) await clock.tick(limits.webHeadersMs);
    await Deno.remove(folder, { recursive: true });
  });
}
