import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { isMissing } from "./helpers/needs.ts";
import { Nginx } from "./helpers/nginx.ts";
import { barrierMs } from "./helpers/patience.ts";
import { byteText, parseAnswer, rawRequest, sendAll, textBytes } from "./helpers/raw_http.ts";
import { RealServer } from "./helpers/real_server.ts";
import { size } from "./helpers/size.ts";
import { someBytes } from "./helpers/transfer_scene.ts";
import { webPeer } from "./helpers/web_peer.ts";

const ignore = isMissing("nginx");
const MiB = 1024 * 1024;
const lookMs = 20;
const believed = ["--proxy", "127.0.0.1", "--open"];

/** One that believes nginx, for all who need no other. */
let shared: Promise<RealServer> | undefined;

function believing(): Promise<RealServer> {
  return shared ??= RealServer.start({ web: true, args: believed });
}

Deno.test.afterAll(async () => await (await shared)?.[Symbol.asyncDispose]());

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

Deno.test({
  name: "nginx as docs/operating.md sets it up passes uploads on as they come, and pieces of files",
  ignore,
  async fn() {
    const server = await believing();
    await using nginx = await Nginx.start({ to: server.webPort });
    const port = nginx.from("203.0.113.7");
    const alice = await server.join("Alice");
    const bytes = someBytes(8 * MiB);
    const Authorization = `Bearer ${alice.token}`;
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const head = [
      "PUT /drop/lobby/much.bin HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `Authorization: ${Authorization}`,
      `Content-Length: ${bytes.length}`,
      "Connection: close",
    ];
    await sendAll(conn, [
      new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`),
      bytes.subarray(0, 5 * MiB),
    ]);
    const until = performance.now() + barrierMs;
    while (await uploaded(server) < 4 * MiB) {
      assert(performance.now() < until, "Nothing comes before the rest is sent: it is buffered");
      await delay(lookMs);
    }
    await sendAll(conn, [bytes.subarray(5 * MiB)]);
    const { status, body } = parseAnswer(await textOf(conn));
    assertEquals(status, 201, body);
    const { url, sha256 } = JSON.parse(body);
    assertEquals(sha256, await hashOf(bytes));

    const whole = await rawRequest(port, `GET ${url}`, { headers: { Authorization } });
    assertEquals(whole.status, 200);
    assertEquals(await hashOf(textBytes(whole.body)), sha256);
    const Range = "bytes=1000000-1000009";
    const piece = await rawRequest(port, `GET ${url}`, { headers: { Authorization, Range } });
    assertEquals(piece.status, 206);
    assertEquals(piece.headers["content-range"], `bytes 1000000-1000009/${bytes.length}`);
    assertEquals(textBytes(piece.body), bytes.slice(1_000_000, 1_000_010));
    alice.close();
  },
});

Deno.test({
  name: "a download through nginx may take longer than its silence may be",
  ignore,
  async fn() {
    const server = await believing();
    await using nginx = await Nginx.start({ to: server.webPort, silence: "1s" });
    const port = nginx.from("203.0.113.7");
    const bob = await server.join("Bob");
    const bytes = someBytes(32 * MiB);
    const headers = { Authorization: `Bearer ${bob.token}` };
    const put = await rawRequest(server.webPort, "PUT /drop/lobby/much.bin", {
      headers,
      body: bytes,
    });
    const { url, sha256 } = JSON.parse(put.body);
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const head = [`GET ${url} HTTP/1.1`, `Host: 127.0.0.1:${port}`, "Connection: close"];
    await sendAll(conn, [
      new TextEncoder().encode(
        `${head.join("\r\n")}\r\nAuthorization: ${headers.Authorization}\r\n\r\n`,
      ),
    ]);
    const began = performance.now();
    const leastMs = size(3000, 150_000);
    const came = await hashBehindHead(conn, { bytesPerSecond: 30 * MiB / (leastMs / 1000) });
    assert(performance.now() - began > leastMs, "It came too fast to show anything");
    assertEquals(came, sha256);
    bob.close();
  },
});

Deno.test({
  name: "behind nginx people talk by WebSocket, and are bounded and logged by their own addresses",
  ignore,
  async fn() {
    const args = [...believed, "--connections-per-address-max", "2"];
    const alone = "each node counts for itself";
    await using server = await RealServer.start({ web: true, args, alone });
    await using nginx = await Nginx.start({ to: server.webPort });
    const [seven, eight] = [nginx.from("203.0.113.7"), nginx.from("203.0.113.8")];
    const alice = await webPeer(seven);
    await alice.hello("Alice");
    const bob = await webPeer(eight);
    await bob.hello("Bob");
    await alice.ok({ t: "say", room: "lobby", text: "through" });
    const { text } = await bob.event(({ t, text }) => t === "said" && text === "through");
    assertEquals(text, "through");

    const second = await webPeer(seven);
    await second.hello("Second");
    const third = await webPeer(seven);
    assertEquals((await third.next("refused")).code, "server_full");
    const other = await webPeer(eight);
    await other.hello("Other");
    for (const peer of [second, third, other]) peer.close();
    await second.end();

    // What one says oneself of where one comes from isn't passed on.
    for (;;) {
      const said = await rawRequest(seven, "POST /say/lobby?user=Script", {
        headers: { "X-Forwarded-For": "127.0.0.1" },
        body: "hi",
      });
      // Until the server has seen that the others have left.
      if (said.status === 200) break;
      assertEquals(said.status, 503, said.body);
    }
    await alice.ok({ t: "ping" });
    const line = await lineWith(server, / Script \S+ say /);
    assertStringIncludes(line, " 203.0.113.7 ");
    assert(
      server.lines.some((line) => / Bob 203\.0\.113\.8 hello/.test(line)),
      server.lines.join("\n"),
    );
    for (const peer of [alice, bob]) peer.close();
  },
});

Deno.test({
  name: "whoever comes through nginx isn't on this machine: they need an invitation",
  ignore,
  async fn() {
    await using server = await RealServer.start({ web: true, args: ["--proxy", "127.0.0.1"] });
    await using nginx = await Nginx.start({ to: server.webPort });
    const port = nginx.from("127.0.0.1");
    const peer = await webPeer(port);
    assertEquals(await peer.refused({ t: "hello", v: 1, user: "Mallory" }), "bad_invite");
    peer.close();
    const said = await rawRequest(port, "POST /say/lobby?user=Mallory", { body: "hi" });
    assertEquals(JSON.parse(said.body).code, "bad_invite");
    assertEquals((await rawRequest(port, "GET /metrics")).status, 404);
    // At the port for chat, which nothing passes on to, somebody here is known as that.
    (await server.join("Alice")).close();
  },
});

Deno.test({
  name: "with an address of its own nginx leaves this machine's to who is here",
  ignore: ignore || Deno.build.os !== "linux",
  async fn() {
    await using server = await RealServer.start({ web: true, args: ["--proxy", "127.0.0.2"] });
    const more = "proxy_bind 127.0.0.2;";
    const page = join(import.meta.dirname ?? ".", "..", "docs", "operating.md");
    assertStringIncludes(await Deno.readTextFile(page), more);
    const [webPort] = server.webPorts;
    await using nginx = await Nginx.start({ to: webPort, more });
    const statuses = [webPort, nginx.from("127.0.0.1")].map(async (port) => {
      return (await rawRequest(port, "GET /metrics")).status;
    });
    assertEquals(await Promise.all(statuses), [200, 404]);
  },
});

Deno.test({
  name: "what a proxy passes on that wasn't named is refused, with the option that names it",
  ignore,
  async fn() {
    await using server = await RealServer.start({ web: true });
    await using nginx = await Nginx.start({ to: server.webPort });
    const { status, body } = await rawRequest(nginx.from("203.0.113.7"), "GET /healthz");
    assertEquals(status, 403);
    assertStringIncludes(body, "--proxy=127.0.0.1");
  },
});

/** The newest line of a server's log that fits, come or coming. */
async function lineWith(server: RealServer, pattern: RegExp): Promise<string> {
  for (;;) {
    const line = server.lines.findLast((line) => pattern.test(line));
    if (line !== undefined) return line;
    await delay(lookMs);
  }
}

/** Bytes of files on their way that are on the server's disk. */
async function uploaded({ folder }: RealServer): Promise<number> {
  const unfinished = join(folder, "files", ".parley", "unfinished");
  const files = await Array.fromAsync(Deno.readDir(unfinished));
  const sizes = await Promise.all(files.map(async ({ name }) => {
    return (await Deno.stat(join(unfinished, name))).size;
  }));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Everything that comes, each byte a character. */
async function textOf(conn: Deno.Conn): Promise<string> {
  const pieces: string[] = [];
  for await (const bytes of bytesOf(conn)) pieces.push(byteText(bytes));
  return pieces.join("");
}

/** The SHA-256 of what comes behind the head of an answer, which comes no faster than is said. */
async function hashBehindHead(
  conn: Deno.Conn,
  { bytesPerSecond }: { readonly bytesPerSecond: number },
): Promise<string> {
  const began = performance.now();
  const hash = createHash("sha256");
  let head: string | undefined = "";
  let came = 0;
  for await (const bytes of bytesOf(conn)) {
    came += bytes.length;
    if (head === undefined) {
      hash.update(bytes);
    } else {
      head += byteText(bytes);
      const end = head.indexOf("\r\n\r\n");
      if (end >= 0) {
        hash.update(textBytes(head.slice(end + 4)));
        head = undefined;
      }
    }
    const ms = came / bytesPerSecond * 1000 - (performance.now() - began);
    if (ms > 0) await delay(ms);
  }
  return hash.digest("hex");
}

/** What comes up to the end; each piece stands only until the next one is asked for. */
async function* bytesOf(conn: Deno.Conn): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(256 * 1024);
  for (;;) {
    const length = await conn.read(buffer).catch(() => null);
    if (length === null) return;
    yield buffer.subarray(0, length);
  }
}
