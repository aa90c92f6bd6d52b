import { assert, assertEquals, assertMatch } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { requireMemory } from "../helpers/memory_peak.ts";
import { barrierMs } from "../helpers/patience.ts";
import { frame, type FrameOptions, opcodes, RawSocket, upgrade } from "../helpers/raw_websocket.ts";
import { RealServer } from "../helpers/real_server.ts";

const MiB = 1024 * 1024;
/** What V8 lets lie before it collects, beside what a connection may hold. */
const growthMax = 64;

type Attack = (server: RealServer) => Promise<void>;

/** Attacks a server that is whole then: who was there says something, and it is heard. */
async function attacked(server: RealServer, attack: Attack): Promise<void> {
  const name = crypto.randomUUID().slice(0, 8);
  const [alice, bob] = [await server.join(`Alice${name}`), await server.join(`Bob${name}`)];
  await attack(server);
  await alice.ok({ t: "say", room: "lobby", text: "still here" });
  await bob.event(({ text }) => text === "still here");
  for (const peer of [alice, bob]) peer.close();
}

/** Registers an attack on a server that has seen nothing before, as it might fill it. */
function filling(name: string, attack: Attack): void {
  Deno.test(name, async () => {
    await using server = await RealServer.start({ web: true });
    await attacked(server, attack);
  });
}

/** Sends the same until the connection is cut, or `bytesMax` went out; how many did. */
async function push(socket: RawSocket, bytes: Uint8Array, bytesMax: number): Promise<number> {
  let sent = 0;
  try {
    while (sent < bytesMax) {
      await socket.send(bytes);
      sent += bytes.length;
    }
  } catch {
    // It was ended.
  }
  return sent;
}

/** A connection that has said hello, or nothing. */
async function connected(server: RealServer, user?: string): Promise<RawSocket> {
  if (user !== undefined) return await RawSocket.join(server.webPort, user);
  const { answer, socket } = await upgrade(server.webPort);
  assertEquals(answer.status, 101);
  return socket;
}

/** The size of each fragment, and who sends them; before hello, where it is nobody. */
const attempts: readonly [number, string?][] = [[1], [125], [16_384], [0, "Eve"], [
  16_384,
  "Mallory",
]];
const floods: readonly [string, FrameOptions, FrameOptions][] = [
  ["fragments of a text that never ends", { fin: false }, { fin: false, opcode: opcodes.more }],
  [
    "fragments of bytes that never end",
    { fin: false, opcode: opcodes.binary },
    { fin: false, opcode: opcodes.more },
  ],
];

for (const [what, first, next] of floods) {
  filling(`300 MiB of ${what} are ended and not kept`, async (server) => {
    await requireMemory(server, growthMax, async () => {
      for (const [size, user] of attempts) {
        using socket = await connected(server, user);
        await socket.send(frame("x".repeat(size), first));
        const one = frame("x".repeat(size), next);
        const many = new Uint8Array(one.length * Math.ceil(64 * 1024 / one.length));
        for (let at = 0; at < many.length; at += one.length) many.set(one, at);
        await deadline(push(socket, many, 300 * MiB), barrierMs);
        await deadline(socket.rest(), barrierMs);
      }
    });
  });
}

filling("pings whose answers nobody takes don't fill the server", async (server) => {
  await requireMemory(server, growthMax, async () => {
    using socket = await connected(server, "Mallory");
    const ping = frame("x".repeat(125), { opcode: opcodes.ping });
    // A whole message now and then, so that it isn't one without end.
    const parts = [...Array.from({ length: 900 }, () => ping), frame('{"t":"ping"}\n')];
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    await Promise.race([push(socket, bytes, 300 * MiB), later(10_000)]);
  });
});

/** Nothing, after a while: whoever isn't read any more would wait for ever. */
function later(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

filling(
  "a WebSocket peer that asks for much and takes nothing isn't read any more",
  async (server) => {
    const text = "x".repeat(16_000);
    const speaker = await server.join("Carol");
    for (let count = 0; count < 18; count++) await speaker.ok({ t: "say", room: "lobby", text });
    await requireMemory(server, growthMax, async () => {
      using socket = await connected(server, "Mallory");
      const ask = frame('{"t":"history","room":"lobby","limit":200}\n');
      const sent = await Promise.race([push(socket, ask, 64 * MiB), later(3000)]);
      assert(sent === undefined || sent < 64 * MiB, "It read all of them");
    });
  },
);

const wrongs: readonly [string, Uint8Array][] = [
  ["frames that aren't masked", frame('{"t":"ping"}\n', { masked: false })],
  ["compressed frames", frame('{"t":"ping"}\n', { reserved: 4 })],
  ["frames of an unknown kind", frame("x", { opcode: 3 })],
  ["text that isn't UTF-8", frame(Uint8Array.of(0x22, 0xff, 0xfe))],
  ["bytes that nothing announced", frame("x", { opcode: opcodes.binary })],
  ["a text where bytes were announced", frame('{"t":"part","bytes":5,"offset":0}\n{"t":"ping"}\n')],
  ["a piece without a beginning", frame("x", { opcode: opcodes.more })],
  ["a ping in pieces", frame("x", { opcode: opcodes.ping, fin: false })],
  ["a ping that is too long", frame("x".repeat(126), { opcode: opcodes.ping })],
];

const strangers: readonly [string, Record<string, string>][] = [
  ["a page of another host", { Origin: "http://evil.example" }],
  ["a page of another port", { Origin: "http://127.0.0.1:1" }],
  ["a page of a file or a sandbox", { Origin: "null" }],
  ["a page whose host only begins like this one", { Origin: "http://127.0.0.1.evil.example" }],
  ["a name that points here", { Host: "evil.example", Origin: "http://evil.example" }],
  ["a name that points here, with the port", { Host: "evil.example:8080" }],
  ["an empty name", { Host: "" }],
  ["a name with a user before it", { Host: "127.0.0.1@evil.example" }],
];

/** Attacks that one server goes through, one after the other. */
const attacks: Readonly<Record<string, Attack>> = {
  "a message that says it has 1 TiB is ended before it comes": async (server) => {
    for (const [user, opcode] of [["Eve", opcodes.text], ["Mallory", opcodes.binary]] as const) {
      using socket = await connected(server, user);
      await socket.send(frame("x".repeat(1000), { opcode, length: 2 ** 40 }));
      const frames = await deadline(socket.rest(), barrierMs);
      assert(frames.length > 0, "It ended without a word");
    }
  },
  "a WebSocket peer that sends what isn't allowed is ended, and told so": async (server) => {
    for (const [index, [what, bytes]] of wrongs.entries()) {
      using socket = await connected(server, `Mallory${index}`);
      await socket.send(bytes);
      const frames = await deadline(socket.rest(), barrierMs);
      assertEquals([what, frames.at(-1)?.opcode], [what, opcodes.close]);
    }
  },
  "a WebSocket peer whose hello is nonsense gets in nowhere": async (server) => {
    for (const text of ["GET / HTTP/1.1\r\n", "[]\n", '"hello"\n', "\u0000\n"]) {
      using socket = await connected(server);
      await socket.send(frame(text));
      const frames = await deadline(socket.rest(), barrierMs);
      assertEquals(frames.filter(({ text }) => text.includes('"t":"ok"')), []);
    }
  },
  "no extension is agreed on, so that nothing comes compressed": async (server) => {
    const { answer, socket } = await upgrade(server.webPort, {
      "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
    });
    using _socket = socket;
    assertEquals([answer.status, answer.headers["sec-websocket-extensions"]], [101, undefined]);
  },
  "WebSockets of others' pages and under others' names are refused": async (server) => {
    for (const [what, headers] of strangers) {
      const { answer, socket } = await upgrade(server.webPort, headers);
      using _socket = socket;
      assertMatch(`${answer.status} to ${what}`, /^4/);
    }
  },
};

Deno.test("a server that is attacked over WebSockets stays whole", async (test) => {
  await using server = await RealServer.start({ web: true });
  for (const [name, attack] of Object.entries(attacks)) {
    await test.step(name, () => attacked(server, attack));
  }
});
