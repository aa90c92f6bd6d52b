import { assert, assertEquals } from "@std/assert";
import { dropRoute } from "../../lib/net/drop_route.ts";
import { fileRoutes } from "../../lib/net/file_routes.ts";
import { limits } from "../../lib/limits.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { counted, hashOf, offer } from "../helpers/file_peer.ts";
import { type Asking, WebScene } from "../helpers/web_scene.ts";

const routes = [dropRoute, ...fileRoutes];
const bytes = counted(1_500_000);
const put = (body: BodyInit, more: Asking = {}): Asking => ({ method: "PUT", body, ...more });

/** A body that says how long it is and breaks off after `bytes`. */
async function breakOff(scene: WebScene, path: string, token: string, bytes: Uint8Array) {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: scene.port });
  const lines = [
    `PUT ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${scene.port}`,
    `Authorization: Bearer ${token}`,
    `Content-Length: ${bytes.length + 1}`,
  ];
  await conn.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

Deno.test("PUT /drop shares what comes", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  const bob = await scene.server.join("Bob");
  const headers = { "content-type": "text/plain" };
  const { status, json, headers: answered } = await scene.ask(
    "/drop/lobby/notes%20(1).txt?folder=a/b",
    put(bytes, { as: alice, headers }),
  );
  assertEquals(status, 201);
  const { file } = await bob.next("shared");
  assertEquals(file, {
    file: json.file,
    name: "notes (1).txt",
    folder: "a/b",
    size: bytes.length,
    sha256: hashOf(bytes),
    mime: "text/plain",
    user: "Alice",
    uid: alice.uid,
    at: json.at,
    room: "lobby",
  });
  assertEquals(answered.get("location"), json.url);
  assertEquals((await scene.ask(String(json.url), { as: bob })).bytes, bytes);
});

Deno.test("PUT /drop takes an empty file, and one of a guest for one request", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  const { status } = await scene.ask("/drop/lobby/empty.txt?user=ci", put("", {}));
  assertEquals(status, 201);
  assertEquals((await alice.next("shared")).user, "ci");
  assertEquals((await scene.ask("/drop/lobby/b.txt?user=ci", put("b"))).status, 201);
  assertEquals(scene.server.core.people.size, 1);
});

Deno.test("PUT /drop under one cid shares once, also where the first try broke off", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  const path = "/drop/lobby/a.bin?cid=c-1";
  await breakOff(scene, path, alice.token, bytes.subarray(1));
  // It comes over a connection of its own, and might be the later one.
  const { library } = scene.server.core.backend;
  while ((await library.unfinished()).length === 0) await alice.ok({ t: "ping" });
  const first = await scene.ask(path, put(bytes, { as: alice }));
  assertEquals([first.status, first.json.sha256], [201, hashOf(bytes)]);
  const again = await scene.ask(path, put(bytes, { as: alice }));
  assertEquals([again.status, again.json.file], [201, first.json.file]);
  assertEquals((await alice.seen("shared")).length, 1);
});

Deno.test("PUT /drop under one cid several times at once shares once, and says so", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  const path = "/drop/lobby/a.bin?cid=c-1";
  const all = await Promise.all(
    Array.from({ length: 4 }, () => scene.ask(path, put(bytes, { as: alice }))),
  );
  const shared = all.filter(({ status }) => status === 201);
  const others = all.filter(({ status }) => status !== 201);
  assertEquals(
    others.map(({ status, json }) => [status, json.code]),
    others.map(() => [409, "moved"]),
  );
  const { status, json } = await scene.ask(path, put(bytes, { as: alice }));
  assertEquals([status, json.sha256], [201, hashOf(bytes)]);
  assertEquals(shared.map((one) => one.json.file), shared.map(() => json.file));
  assertEquals((await alice.seen("shared")).length, 1);
});

Deno.test("PUT /drop that breaks off leaves nothing behind", async () => {
  await using scene = await WebScene.start(routes);
  const alice = await scene.server.join("Alice");
  await breakOff(scene, "/drop/lobby/a.bin", alice.token, bytes);
  const { library } = scene.server.core.backend;
  while (scene.server.peerCount > 1 || (await library.unfinished()).length > 0) {
    await alice.ok({ t: "ping" });
  }
  assertEquals(await alice.seen("shared"), []);
});

Deno.test("PUT /drop is refused as the wire refuses it", async () => {
  const bounds = { fileBytesMax: 1000, fileTypes: [".txt"], guestQuotaBytes: 1500 };
  await using scene = await WebScene.start(routes, { bounds });
  const alice = await scene.server.join("Alice");
  const some = (length: number) => put(new Uint8Array(length), { as: alice });
  assertEquals(await scene.refused(401, "/drop/lobby/a.txt", put("x")), "login_required");
  assertEquals(await scene.refused(404, "/drop/nowhere/a.txt", some(1)), "no_such_room");
  assertEquals(await scene.refused(413, "/drop/lobby/a.txt", some(1001)), "file_size");
  assertEquals(await scene.refused(413, "/drop/lobby/a.txt", some(5_000_000)), "file_size");
  assertEquals(await scene.refused(415, "/drop/lobby/a.exe", some(1)), "file_type");
  assertEquals(await scene.refused(400, "/drop/lobby/%20?user=x", put("x")), "file_name");
  assertEquals((await scene.ask("/drop/lobby/a.txt", some(1000))).status, 201);
  assertEquals(await scene.refused(507, "/drop/lobby/b.txt", some(501)), "quota");
  const stream = ReadableStream.from([bytes]);
  assertEquals(
    await scene.refused(411, "/drop/lobby/c.txt", put(stream, { as: alice })),
    "bad_message",
  );
});

Deno.test("PUT /drop waits for its turn, and is told to come again where that takes too long", async () => {
  const clock = new FakeClock();
  await using scene = await WebScene.start(routes, {
    clock,
    bounds: { uploadsMax: 1 },
    alone: "nodes share the places, and there is one",
  });
  const alice = await scene.server.join("Alice");
  const bob = await scene.server.join("Bob");
  const { transfer } = await offer(bob, bytes);
  const { core } = scene.server;
  const dropping = () => scene.ask("/drop/lobby/a.bin", put(bytes, { as: alice }));
  const waiting = async () => {
    while ((await core.backend.library.unfinished()).length < 2) await alice.ok({ t: "ping" });
  };

  const first = dropping();
  await waiting();
  // The one that sends does so slowly, but doesn't rest.
  for (let at = 0; at < 4; at++) {
    await bob.part(transfer, at, bytes.subarray(at, at + 1));
    await bob.ok({ t: "ping" });
    await clock.tick(limits.webQueuedMs / 3);
  }
  const late = await first;
  assertEquals([late.status, late.json.code], [503, "not_granted"]);
  assert(Number(late.headers.get("retry-after")) > 0);
  assertEquals((await core.backend.library.unfinished()).length, 1);

  const second = dropping();
  await waiting();
  await bob.ok({ t: "cancel", transfer });
  assertEquals((await second).status, 201);
});
