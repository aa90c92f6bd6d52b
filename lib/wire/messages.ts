/**
 * Frames as messages of a WebSocket: a message of text carries one or more lines; a line with
 * `bytes` is the last of its message, and the next one is binary and exactly that long. A leaf, for
 * the server's end and the page's.
 */

import { type Frame, type FrameBounds, Framer } from "./connection.ts";
import { parseLine } from "./decode.ts";
import type { JsonObject } from "./fields.ts";

/** Lines are put into one message up to here; what is longer is a message of one line. */
const textBytesUsual = 64 * 1024;
const newline = 10;
const lineEnd = Uint8Array.of(newline);
// One character for each byte, so that places in the text are places in the bytes.
const latin = new TextDecoder("latin1");

/** One message to be sent. */
export interface Message {
  /** How many bytes it takes. */
  readonly length: number;
  readonly isBinary: boolean;
}

/** Finds the messages in bytes that are whole frames. */
export class MessageCutter {
  #bodyBytes = 0;

  /** The next message: the first bytes of `bytes`, which begin where the last message ended. */
  next(bytes: Uint8Array): Message {
    const length = this.#bodyBytes;
    if (length > 0) {
      this.#bodyBytes = 0;
      return { length, isBinary: true };
    }
    const text = latin.decode(bytes.subarray(0, textBytesUsual));
    const end = text.lastIndexOf("\n") + 1;
    if (end === 0) return { length: bytes.indexOf(newline) + 1, isBinary: false };
    for (let at = text.indexOf('"bytes":'); at >= 0 && at < end;) {
      const lineFrom = text.lastIndexOf("\n", at) + 1;
      const lineTo = text.indexOf("\n", at) + 1;
      this.#bodyBytes = bodyBytesOf(parseLine(text.slice(lineFrom, lineTo)));
      if (this.#bodyBytes > 0) return { length: lineTo, isBinary: false };
      at = text.indexOf('"bytes":', lineTo);
    }
    return { length: end, isBinary: false };
  }
}

function bodyBytesOf(json: JsonObject | undefined): number {
  const { bytes } = json ?? {};
  return Number.isSafeInteger(bytes) ? Math.max(Number(bytes), 0) : 0;
}

/** Makes frames of the messages that come. */
export class MessageReader {
  readonly #framer: Framer;

  constructor(bounds: FrameBounds) {
    this.#framer = new Framer(bounds);
  }

  /** How long the message must be that comes next; 0: any length, and text. */
  get bodyBytes(): number {
    return this.#framer.bodyLeft;
  }

  /** See {@linkcode Framer.keepBodies}. */
  keepBodies(keeps: (json: JsonObject) => boolean): void {
    this.#framer.keepBodies(keeps);
  }

  /** See {@linkcode Framer.reuse}. */
  reuse(body: Uint8Array): void {
    this.#framer.reuse(body);
  }

  /**
   * The frames that a message completes, or `undefined` where it can't come here: nothing that
   * comes after it can be understood, then.
   */
  take(bytes: Uint8Array, isBinary: boolean): readonly Frame[] | undefined {
    if (isBinary || this.bodyBytes > 0) {
      const fits = isBinary && bytes.length === this.bodyBytes;
      return fits ? this.#framer.push(bytes) : undefined;
    }
    const frames = this.#framer.push(bytes);
    const isOpen = bytes.at(-1) !== newline && this.bodyBytes === 0;
    if (isOpen) frames.push(...this.#framer.push(lineEnd));
    // What follows a line with a body in the same message was taken for its bytes.
    const isMixed = this.#framer.bodyBegun ||
      frames.some((frame) => frame.is === "object" && frame.bodyBytes > 0);
    return isMixed ? undefined : frames;
  }
}
