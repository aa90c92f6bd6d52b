import { assert, assertEquals } from "@std/assert";
import { limits } from "../../lib/limits.ts";
import { counted, fetchAll, hashOf, offer, sendParts } from "../helpers/file_peer.ts";
import { frame, opcodes, RawSocket, upgrade } from "../helpers/raw_websocket.ts";
import { webPeer } from "../helpers/web_peer.ts";
import { standsStill } from "../helpers/still.ts";
import { WebScene } from "../helpers/web_scene.ts";

Deno.test("peers over WebSocket and over streams hear one another", async () => {
  await using scene = await WebScene.start([]);
  const alice = await scene.server.join("Alice");
  const bob = await webPeer(scene.port);
  await bob.hello("Bob");
  await bob.ok({ t: "say", room: "lobby", text: "from the page: größer 🙂" });
  assertEquals((await alice.next("said")).text, "from the page: größer 🙂");
  await alice.ok({ t: "say", room: "lobby", text: "x".repeat(10_000) });
  const said = await bob.event(({ t, user }) => t === "said" && user === "Alice");
  assertEquals(said.text, "x".repeat(10_000));
  bob.close();
});

Deno.test("a file goes up and down over WebSocket, byte for byte", async () => {
  await using scene = await WebScene.start([]);
  const bob = await webPeer(scene.port);
  await bob.hello("Bob", { features: ["gzip"] });
  const bytes = counted(3_000_000);
  const { transfer } = await offer(bob, bytes);
  await sendParts(bob, transfer, bytes, { size: 1024 * 1024 });
  const { file } = await bob.ok({ t: "finish", transfer, sha256: hashOf(bytes) });
  const { file: id } = file as { file: string };
  const fetched = await fetchAll(bob, 900, { file: id });
  assertEquals(hashOf(fetched.bytes), hashOf(bytes));
  // What isn't wanted is read and dropped, and the connection goes on.
  await bob.part("nothing", 0, counted(200_000));
  await bob.ok({ t: "ping" });
  assertEquals((await bob.next("refused")).code, "no_such_transfer");
  bob.close();
});

Deno.test("a page of history longer than a frame comes whole over WebSocket", async () => {
  await using scene = await WebScene.start([]);
  const alice = await scene.server.join("Alice");
  const text = "ä".repeat(limits.textBytesMax / 2);
  for (let count = 0; count < 12; count++) await alice.ok({ t: "say", room: "lobby", text });
  const bob = await webPeer(scene.port);
  await bob.hello("Bob");
  const { events } = await bob.ok({ t: "history", room: "lobby", limit: 3 });
  assert(Array.isArray(events));
  assertEquals(events.map((event) => event.text), [text, text, text]);
  bob.close();
});

Deno.test("a peer that asks and asks and takes nothing isn't read any more", async () => {
  await using scene = await WebScene.start([]);
  const alice = await scene.server.join("Alice");
  const text = "x".repeat(limits.textBytesMax);
  for (let count = 0; count < 4; count++) await alice.ok({ t: "say", room: "lobby", text });
  const slow = await RawSocket.join(scene.port, "Slow");
  const ask = frame(JSON.stringify({ t: "history", room: "lobby", id: 1 }));
  const asks = new Uint8Array(ask.length * 1000);
  for (let count = 0; count < 1000; count++) asks.set(ask, count * ask.length);
  let sent = 0;
  const sending = (async () => {
    for (; sent < 2000; sent++) await slow.send(asks);
  })().catch(() => {});
  // Once nothing more is taken while others are served, all buffers on the way are full.
  await standsStill(() => sent, () => alice.ok({ t: "ping" }));
  assert(sent < 2000, "Everything was taken");
  slow.conn.close();
  await sending;
  await alice.ok({ t: "ping" });
});

const ended: readonly [string, readonly Uint8Array[], number][] = [
  ["bytes that nobody announced", [frame("abc", { opcode: opcodes.binary })], 1003],
  ["a text for announced bytes", [frame('{"t":"part","bytes":3}'), frame("abc")], 1003],
  ["a line with bytes that isn't its message's last", [frame('{"t":"x","bytes":3}\nabc')], 1003],
  ["no UTF-8", [frame(Uint8Array.of(0xff, 0xfe))], 1007],
  [
    "more fragments than a message may have",
    [
      frame("{", { fin: false }),
      ...Array.from({ length: 300 }, () => frame(" ", { opcode: opcodes.more, fin: false })),
    ],
    1008,
  ],
];

for (const [what, frames, code] of ended) {
  Deno.test(`a WebSocket that sends ${what} is closed with ${code}`, async () => {
    await using scene = await WebScene.start([]);
    const { socket } = await upgrade(scene.port);
    using _open = socket;
    await socket.send(...frames);
    const { text } = await socket.next(({ opcode }) => opcode === opcodes.close);
    assertEquals(text.charCodeAt(0) * 256 + text.charCodeAt(1), code);
  });
}

Deno.test("lines over their bound end a WebSocket before they are whole, and it is told why", async () => {
  await using scene = await WebScene.start([]);
  using socket = await RawSocket.join(scene.port, "Mallory");
  const piece = "x".repeat(16 * 1024);
  await socket.send(frame(piece, { fin: false }));
  const more = frame(piece, { fin: false, opcode: opcodes.more });
  const sending = socket.send(...Array.from({ length: 20 }, () => more)).catch(() => {});
  const { text } = await socket.next(({ text }) => text.includes("refused"));
  assertEquals(JSON.parse(text).code, "too_long");
  await sending;
});

Deno.test("a ping is answered, and the next one where the first answer was taken", async () => {
  await using scene = await WebScene.start([]);
  using socket = await RawSocket.join(scene.port, "Alice");
  for (const word of ["one", "two"]) {
    await socket.send(frame(word, { opcode: opcodes.ping }));
    const { text } = await socket.next(({ opcode }) => opcode === opcodes.pong);
    assertEquals(text, word);
  }
});

Deno.test("a WebSocket is only at /ws, and only for the server's own page", async () => {
  await using scene = await WebScene.start([]);
  const attempts: [Record<string, string>, number][] = [
    [{ Origin: "http://evil.example" }, 403],
    [{ Origin: "null" }, 403],
    [{ Host: "evil.example" }, 421],
    [{ Upgrade: "h2c" }, 404],
  ];
  for (const [headers, status] of attempts) {
    const { answer, socket } = await upgrade(scene.port, headers);
    assertEquals(answer.status, status, JSON.stringify(headers));
    socket.conn.close();
  }
  assertEquals(await scene.refused(404, "/ws"), "no_such_file");
});

Deno.test("a server that stops tells its WebSockets and closes them", async () => {
  const scene = await WebScene.start([]);
  const bob = await webPeer(scene.port);
  await bob.hello("Bob");
  const closed = bob.next("closing");
  const ending = scene[Symbol.asyncDispose]();
  await closed;
  await bob.end();
  await ending;
});
