import { assert, assertEquals, assertMatch } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import { limits } from "../../lib/limits.ts";
import { fileRoutes } from "../../lib/net/file_routes.ts";
import { tusRoutes } from "../../lib/net/tus.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, hashOf, offer } from "../helpers/file_peer.ts";
import type { Peer, TestOptions } from "../helpers/peer.ts";
import { parseAnswer, readToEnd, sendAll } from "../helpers/raw_http.ts";
import { smallWebp } from "../helpers/small_pictures.ts";
import { type Answered, type Asking, WebScene } from "../helpers/web_scene.ts";

const bytes = counted(700_000);
const offsetType = { "content-type": "application/offset+octet-stream" };

/** A scene in which somebody uploads. */
class TusScene implements AsyncDisposable {
  private constructor(readonly web: WebScene, readonly alice: Peer, readonly bob: Peer) {}

  static async start(options: TestOptions = {}): Promise<TusScene> {
    const web = await WebScene.start([...fileRoutes, ...tusRoutes], options);
    return new TusScene(web, await web.server.join("Alice"), await web.server.join("Bob"));
  }

  /** A request as Alice, in the right version. */
  ask(method: string, path: string, { headers = {}, ...more }: Asking = {}): Promise<Answered> {
    const all = { "tus-resumable": "1.0.0", ...headers };
    return this.web.ask(path, { as: this.alice, ...more, method, headers: all });
  }

  create(size: number, { headers = {}, ...more }: Asking = {}): Promise<Answered> {
    const all = { "upload-length": String(size), "upload-metadata": metadata(), ...headers };
    return this.ask("POST", "/files", { ...more, headers: all });
  }

  /** Creates one that has to be taken; its path. */
  async begin(size: number): Promise<string> {
    const { status, headers, text } = await this.create(size);
    assertEquals(status, 201, text);
    return headers.get("location") ?? "";
  }

  patch(path: string, offset: number, body: Uint8Array<ArrayBuffer>): Promise<Answered> {
    const headers = { ...offsetType, "upload-offset": String(offset) };
    return this.ask("PATCH", path, { headers, body });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.web[Symbol.asyncDispose]();
  }
}

function metadata(values: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ filename: "notes.txt", room: "lobby", ...values }).map(
    ([name, value]) => `${name} ${new TextEncoder().encode(value).toBase64()}`,
  ).join(",");
}

function offsetOf({ headers }: Answered): string | null {
  return headers.get("upload-offset");
}

Deno.test("tus shares a file that comes in several requests", async () => {
  await using scene = await TusScene.start();
  const path = await scene.begin(bytes.length);
  assertMatch(path, /^\/files\/[\w-]+$/);
  for (const [from, to] of [[0, 1], [1, 300_000], [300_000, 699_999]] as const) {
    const answer = await scene.patch(path, from, bytes.slice(from, to));
    assertEquals([answer.status, offsetOf(answer)], [204, String(to)]);
    const { status, headers } = await scene.ask("HEAD", path);
    assertEquals([status, headers.get("upload-offset")], [200, String(to)]);
    assertEquals(headers.get("upload-length"), "700000");
    assertEquals(headers.get("upload-metadata"), "filename bm90ZXMudHh0");
    assertEquals(headers.get("cache-control"), "no-store");
    assert(Date.parse(headers.get("upload-expires") ?? "") > Date.now() + 23 * 3_600_000);
  }
  assertEquals(await scene.bob.seen("shared"), []);
  const last = await scene.patch(path, 699_999, bytes.slice(699_999));
  assertEquals([last.status, offsetOf(last)], [204, "700000"]);
  const { file } = await scene.bob.next("shared");
  assert(typeof file === "object" && file !== null && "sha256" in file);
  assertEquals(file.sha256, hashOf(bytes));
  const there = last.headers.get("content-location") ?? "";
  assertEquals((await scene.web.ask(there, { as: scene.bob })).bytes, bytes);
  const { headers } = await scene.ask("HEAD", path);
  assertEquals([headers.get("upload-offset"), headers.get("upload-length")], ["700000", "700000"]);
});

Deno.test("tus says what it speaks to whoever asks, known or not", async () => {
  await using scene = await TusScene.start({ bounds: { fileBytesMax: 5000 } });
  for (const path of ["/files", "/files/x"]) {
    const { status, headers } = await scene.web.ask(path, { method: "OPTIONS" });
    assertEquals(status, 204);
    assertEquals(headers.get("tus-version"), "1.0.0");
    assertEquals(
      headers.get("tus-extension"),
      "creation,creation-with-upload,expiration,termination",
    );
    assertEquals(headers.get("tus-max-size"), "5000");
  }
});

Deno.test("tus in another version is 412", async () => {
  await using scene = await TusScene.start();
  const path = await scene.begin(3);
  for (const version of ["0.2.2", "1.0.1", ""]) {
    const headers = { "tus-resumable": version };
    for (const [method, to] of [["POST", "/files"], ["HEAD", path], ["PATCH", path]]) {
      const answer = await scene.ask(method, to, { headers });
      assertEquals([answer.status, answer.headers.get("tus-version")], [412, "1.0.0"]);
    }
  }
  assertEquals(await scene.web.refused(412, "/files", { method: "POST" }), "bad_version");
});

Deno.test("tus at the wrong offset is 409, and changes nothing", async () => {
  await using scene = await TusScene.start();
  const path = await scene.begin(10);
  await scene.patch(path, 0, bytes.slice(0, 5));
  for (const offset of [0, 4, 6, 10]) {
    const { status, headers, json } = await scene.patch(path, offset, bytes.slice(5, 6));
    assertEquals([status, json.code, json.offset], [409, "bad_offset", 5]);
    assertEquals(headers.get("tus-resumable"), "1.0.0");
  }
  assertEquals(offsetOf(await scene.ask("HEAD", path)), "5");
  assertEquals((await scene.patch(path, 5, bytes.slice(5, 10))).status, 204);
});

Deno.test("tus of what is gone, or somebody else's, is 404", async () => {
  await using scene = await TusScene.start();
  const path = await scene.begin(10);
  const asBob = await scene.ask("HEAD", path, { as: scene.bob });
  assertEquals(asBob.status, 404);
  assertEquals((await scene.ask("DELETE", path, { as: scene.bob })).status, 404);
  assertEquals((await scene.ask("DELETE", path)).status, 204);
  for (const to of [path, "/files/nothing"]) {
    assertEquals((await scene.ask("HEAD", to)).status, 404);
    assertEquals((await scene.patch(to, 0, bytes.slice(0, 1))).status, 404);
    assertEquals((await scene.ask("DELETE", to)).status, 404);
  }
});

Deno.test("tus of what was left too long is 404", async () => {
  const clock = new FakeClock();
  await using scene = await TusScene.start({ clock, bounds: { unfinishedHours: 1 } });
  const path = await scene.begin(10);
  const expires = (await scene.ask("HEAD", path)).headers.get("upload-expires");
  assertEquals(Date.parse(expires ?? "") - clock.now(), 3_600_000);
  await clock.leap(2 * 3_600_000);
  assertEquals((await scene.ask("HEAD", path)).status, 404);
});

Deno.test("tus of more than may be, or than was announced, is 413", async () => {
  await using scene = await TusScene.start({ bounds: { fileBytesMax: 1000 } });
  assertEquals((await scene.create(1001)).status, 413);
  const path = await scene.begin(1000);
  assertEquals((await scene.patch(path, 0, bytes.slice(0, 1001))).status, 413);
  const headers = { ...offsetType, "upload-offset": "0" };
  const body = ReadableStream.from([bytes.slice(0, 600), bytes.slice(600, 1200)]);
  assertEquals((await scene.ask("PATCH", path, { headers, body })).status, 413);
  assertEquals(offsetOf(await scene.ask("HEAD", path)), "0");
});

Deno.test("tus takes the bytes that come with the creation", async () => {
  await using scene = await TusScene.start();
  const half = await scene.create(10, { headers: offsetType, body: bytes.slice(0, 6) });
  assertEquals([half.status, offsetOf(half)], [201, "6"]);
  const rest = await scene.patch(half.headers.get("location") ?? "", 6, bytes.slice(6, 10));
  assertEquals([rest.status, offsetOf(rest)], [204, "10"]);
  const whole = await scene.create(10, { headers: offsetType, body: bytes.slice(0, 10) });
  assertEquals([whole.status, offsetOf(whole)], [201, "10"]);
  assertMatch(whole.headers.get("content-location") ?? "", /notes%20\(2\)\.txt$/);
  assertEquals((await scene.bob.seen("shared")).length, 2);
});

Deno.test("tus shares an empty file at once", async () => {
  await using scene = await TusScene.start();
  const { status, headers } = await scene.create(0);
  assertEquals([status, headers.get("upload-offset")], [201, "0"]);
  await scene.bob.next("shared");
});

Deno.test("tus under one cid creates one upload", async () => {
  await using scene = await TusScene.start();
  const headers = { "upload-metadata": metadata({ cid: "c-1" }) };
  const first = (await scene.create(10, { headers })).headers.get("location") ?? "";
  await scene.patch(first, 0, bytes.slice(0, 4));
  const again = await scene.create(10, { headers });
  assertEquals([again.headers.get("location"), offsetOf(again)], [first, "4"]);
});

Deno.test("tus is refused where its headers or its user aren't what they must be", async () => {
  await using scene = await TusScene.start();
  const status = async (headers: Record<string, string>) =>
    (await scene.create(10, { headers })).status;
  assertEquals(await status({ "upload-length": "-1" }), 400);
  assertEquals(await status({ "upload-length": "" }), 400);
  assertEquals(await status({ "upload-defer-length": "1" }), 400);
  assertEquals(await status({ "upload-metadata": "filename !!" }), 400);
  assertEquals(await status({ "upload-metadata": "filename" }), 400);
  assertEquals(await status({ "upload-metadata": metadata({ room: "nowhere" }) }), 404);
  assertEquals(await status({ "upload-metadata": metadata({ filename: " " }) }), 400);
  assertEquals(await status({ authorization: "" }), 401);
  const path = await scene.begin(10);
  const body = bytes.slice(0, 1);
  assertEquals((await scene.ask("PATCH", path, { body })).status, 415);
  assertEquals((await scene.ask("PATCH", path, { body, headers: offsetType })).status, 400);
});

Deno.test("tus takes its methods by POST, too", async () => {
  await using scene = await TusScene.start();
  const path = await scene.begin(10);
  const post = (method: string, more: Asking = {}) => {
    const headers = { ...more.headers, "x-http-method-override": method };
    return scene.ask("POST", path, { ...more, headers });
  };
  const headers = { ...offsetType, "upload-offset": "0" };
  assertEquals((await post("PATCH", { headers, body: bytes.slice(0, 3) })).status, 204);
  assertEquals(offsetOf(await post("HEAD")), "3");
  assertEquals((await post("GET")).status, 400);
  assertEquals((await post("DELETE")).status, 204);
});

Deno.test("tus waits for its turn, keeps its place, and is told when to come again", async () => {
  const clock = new FakeClock();
  await using scene = await TusScene.start({
    clock,
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const { transfer } = await offer(scene.bob, bytes);
  const path = await scene.begin(10);
  const { core } = scene.web.server;
  const there = core.peerCount;
  const here = async () => {
    while (core.peerCount === there) await scene.bob.ok({ t: "ping" });
  };

  const first = scene.patch(path, 0, bytes.slice(0, 10));
  await here();
  for (let at = 0; at < 4; at++) {
    await scene.bob.part(transfer, at, bytes.subarray(at, at + 1));
    await scene.bob.ok({ t: "ping" });
    await clock.tick(limits.webQueuedMs / 3);
  }
  const late = await first;
  assertEquals([late.status, late.json.code], [503, "not_granted"]);
  assertEquals(late.headers.get("retry-after"), String(limits.webRetryMs / 1000));
  assert(limits.webRetryMs < limits.placeLostMs);

  const second = scene.patch(path, 0, bytes.slice(0, 10));
  await here();
  await scene.bob.ok({ t: "cancel", transfer });
  assertEquals((await second).status, 204);
});

/** A connection on which a PATCH of all bytes has begun, with none of them yet. */
async function begunPatch({ web, alice }: TusScene, path: string): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: web.port });
  const lines = [
    `PATCH ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${web.port}`,
    `Authorization: Bearer ${alice.token}`,
    "Tus-Resumable: 1.0.0",
    "Upload-Offset: 0",
    "Content-Type: application/offset+octet-stream",
    `Content-Length: ${bytes.length}`,
  ];
  await sendAll(conn, [new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`)]);
  return conn;
}

Deno.test("tus of a body that drips is 408, and goes on behind what came of it", async () => {
  const clock = new FakeClock();
  await using scene = await TusScene.start({ clock });
  const path = await scene.begin(bytes.length);
  using conn = await begunPatch(scene, path);
  let text: string | undefined;
  void readToEnd(conn).then((all) => text = all);
  for (let at = 0; text === undefined; at++) {
    await sendAll(conn, [bytes.subarray(at, at + 1)]);
    await clock.tick(1000);
  }
  const { status, headers, body } = parseAnswer(text);
  assertEquals([status, headers["tus-resumable"]], [408, "1.0.0"]);
  assertEquals(JSON.parse(body).code, "too_slow");
  const came = Number(offsetOf(await scene.ask("HEAD", path)));
  assert(came > 0, "What came of it is lost");
  assertEquals((await scene.patch(path, came, bytes.slice(came))).status, 204);
});

Deno.test("tus goes on behind a request that hangs, which can't write any more", async () => {
  const blobs = new MemoryBlobs();
  await using scene = await TusScene.start({ blobs });
  const path = await scene.begin(bytes.length);
  using conn = await begunPatch(scene, path);
  await sendAll(conn, [bytes.slice(0, 400_000)]);
  // Only what is gathered into a part is written: one of them is whole.
  const written = async () => [...(await blobs.unfinished()).values()];
  while ((await written())[0] !== 262_144) await scene.bob.ok({ t: "ping" });
  assertEquals(offsetOf(await scene.ask("HEAD", path)), "262144");
  const rest = await scene.patch(path, 262_144, bytes.slice(262_144));
  assertEquals([rest.status, offsetOf(rest)], [204, "700000"]);
  await sendAll(conn, [bytes.slice(400_000)]);
  const answer = new Uint8Array(100);
  await conn.read(answer);
  assertMatch(new TextDecoder().decode(answer), /^HTTP\/1\.1 40[49] /);
  const { file } = await scene.bob.next("shared");
  assert(typeof file === "object" && file !== null && "sha256" in file);
  assertEquals(file.sha256, hashOf(bytes));
});

Deno.test("tus takes a picture's size and thumbnail, and refuses what is none", async () => {
  await using scene = await TusScene.start();
  const size = metadata({ filename: "a.png", width: "400", height: "300" });
  const offer = (thumb: string) =>
    scene.create(0, { headers: { "upload-metadata": `${size},thumb ${thumb}` } });
  const { status, headers } = await offer(smallWebp.toBase64());
  assertEquals(status, 201);
  const { files } = await scene.bob.ok({ t: "files" });
  const [{ file, picture }] = files as { file: string; picture: unknown }[];
  assertEquals(picture, { width: 400, height: 300, thumb: smallWebp.length });
  assertEquals(headers.get("content-location"), `/files/${file}/a.png`);
  const thumb = await scene.web.ask(`/thumbs/${file}`, { as: scene.bob });
  assertEquals(thumb.bytes, smallWebp);
  const wrong = await offer(new TextEncoder().encode("<svg/>").toBase64());
  assertEquals([wrong.status, wrong.json.code], [400, "bad_message"]);
});
