import { assertEquals, assertMatch } from "@std/assert";
import { MemoryBlobs } from "../../lib/backend/memory/blobs.ts";
import type { FilePath, Outgoing } from "../../lib/file_store.ts";
import { fileRoutes } from "../../lib/net/file_routes.ts";
import { counted, share } from "../helpers/file_peer.ts";
import type { Peer } from "../helpers/peer.ts";
import { smallJpeg, smallWebp } from "../helpers/small_pictures.ts";
import { type Asking, WebScene } from "../helpers/web_scene.ts";

const bytes = counted(700_000);

/** Knows how many files are open to be read. */
class CountingBlobs extends MemoryBlobs {
  reading = 0;

  override async open(path: FilePath): Promise<Outgoing | undefined> {
    const outgoing = await super.open(path);
    if (!outgoing) return undefined;
    this.reading++;
    return {
      size: outgoing.size,
      read: (into, offset) => outgoing.read(into, offset),
      [Symbol.asyncDispose]: () => {
        this.reading--;
        return outgoing[Symbol.asyncDispose]();
      },
    };
  }
}

/** A file that somebody shared in a room, and its path. */
async function shared(peer: Peer, name: string, sharing: { readonly room?: string } = {}) {
  const file = await share(peer, bytes, { name, ...sharing });
  return { file, path: `/files/${file.file}/${encodeURIComponent(name)}` };
}

Deno.test("GET /files sends a file under its name, to be saved", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  const { file, path } = await shared(alice, "Übung 1.txt");
  const answer = await scene.ask(path, { as: alice });
  assertEquals(answer.status, 200);
  assertEquals(answer.bytes, bytes);
  const { headers } = answer;
  assertEquals(headers.get("content-length"), "700000");
  assertEquals(headers.get("etag"), `"${file.sha256}"`);
  assertEquals(headers.get("accept-ranges"), "bytes");
  const saved = `attachment; filename="_bung 1.txt"; filename*=UTF-8''%C3%9Cbung%201.txt`;
  assertEquals(headers.get("content-disposition"), saved);
  assertMatch(headers.get("content-security-policy") ?? "", /sandbox/);
  assertEquals(headers.get("x-content-type-options"), "nosniff");
});

Deno.test("HEAD /files says the same without the bytes", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  const { path } = await shared(alice, "a.png");
  const got = await scene.ask(`${path}?inline`, { as: alice });
  const { status, headers, text } = await scene.ask(`${path}?inline`, {
    as: alice,
    method: "HEAD",
  });
  assertEquals([status, text], [200, ""]);
  for (const name of ["content-length", "etag", "content-type", "content-disposition"]) {
    assertEquals(headers.get(name), got.headers.get(name));
  }
  assertMatch(headers.get("content-disposition") ?? "", /^inline/);
  assertEquals(headers.get("content-type"), "image/png");
});

Deno.test("GET /files sends the piece that is asked for", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  const { file, path } = await shared(alice, "a.bin");
  const ask = (range: string, more: Asking["headers"] = {}) =>
    scene.ask(path, { as: alice, headers: { range, ...more } });
  for (
    const [range, from, to] of [
      ["bytes=0-0", 0, 1],
      ["bytes=262143-262144", 262_143, 262_145],
      ["bytes=699999-", 699_999, 700_000],
      ["bytes=-5", 699_995, 700_000],
      ["bytes=5-9999999", 5, 700_000],
    ] as const
  ) {
    const { status, headers, bytes: piece } = await ask(range);
    assertEquals(status, 206);
    assertEquals(headers.get("content-range"), `bytes ${from}-${to - 1}/700000`);
    assertEquals(headers.get("content-length"), String(to - from));
    assertEquals(piece, bytes.subarray(from, to));
  }
  const beyond = await ask("bytes=700000-");
  assertEquals([beyond.status, beyond.headers.get("content-range")], [416, "bytes */700000"]);
  assertEquals((await ask("bytes=1-2", { "if-range": `"${file.sha256}"` })).status, 206);
  assertEquals((await ask("bytes=1-2", { "if-range": '"other"' })).status, 200);
  assertEquals((await ask("bytes=1-2,4-5")).status, 200);
});

Deno.test("GET /files doesn't send what the asker has", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  const { file, path } = await shared(alice, "a.bin");
  const headers = { "if-none-match": `"x", W/"${file.sha256}"` };
  const { status, bytes: none, headers: said } = await scene.ask(path, { as: alice, headers });
  assertEquals([status, none.length], [304, 0]);
  // A browser forgets the policy that it has kept for the one that comes with this answer.
  const policy = "content-security-policy";
  const whole = await scene.ask(path, { as: alice });
  assertEquals(said.get(policy), whole.headers.get(policy));
});

Deno.test("GET /files shows nothing in place that could run", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  for (const name of ["a.svg", "a.html", "a.js"]) {
    const { path } = await shared(alice, name);
    const { headers } = await scene.ask(`${path}?inline`, { as: alice });
    assertMatch(headers.get("content-disposition") ?? "", /^attachment/);
    assertEquals(headers.get("content-type"), "application/octet-stream");
  }
});

Deno.test("GET /files is 404 for everybody who may not see the file", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice", "dev");
  const bob = await scene.server.join("Bob");
  const { file, path } = await shared(alice, "a.bin", { room: "dev" });
  const stranger = { headers: { authorization: "Bearer nobody" } };
  for (const asking of [{}, stranger, { as: bob }]) {
    assertEquals(await scene.refused(404, path, asking), "no_such_file");
  }
  assertEquals(await scene.refused(404, `${path}x`, { as: alice }), "no_such_file");
  assertEquals(await scene.refused(404, "/files/nothing/a.bin", { as: alice }), "no_such_file");
  await bob.ok({ t: "join", room: "dev" });
  assertEquals((await scene.ask(path, { as: bob })).status, 200);
  await alice.ok({ t: "remove", file: file.file });
  assertEquals(await scene.refused(404, path, { as: bob }), "no_such_file");
});

Deno.test("GET /files of a private file to its end is told to its sender, a piece isn't", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice");
  const bob = await scene.server.join("Bob");
  const { file, path } = await shared(alice, "a.bin", { room: "@Bob" });
  await scene.ask(path, { as: bob, headers: { range: "bytes=0-9" } });
  assertEquals(await alice.seen("taken"), []);
  await scene.ask(path, { as: bob });
  assertEquals((await alice.next("taken")).file, file.file);
});

Deno.test("GET /files closes the file also where the asker leaves, or wants only the head", async () => {
  const blobs = new CountingBlobs();
  await using scene = await WebScene.start(fileRoutes, { blobs });
  const alice = await scene.server.join("Alice");
  const { path } = await shared(alice, "a.bin");
  const headers = { authorization: `Bearer ${alice.token}` };
  for (let count = 0; count < 5; count++) {
    const response = await fetch(scene.url(path), { headers });
    await response.body?.getReader().read();
    await response.body?.cancel().catch(() => {});
    await scene.ask(path, { as: alice, method: "HEAD" });
    await scene.ask(`${path}?`, { as: alice, headers: { range: "bytes=700000-" } });
  }
  while (blobs.reading > 0 || scene.server.peerCount > 1) await alice.ok({ t: "ping" });
});

Deno.test("GET /thumbs sends a thumbnail as the picture that it is, to whoever may see the file", async () => {
  await using scene = await WebScene.start(fileRoutes);
  const alice = await scene.server.join("Alice", "dev");
  const bob = await scene.server.join("Bob");
  for (const [thumb, type] of [[smallWebp, "image/webp"], [smallJpeg, "image/jpeg"]] as const) {
    const picture = { width: 400, height: 300, thumb: thumb.toBase64() };
    const file = await share(alice, bytes, { room: "dev", name: "a.png", picture });
    assertEquals(file.picture, { width: 400, height: 300, thumb: thumb.length });
    const path = `/thumbs/${file.file}`;
    const { status, bytes: got, headers } = await scene.ask(path, { as: alice });
    assertEquals([status, got], [200, thumb]);
    assertEquals(headers.get("content-type"), type);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertMatch(headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    const known = { "if-none-match": headers.get("etag") ?? "" };
    assertEquals((await scene.ask(path, { as: alice, headers: known })).status, 304);
    assertEquals(await scene.refused(404, path, { as: bob, headers: known }), "no_such_file");
    assertEquals(await scene.refused(404, path), "no_such_file");
    await alice.ok({ t: "remove", file: file.file });
    assertEquals(await scene.refused(404, path, { as: alice, headers: known }), "no_such_file");
  }
  const plain = await share(alice, bytes, { room: "dev", name: "b.png" });
  assertEquals(await scene.refused(404, `/thumbs/${plain.file}`, { as: alice }), "no_such_file");
});
