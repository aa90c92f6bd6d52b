/** What a peer that tries things sends frames over: TCP, and WebSocket with frames of its own making. */

import { Framer } from "../../lib/wire/connection.ts";
import { isObject, type JsonObject } from "../../lib/wire/fields.ts";
import { limits } from "../../lib/limits.ts";
import type { Chance } from "./chance.ts";
import type { FuzzFrame } from "./fuzz_frames.ts";
import { noise } from "./fuzz_grammar.ts";
import { frame, opcodes, upgrade } from "./raw_websocket.ts";

/** Takes what the server says: an object, or what is wrong with its line. */
export type Take = (said: JsonObject | string) => void;

/** A connection to the server. */
export interface Wire {
  /** Whether the server has ended it. */
  readonly isOver: boolean;
  /** @throws {Error} where the server has ended it. */
  send(frame: FuzzFrame): Promise<void>;
  /** Says that nothing more comes; resolves when the server has ended it, too. */
  end(): Promise<void>;
  close(): void;
}

/** Over TCP. */
export async function tcpWire(port: number, take: Take): Promise<Wire> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let isOver = false;
  const reading = readLines(conn, take).then(() => isOver = true);
  return {
    get isOver() {
      return isOver;
    },
    async send({ line, body = new Uint8Array(0) }) {
      await sendAll(conn, [line, Uint8Array.of(10), body]);
    },
    async end() {
      await conn.closeWrite();
      await reading;
    },
    close: () => closed(conn),
  };
}

async function readLines(conn: Deno.Conn, take: Take): Promise<void> {
  const framer = new Framer({ lineBytesMax: limits.lineBytesOutMax, keepsBody: () => false });
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const length = await conn.read(buffer).catch(() => null);
    if (length === null) return;
    for (const came of framer.push(buffer.subarray(0, length))) {
      take(came.is === "object" ? came.json : `a line that is ${came.is}`);
    }
  }
}

/** Over WebSocket; `undefined` where the server wants none. */
export async function webSocketWire(
  port: number,
  chance: Chance,
  take: Take,
): Promise<Wire | undefined> {
  const { answer, socket } = await upgrade(port, chance.once(10) ? oddHeaders(chance) : {});
  if (answer.status !== 101) {
    if (answer.status >= 500) take(`${answer.status} to an upgrade`);
    socket.conn.close();
    return undefined;
  }
  let isOver = false;
  const reading = readMessages().then(() => isOver = true);
  return {
    get isOver() {
      return isOver;
    },
    send: ({ line, body }) => socket.send(...messages(chance, line, body)),
    async end() {
      await socket.send(frame(Uint8Array.of(3, 232), { opcode: opcodes.close }));
      await reading;
    },
    close: () => closed(socket.conn),
  };

  async function readMessages(): Promise<void> {
    try {
      for (;;) {
        const { text } = await socket.next(({ opcode }) => opcode === opcodes.text);
        for (const line of text.split("\n").filter((line) => line !== "")) take(objectOf(line));
      }
    } catch {
      // It has ended.
    }
  }
}

/** `line`: its bytes as characters. */
function objectOf(line: string): JsonObject | string {
  try {
    const bytes = Uint8Array.from(line, (sign) => sign.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(value) ? value : "a line that is no object";
  } catch {
    return `a line that is no JSON: ${line.slice(0, 100)}`;
  }
}

function oddHeaders(chance: Chance): Readonly<Record<string, string>> {
  return chance.pick<Readonly<Record<string, string>>>([
    { "Sec-WebSocket-Version": "99" },
    { "Sec-WebSocket-Key": "x" },
    { "Sec-WebSocket-Protocol": "a, b,,c" },
    { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=99" },
    { Origin: "http://example.org" },
    { Upgrade: "WEBSOCKET, h2c" },
    { "Content-Length": "5" },
  ]);
}

/** A frame as messages; some are cut, some are what must not be. */
function messages(chance: Chance, line: Uint8Array, body?: Uint8Array): readonly Uint8Array[] {
  const binary = body ? [frame(body, { opcode: opcodes.binary })] : [];
  switch (chance.below(20)) {
    case 0: {
      const at = chance.below(line.length + 1);
      return [
        frame(line.subarray(0, at), { fin: false }),
        frame(noise(chance, 5), { opcode: chance.pick([opcodes.ping, opcodes.pong]) }),
        frame(line.subarray(at), { opcode: opcodes.more }),
        ...binary,
      ];
    }
    case 1:
      return chance.pick([
        [frame(line, { opcode: chance.below(16) })],
        [frame(line, { masked: false })],
        [frame(line, { reserved: 1 + chance.below(7) })],
        [frame(line, { length: chance.pick([0, 2 ** 40, line.length + 7]) })],
        [frame(noise(chance, 200), { opcode: opcodes.ping })],
        [frame(noise(chance, chance.below(200)))],
        [noise(chance, 1 + chance.below(100))],
        [frame(noise(chance, chance.below(5)), { opcode: opcodes.close })],
      ]);
    default:
      return [frame(line), ...binary];
  }
}

async function sendAll(conn: Deno.Conn, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) at += await conn.write(chunk.subarray(at));
  }
}

function closed(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed.
  }
}
