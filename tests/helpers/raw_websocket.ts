/** WebSocket as bytes, for what no proper client sends. */

import { assertEquals } from "@std/assert";
import { byteText, parseAnswer, type RawAnswer } from "./raw_http.ts";

/** Kinds of frames, RFC 6455, 5.2. */
export const opcodes = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame that came; `text` is its payload, each byte a character. */
export interface RawFrame {
  readonly opcode: number;
  readonly text: string;
}

/** How a frame may differ from a whole text message. */
export interface FrameOptions {
  readonly opcode?: number;
  /** Whether it ends its message. */
  readonly fin?: boolean;
  readonly masked?: boolean;
  /** The length that its head says, in the place of the true one. */
  readonly length?: number;
  /** Bits that an extension would give a meaning. */
  readonly reserved?: number;
}

const encoder = new TextEncoder();

/** The bytes of a frame; masked with zeros, which changes nothing and is allowed. */
export function frame(payload: string | Uint8Array, options: FrameOptions = {}): Uint8Array {
  const { opcode = opcodes.text, fin = true, masked = true, reserved = 0 } = options;
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const { length = bytes.length } = options;
  const mask = masked ? 0x80 : 0;
  const head = [(fin ? 0x80 : 0) | reserved << 4 | opcode];
  if (length < 126) head.push(mask | length);
  else if (length < 65_536) head.push(mask | 126, length >> 8, length & 255);
  else head.push(mask | 127, ...bigEndian(length));
  if (masked) head.push(0, 0, 0, 0);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return all;
}

function bigEndian(length: number): number[] {
  return Array.from({ length: 8 }, (_, index) => Math.floor(length / 256 ** (7 - index)) % 256);
}

/** Asks for a WebSocket and resolves the answer; the connection stays open. */
export async function upgrade(
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly answer: RawAnswer; readonly socket: RawSocket }> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const all = {
    Host: `127.0.0.1:${port}`,
    Origin: `http://127.0.0.1:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const fields = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await conn.write(encoder.encode(`GET /ws HTTP/1.1\r\n${fields}\r\n`));
  const socket = new RawSocket(conn);
  return { answer: await socket.answer(), socket };
}

/** A WebSocket's bytes. */
export class RawSocket implements Disposable {
  readonly conn: Deno.TcpConn;
  #came = "";

  constructor(conn: Deno.TcpConn) {
    this.conn = conn;
  }

  /** Connects and says hello as a new guest. */
  static async join(port: number, user: string): Promise<RawSocket> {
    const { answer, socket } = await upgrade(port);
    assertEquals(answer.status, 101);
    await socket.send(frame(JSON.stringify({ t: "hello", v: 1, user, id: "hello" })));
    const { text } = await socket.next(({ text }) => text.includes('"re":"hello"'));
    assertEquals(JSON.parse(text.split("\n")[0]).t, "ok", text);
    return socket;
  }

  /**
   * Sends frames.
   *
   * @throws {Error} when the server has ended the connection.
   */
  async send(...frames: readonly Uint8Array[]): Promise<void> {
    for (const bytes of frames) {
      for (let at = 0; at < bytes.length;) at += await this.conn.write(bytes.subarray(at));
    }
  }

  /** The answer to the request for it. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const end = this.#came.indexOf("\r\n\r\n") + 4;
      const isWhole = end >= 4 && parseAnswer(this.#came).status === 101;
      if (isWhole) {
        const answer = parseAnswer(this.#came.slice(0, end));
        this.#came = this.#came.slice(end);
        return answer;
      }
      if (!await this.#read()) return parseAnswer(this.#came);
    }
  }

  /** The next frame that `fits`; `undefined` frames don't come: the end is an error. */
  async next(fits: (frame: RawFrame) => boolean = () => true): Promise<RawFrame> {
    for (;;) {
      const found = this.#take();
      if (found !== undefined && fits(found)) return found;
      if (found === undefined && !await this.#read()) throw new Error("The server has ended it");
    }
  }

  /** Every frame up to the end. */
  async rest(): Promise<readonly RawFrame[]> {
    const frames: RawFrame[] = [];
    for (;;) {
      const found = this.#take();
      if (found !== undefined) frames.push(found);
      else if (!await this.#read()) return frames;
    }
  }

  [Symbol.dispose](): void {
    this.conn.close();
  }

  async #read(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const length = await this.conn.read(buffer).catch(() => null);
    if (length === null) return false;
    this.#came += byteText(buffer.subarray(0, length));
    return true;
  }

  /** The frame that has come, if one has whole. */
  #take(): RawFrame | undefined {
    const came = this.#came;
    if (came.length < 2) return undefined;
    const short = came.charCodeAt(1) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (came.length < 2 + extra) return undefined;
    const long = [...came.slice(2, 2 + extra)].map((sign) => sign.charCodeAt(0));
    const length = extra === 0 ? short : long.reduce((sum, byte) => sum * 256 + byte, 0);
    const end = 2 + extra + length;
    if (came.length < end) return undefined;
    this.#came = came.slice(end);
    return { opcode: came.charCodeAt(0) & 15, text: came.slice(2 + extra, end) };
  }
}
