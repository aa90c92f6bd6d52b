/** One connection of the load client: it reads in large pieces and parses only what it must. */

import type { JsonObject } from "../lib/wire/fields.ts";
import { parseLine } from "../lib/wire/decode.ts";

const newline = 10;
/** A server with thousands of idle peers is measured from here, too. */
const readBytesMin = 2048;
const readBytesMax = 256 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The letters that tell `{"t":"ok"` and `{"t":"refused"` from events, and where they stand. */
const kindAt = 6;
const ok = encoder.encode('ok"');
const refused = encoder.encode("refu");

/** What becomes of what comes in. */
export interface PeerOptions {
  /** Takes the event in the line from `from` to `to`; the bytes are good until it returns. */
  onEvent(line: Uint8Array, from: number, to: number): void;
  /** Called when all lines of a piece have been taken. */
  onPiece(): void;
  /** The connection has ended, by itself. */
  onEnd(): void;
}

/** One connection. */
export class Peer {
  /** Answers `ok` that nobody waits for: to what was said. */
  acknowledged = 0;
  /** What the server refused, in its words. */
  readonly refusals: string[] = [];
  /** From when it is set on: takes whole lines, those in the first `to` bytes, and nobody else does. */
  takeLines: ((bytes: Uint8Array, to: number) => void) | undefined;
  readonly #conn: Deno.TcpConn;
  readonly #options: PeerOptions;
  readonly #asked = new Map<string, (answer: JsonObject) => void>();
  #asks = 0;
  #closed = false;

  private constructor(conn: Deno.TcpConn, options: PeerOptions) {
    this.#conn = conn;
    this.#options = options;
  }

  static async connect(port: number, options: PeerOptions): Promise<Peer> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay();
    const peer = new Peer(conn, options);
    void peer.#read();
    return peer;
  }

  /** Sends a command and resolves with its answer; rejects where that is a refusal. */
  async ask(command: JsonObject): Promise<JsonObject> {
    const id = `ask ${++this.#asks}`;
    const { promise, resolve } = Promise.withResolvers<JsonObject>();
    this.#asked.set(id, resolve);
    await this.write(encoder.encode(`${JSON.stringify({ ...command, id })}\n`));
    const answer = await promise;
    if (answer.t === "ok") return answer;
    throw new Error(`The server refused "${command.t}": ${answer.message}`);
  }

  /** Sends whole lines; one call at a time. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  async #read(): Promise<void> {
    let buffer = new Uint8Array(readBytesMin);
    let kept = 0;
    for (;;) {
      const length = await this.#conn.read(buffer.subarray(kept)).catch(() => null);
      if (length === null) break;
      const end = kept + length;
      const taken = this.#lines(buffer, end);
      this.#options.onPiece();
      kept = end - taken;
      const isFull = end === buffer.length && buffer.length < readBytesMax;
      const next = isFull ? new Uint8Array(buffer.length * 4) : buffer;
      next.set(buffer.subarray(taken, end));
      buffer = next;
    }
    if (!this.#closed) this.#options.onEnd();
    this.close();
  }

  /** Takes every whole line of what has come; how many bytes that were. */
  #lines(buffer: Uint8Array, end: number): number {
    let from = 0;
    for (;;) {
      if (this.takeLines) {
        const whole = buffer.lastIndexOf(newline, end - 1) + 1;
        if (whole > from) this.takeLines(buffer.subarray(from), whole - from);
        return Math.max(whole, from);
      }
      const to = buffer.indexOf(newline, from);
      // The buffer may hold older bytes behind those that have come.
      if (to < 0 || to >= end) return from;
      if (this.#isAnswer(buffer, from)) this.#answer(buffer.subarray(from, to));
      else this.#options.onEvent(buffer, from, to);
      from = to + 1;
    }
  }

  #isAnswer(buffer: Uint8Array, from: number): boolean {
    return begins(buffer, from + kindAt, ok) || begins(buffer, from + kindAt, refused);
  }

  #answer(line: Uint8Array): void {
    const isOk = begins(line, kindAt, ok);
    if (isOk && this.#asked.size === 0) {
      this.acknowledged++;
      return;
    }
    const answer = parseLine(decoder.decode(line)) ?? {};
    const asked = this.#asked.get(String(answer.re));
    if (asked) {
      this.#asked.delete(String(answer.re));
      asked(answer);
    } else if (isOk) {
      this.acknowledged++;
    } else {
      this.refusals.push(`${answer.code}: ${answer.message}`);
    }
  }
}

function begins(bytes: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let index = 0; index < start.length; index++) {
    if (bytes[at + index] !== start[index]) return false;
  }
  return true;
}
