/** Dials the server that the page came from, over the browser's WebSocket. */

import type { Connection, Frame } from "../lib/wire/connection.ts";
import type { JsonObject } from "../lib/wire/fields.ts";
import { wireLimits } from "../lib/wire/wire_limits.ts";
import { MessageCutter, MessageReader } from "../lib/wire/messages.ts";
import type { Dial } from "../lib/client/link.ts";

/** What is used of a browser's `WebSocket`. */
export interface Socket {
  binaryType: BinaryType;
  /** Bytes that were sent and that the system hasn't taken. */
  readonly bufferedAmount: number;
  send(message: string | Uint8Array<ArrayBuffer>): void;
  close(): void;
  onopen: ((event: Event) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
}

/** What {@linkcode webDial} needs. */
export interface WebDialOptions {
  /** Makes a socket to the server. */
  open(): Socket;
  /** What the server is called, for the log. */
  readonly remote: string;
  now(): number;
  /** Calls `run` after some milliseconds. */
  after(ms: number, run: () => void): unknown;
}

/** Written and not taken by the system; files keep no more on their way. */
const bufferedMax = wireLimits.aheadBytesMax;
/** A browser doesn't tell when it has sent something: it is asked so often. */
const askAgainMs = 50;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Dials each time that it is called. */
export function webDial(options: WebDialOptions): Dial {
  return () =>
    new Promise((resolve, reject) => {
      const socket = options.open();
      socket.binaryType = "arraybuffer";
      socket.onclose = () => reject(new Error("The server can't be reached"));
      socket.onopen = () => resolve(new SocketConnection(socket, options));
    });
}

class SocketConnection implements Connection {
  readonly remote: string;
  bodyAt = 0;
  readonly #socket: Socket;
  readonly #options: WebDialOptions;
  readonly #reader = new MessageReader({
    lineBytesMax: wireLimits.lineBytesOutMax,
    keepsBody: ({ t }) => t === "part",
  });
  readonly #cutter = new MessageCutter();
  #frames: Frame[] = [];
  #onFrames: ((frames: readonly Frame[] | undefined) => void) | undefined;
  #isOver = false;

  constructor(socket: Socket, options: WebDialOptions) {
    this.#socket = socket;
    this.#options = options;
    this.remote = options.remote;
    socket.onmessage = ({ data }) => this.#came(data);
    socket.onclose = () => this.#end();
  }

  read(): Promise<readonly Frame[] | undefined> {
    if (this.#frames.length > 0) {
      const frames = this.#frames;
      this.#frames = [];
      return Promise.resolve(frames);
    }
    if (this.#isOver) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#onFrames = resolve);
  }

  keepBodies(keeps: (json: JsonObject) => boolean): void {
    this.#reader.keepBodies(keeps);
  }

  reuse(body: Uint8Array): void {
    this.#reader.reuse(body);
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#isOver && this.#socket.bufferedAmount >= bufferedMax) await this.#pause();
    if (this.#isOver) throw new Error("The server has closed the connection");
    const { length, isBinary } = this.#cutter.next(bytes);
    const message = bytes.subarray(0, length);
    this.#socket.send(isBinary ? new Uint8Array(message) : decoder.decode(message));
    return length;
  }

  endWriting(): Promise<void> {
    this.#socket.close();
    return Promise.resolve();
  }

  close(): void {
    this.#socket.close();
    this.#end();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.after(askAgainMs, resolve));
  }

  #came(data: unknown): void {
    if (this.#isOver) return;
    const isBinary = data instanceof ArrayBuffer;
    if (isBinary) this.bodyAt = this.#options.now();
    const bytes = isBinary ? new Uint8Array(data) : encoder.encode(String(data));
    const frames = this.#reader.take(bytes, isBinary);
    if (frames === undefined) return this.close();
    this.#frames.push(...frames);
    this.#wake(this.#frames);
  }

  #wake(frames: readonly Frame[] | undefined): void {
    const onFrames = this.#onFrames;
    if (onFrames === undefined) return;
    this.#onFrames = undefined;
    this.#frames = [];
    onFrames(frames);
  }

  #end(): void {
    this.#isOver = true;
    this.#wake(undefined);
  }
}
