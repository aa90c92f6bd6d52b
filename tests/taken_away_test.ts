/** Logins that are taken away end whatever came with them, in the middle of whatever it does. */

import { assert, assertEquals } from "@std/assert";
import type { Listener } from "../lib/known.ts";
import { listenTcp } from "../lib/net/tcp.ts";
import { coreRoutes } from "../lib/net/web.ts";
import { WebCounts } from "../lib/net/web_counts.ts";
import { counted, share } from "./helpers/file_peer.ts";
import type { Peer, TestServer } from "./helpers/peer.ts";
import { byteText } from "./helpers/raw_http.ts";
import { frame, opcodes, upgrade } from "./helpers/raw_websocket.ts";
import { WebScene } from "./helpers/web_scene.ts";

const password = "correct horse";
/** More than the kernel takes for somebody who doesn't read. */
const large = counted(16 * 1024 * 1024);
const part = counted(64 * 1024);
/** What the issue asks for. */
const mostMs = 1000;

/** A connection of the login that is taken away, which reads only when told to. */
class Wire implements Disposable {
  readonly #conn: Deno.Conn;
  #came = "";

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  async send(...pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
      for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
    }
  }

  /** Reads until something has come, and no further. */
  async until(text: string): Promise<void> {
    while (!this.#came.includes(text)) {
      assert(await this.#read(), `It ended before ${text} came, with ${this.#came.slice(-500)}`);
    }
  }

  /** Reads to the end: how many bytes came altogether, and the last of them. */
  async rest(): Promise<{ readonly bytes: number; readonly last: string }> {
    let bytes = this.#came.length;
    for (;;) {
      const before = this.#came.slice(-1000);
      this.#came = before;
      if (!await this.#read()) return { bytes, last: before };
      bytes += this.#came.length - before.length;
    }
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    // What the peer has closed with bytes on their way is reset.
    const length = await this.#conn.read(buffer).catch(() => null);
    if (length !== null) this.#came += byteText(buffer.subarray(0, length));
    return length !== null;
  }
}

/** Where it all happens. */
interface Scene {
  readonly tcp: number;
  readonly web: number;
  readonly token: string;
  /** A file that all may fetch. */
  readonly file: string;
}

type Begin = (scene: Scene) => Promise<Wire>;

const fetching = (file: string) => JSON.stringify({ t: "fetch", file, id: "fetch" });
const offering = JSON.stringify({
  ...{ t: "offer", room: "lobby", name: "up.bin", size: 10 * part.length, id: "offer" },
});
const greeting = (token: string) => JSON.stringify({ t: "hello", v: 1, token, id: "hello" });

async function overTcp({ tcp, token }: Scene): Promise<Wire> {
  const wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port: tcp }));
  await wire.send(`${greeting(token)}\n`);
  await wire.until('"re":"hello"');
  return wire;
}

async function overWebSocket({ web, token }: Scene): Promise<Wire> {
  const { answer, socket } = await upgrade(web);
  assertEquals(answer.status, 101);
  const wire = new Wire(socket.conn);
  await wire.send(frame(greeting(token)));
  await wire.until('"re":"hello"');
  return wire;
}

async function overHttp({ web, token }: Scene, head: string, length = 0): Promise<Wire> {
  const wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port: web }));
  const fields = [`Host: 127.0.0.1:${web}`, `Authorization: Bearer ${token}`];
  if (length > 0) fields.push(`Content-Length: ${length}`);
  await wire.send(`${[`${head} HTTP/1.1`, ...fields].join("\r\n")}\r\n\r\n`);
  return wire;
}

/** How somebody may be in the middle of something. */
const ways: Readonly<Record<string, Begin>> = {
  "TCP, idle": overTcp,
  "TCP, fetching": async (scene) => {
    const wire = await overTcp(scene);
    await wire.send(`${fetching(scene.file)}\n`);
    await wire.until('"t":"part"');
    return wire;
  },
  "TCP, sending": async (scene) => {
    const wire = await overTcp(scene);
    await wire.send(`${offering}\n`);
    await wire.until('"re":"offer"');
    return wire;
  },
  "WebSocket, idle": overWebSocket,
  "WebSocket, fetching": async (scene) => {
    const wire = await overWebSocket(scene);
    await wire.send(frame(fetching(scene.file)));
    await wire.until('"t":"part"');
    return wire;
  },
  "WebSocket, in the middle of a message": async (scene) => {
    const wire = await overWebSocket(scene);
    await wire.send(frame('{"t":"say","room":"lobby","te', { opcode: opcodes.text, fin: false }));
    return wire;
  },
  "HTTP, fetching": async (scene) => {
    const wire = await overHttp(scene, `GET /files/${scene.file}/large.bin`);
    await wire.until("\r\n\r\n");
    return wire;
  },
  "HTTP, sending": async (scene) => {
    const wire = await overHttp(scene, "PUT /drop/lobby/http.bin", 10 * part.length);
    await wire.send(part);
    return wire;
  },
};

/** A connection in the middle of something, and what. */
interface Busy {
  readonly name: string;
  readonly wire: Wire;
}

/** Somebody who is in the middle of everything. */
function inTheMiddle(scene: Scene, stack: AsyncDisposableStack): Promise<readonly Busy[]> {
  return Promise.all(
    Object.entries(ways).map(async ([name, begin]) => {
      return { name, wire: stack.use(await begin(scene)) };
    }),
  );
}

/** That all of it was cut off, and that those who do nothing else are told why. */
async function requireCut(wires: readonly Busy[], code: string): Promise<void> {
  for (const { name, wire } of wires) {
    const { bytes, last } = await wire.rest();
    assert(bytes < large.length, `${name}: ${bytes} bytes came`);
    if (name.includes("idle")) assert(last.includes(`"code":"${code}"`), `${name}: ${last}`);
  }
}

/** The connections of a user, on whichever node. */
function listenersOf({ cores }: TestServer, user: string): readonly Listener[] {
  return cores.flatMap(({ people }) => [...people.holder(user)?.listeners ?? []]);
}

/** How a login is taken away, by another device of its user. */
const takers: Readonly<Record<string, (owner: Peer, login: string) => Promise<unknown>>> = {
  revoke: (owner, login) => owner.ok({ t: "revoke", login }),
  "another password": (owner) => {
    return owner.ok({ t: "password", old: password, new: "battery staple" });
  },
};

for (const [how, take] of Object.entries(takers)) {
  Deno.test(`${how} ends all that a login does within a second`, async () => {
    const counts = new WebCounts();
    const routes = coreRoutes({ counts });
    await using web = await WebScene.start(routes);
    const { server } = web;
    await using tcp = listenTcp(server.core, { hostname: "127.0.0.1", port: 0 });
    const owner = await server.join("Alice");
    await owner.ok({ t: "register", password });
    const { file } = await share(owner, large, { name: "large.bin" });
    const phone = server.connect();
    await phone.hello("Alice", { password, agent: "phone" });
    const { logins } = await owner.ok({ t: "logins" });
    const login = (logins as { login: string; here?: boolean }[]).find(({ here }) => !here)?.login;
    const scene = { tcp: tcp.port, web: web.port, token: phone.token, file: String(file) };
    await using stack = new AsyncDisposableStack();
    const wires = await inTheMiddle(scene, stack);
    // Each is there, in the middle of it.
    const there = () => listenersOf(server, "Alice");
    while (there().length < wires.length + 2) await owner.ok({ t: "ping" });
    const began = performance.now();
    await take(owner, String(login));
    // Nobody reads of them meanwhile: what the server does is all that ends them.
    while (there().length > 1) await owner.ok({ t: "ping" });
    const ms = performance.now() - began;
    assert(ms < mostMs, `It took ${ms} ms`);
    assertEquals(there().map(({ login }) => login === undefined), [false]);
    await requireCut(wires, "revoked");
    await phone.end();
    const as = phone;
    const text = { method: "POST", body: "hello", as };
    assertEquals(await web.refused(401, "/say/lobby", text), "bad_login");
    assertEquals(await web.refused(401, "/session", { method: "POST", as }), "bad_login");
    const path = `/files/${file}/large.bin`;
    assertEquals(await web.refused(404, path, { as }), "no_such_file");
    assertEquals(
      await web.refused(404, path, { headers: { cookie: `${web.cookie}=${as.token}` } }),
      "no_such_file",
    );
    await owner.ok({ t: "ping" });
    assertEquals((await web.ask(path, { as: owner, method: "HEAD" })).status, 200);
  });
}

Deno.test("ban ends all that a user does within a second", async () => {
  const counts = new WebCounts();
  await using web = await WebScene.start(coreRoutes({ counts }));
  const { server } = web;
  await using tcp = listenTcp(server.core, { hostname: "127.0.0.1", port: 0 });
  const boss = await server.join("Boss");
  const { file } = await share(boss, large, { name: "large.bin" });
  const eve = await server.join("Eve");
  await server.give("Boss", "owner");
  const scene = { tcp: tcp.port, web: web.port, token: eve.token, file: String(file) };
  await using stack = new AsyncDisposableStack();
  const wires = await inTheMiddle(scene, stack);
  const there = () => listenersOf(server, "Eve");
  while (there().length < wires.length + 1) await eve.ok({ t: "ping" });
  const began = performance.now();
  await boss.ok({ t: "ban", user: "Eve" });
  while (there().length > 0) await boss.ok({ t: "ping" });
  const ms = performance.now() - began;
  assert(ms < mostMs, `It took ${ms} ms`);
  await requireCut(wires, "banned");
  await eve.end();
  const text = { method: "POST", body: "hello", as: eve };
  assertEquals(await web.refused(403, "/say/lobby", text), "banned");
  const path = `/files/${file}/large.bin`;
  assertEquals(await web.refused(403, path, { as: eve }), "banned");
  assertEquals((await web.ask(path, { as: boss, method: "HEAD" })).status, 200);
});
