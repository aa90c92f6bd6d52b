/** A peer over WebSocket: a socket of `ws` as a {@linkcode Connection}. */

import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Connection, Frame } from "../wire/connection.ts";
import type { JsonObject } from "../wire/fields.ts";
import { limits } from "../limits.ts";
import { MessageCutter, MessageReader } from "../wire/messages.ts";

/** What one write takes: of a message that is longer a slow peer is seen to take a piece. */
const pieceBytes = 64 * 1024;
/**
 * What may come without completing a message, beyond what its bound is: one read of the system
 * behind the message before, and the headers of fragments.
 */
const slackBytes = 64 * 1024 + 16 * 1024;
/** Close codes of RFC 6455, 7.4.1. */
const codes = { normal: 1000, unexpected: 1003 } as const;

/** What {@linkcode webSocketConnection} is made with. */
export interface WebSocketPeer {
  /** Fresh from the upgrade. */
  readonly socket: WebSocket;
  /** What it lies on, to see bytes come while their message isn't whole. */
  readonly stream: Duplex;
  readonly remote: string;
  now(): number;
}

/** A connection over a WebSocket. */
export function webSocketConnection(peer: WebSocketPeer): Connection {
  return new WebSocketConnection(peer);
}

class WebSocketConnection implements Connection {
  readonly remote: string;
  bodyAt = 0;
  readonly #socket: WebSocket;
  readonly #reader = new MessageReader({
    lineBytesMax: limits.lineBytesInMax,
    keepsBody: () => false,
  });
  readonly #cutter = new MessageCutter();
  /** What came and wasn't asked for yet: the messages of one read of the system, at most. */
  #frames: Frame[] = [];
  /** Whoever waits for frames. */
  #onFrames: ((frames: readonly Frame[] | undefined) => void) | undefined;
  #isPaused = false;
  #isOver = false;
  /** Whether the peer hasn't taken the last pong. */
  #isPonging = false;
  /** Nothing that comes now can be understood. */
  #isBroken = false;
  /** Bytes that came since the last whole message. */
  #unfinished = 0;
  /** How much of the message that is sent hasn't been taken. */
  #left = 0;
  #isBinary = false;

  constructor({ socket, stream, remote, now }: WebSocketPeer) {
    this.remote = remote;
    this.#socket = socket;
    socket.on("message", (bytes, isBinary) => this.#came(bytes, isBinary));
    socket.on("ping", (bytes) => this.#pong(bytes));
    socket.on("close", () => this.#end());
    // What is wrong with its frames, the peer was told; then it is closed.
    socket.on("error", () => this.#isBroken = true);
    stream.on("data", (bytes: Uint8Array) => {
      if (this.#reader.bodyBytes > 0) this.bodyAt = now();
      this.#unfinished += bytes.length;
      if (!this.#isBroken) return this.#checkLength();
      // Reading on for a while lets the peer hear why; reading all that it has is not needed.
      if (this.#unfinished > limits.bodyBytesMax) stream.pause();
    });
  }

  read(): Promise<readonly Frame[] | undefined> {
    if (this.#frames.length > 0) {
      const frames = this.#frames;
      this.#frames = [];
      return Promise.resolve(frames);
    }
    if (this.#isOver) return Promise.resolve(undefined);
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
    return new Promise((resolve) => this.#onFrames = resolve);
  }

  keepBodies(keeps: (json: JsonObject) => boolean): void {
    this.#reader.keepBodies(keeps);
  }

  reuse(body: Uint8Array): void {
    this.#reader.reuse(body);
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#left === 0) {
      const { length, isBinary } = this.#cutter.next(bytes);
      this.#left = length;
      this.#isBinary = isBinary;
    }
    const piece = bytes.subarray(0, Math.min(this.#left, pieceBytes));
    this.#left -= piece.length;
    const how = { binary: this.#isBinary, fin: this.#left === 0 };
    return new Promise((resolve, reject) => {
      this.#socket.send(piece, how, (error) => error ? reject(error) : resolve(piece.length));
    });
  }

  endWriting(): Promise<void> {
    this.#socket.close(codes.normal);
    return Promise.resolve();
  }

  close(): void {
    this.#socket.terminate();
    this.#end();
  }

  #came(bytes: Uint8Array, isBinary: boolean): void {
    if (this.#isOver || this.#isBroken) return;
    this.#unfinished = 0;
    const { bodyBytes } = this.#reader;
    const frames = this.#reader.take(bytes, isBinary);
    if (frames) return this.#pass(frames);
    const wanted = bodyBytes > 0
      ? `a binary message of ${bodyBytes} bytes had to come`
      : "lines come as text, and a line with bytes is the last of its message";
    this.#isBroken = true;
    this.#socket.close(codes.unexpected, wanted);
  }

  /** A message may be as long as a body only where one was announced. */
  #checkLength(): void {
    const bytesMax = this.#reader.bodyBytes || limits.lineBytesInMax;
    if (this.#unfinished <= bytesMax + slackBytes) return;
    this.#isBroken = true;
    this.#pass([{ is: "too_long", bytesMax }]);
  }

  /** RFC 6455, 5.5.3: the last ping may stand for those before; else they fill our queue. */
  #pong(bytes: Uint8Array): void {
    if (this.#isPonging || this.#isOver) return;
    this.#isPonging = true;
    this.#socket.pong(bytes, false, () => this.#isPonging = false);
  }

  #pass(frames: readonly Frame[]): void {
    this.#frames.push(...frames);
    const onFrames = this.#onFrames;
    if (onFrames === undefined) return this.#pause();
    this.#onFrames = undefined;
    onFrames(this.#frames);
    this.#frames = [];
  }

  #pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#socket.pause();
  }

  #end(): void {
    this.#isOver = true;
    const onFrames = this.#onFrames;
    this.#onFrames = undefined;
    onFrames?.(undefined);
  }
}
