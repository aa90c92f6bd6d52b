/**
 * Frames to and from one peer, over a byte stream or in memory. A leaf; it knows no socket API, so
 * that servers, clients and tests use the same one.
 */

import { type JsonObject } from "./fields.ts";
import { wireLimits } from "./wire_limits.ts";
import { parseLine } from "./decode.ts";

/** What came as one line, with the body after it. */
export type Frame =
  | {
    readonly is: "object";
    readonly json: JsonObject;
    /** Raw bytes that followed, where {@linkcode FrameBounds.keepsBody} wanted them. */
    readonly body?: Uint8Array;
    /** How many raw bytes followed; 0 without a body. */
    readonly bodyBytes: number;
  }
  /** A line that isn't a JSON object in UTF-8; `start` is what it begins with. */
  | { readonly is: "rubbish"; readonly start: string }
  /** A line or body over its bound: nothing after it can be read. */
  | { readonly is: "too_long"; readonly bytesMax: number };

/** One peer. */
export interface Connection {
  /** Where the peer is, for bounds and the log: an address, without a port. */
  readonly remote: string;
  /** The web page's address, for a peer that asks for it here; where there is one. */
  page?(): string | undefined;
  /**
   * What has come, in order: no frame where none is complete yet, `undefined` when the peer has
   * ended or is lost. While nobody calls it the peer isn't read, beyond one small buffer.
   */
  read(): Promise<readonly Frame[] | undefined>;
  /** From now on the bodies after lines for which this says so are wanted, and no others. */
  keepBodies(keeps: (json: JsonObject) => boolean): void;
  /** A body isn't needed any more: the next one may be put into the same bytes. */
  reuse(body: Uint8Array): void;
  /** Milliseconds since 1970 when bytes of a body last came, for peers with slow links. */
  readonly bodyAt: number;
  /**
   * Hands over the beginning of whole frames and resolves how many bytes were taken (at least one).
   * One call at a time.
   *
   * @throws {Error} when the peer is lost.
   */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will be written; reading goes on. */
  endWriting(): Promise<void>;
  /** Why it is lost, as a sentence, where that is more than that it is. */
  whyLost?(): string | undefined;
  /** Ends everything at once; pending reads resolve `undefined`, pending writes reject. */
  close(): void;
}

/** What {@linkcode streamConnection} is made over: `Deno.Conn` is one. */
export interface ByteStream {
  /** Resolves how many bytes were put into `into`, or `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  write(from: Uint8Array): Promise<number>;
  closeWrite?(): Promise<void>;
  close(): void;
}

/** What a {@linkcode Framer} takes. */
export interface FrameBounds {
  /** Bytes of a line with its end. */
  readonly lineBytesMax: number;
  /** Whether the body after this line is wanted; others are read and dropped. */
  keepsBody(json: JsonObject): boolean;
}

/** A body that comes. */
interface Body {
  readonly json: JsonObject;
  readonly bytes: number;
  left: number;
  readonly isWanted: boolean;
  kept?: Uint8Array;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const newline = 10;
/** One for the body that comes while another one is worked on, and that one's. */
const sparesMax = 2;
/** Bodies from here on are read to where they stay; smaller ones come with others in one read. */
const placedBytesMin = 64 * 1024;
/** Most connections get no bodies, and there are many. */
const none = [] as const;
const carriageReturn = 13;

/** Cuts a stream of bytes into frames. It keeps at most one unfinished line or one wanted body. */
export class Framer {
  readonly #lineBytesMax: number;
  #keepsBody: (json: JsonObject) => boolean;
  /** The beginning of a line whose end hasn't come. */
  #partial: Uint8Array | undefined;
  #partialBytes = 0;
  #body: Body | undefined;
  /** Where the next bodies are put, instead of into new memory that has to be cleared away. */
  #spares: readonly Uint8Array[] = none;
  /** Whether a body came: what looks like the end of a line may be in the next one, then. */
  #hadBody = false;
  #over = false;

  constructor(bounds: FrameBounds) {
    this.#lineBytesMax = bounds.lineBytesMax;
    this.#keepsBody = bounds.keepsBody;
  }

  /** From now on the bodies after lines for which this says so are wanted, and no others. */
  keepBodies(keeps: (json: JsonObject) => boolean): void {
    this.#keepsBody = keeps;
  }

  /** A body isn't needed any more: the next one may be put into the same bytes. */
  reuse(body: Uint8Array): void {
    if (this.#spares.length >= sparesMax) return;
    this.#spares = [...this.#spares, new Uint8Array(body.buffer)];
  }

  /** Where the next bytes belong, where that is a large body: to be read there, then `filled`. */
  get room(): Uint8Array | undefined {
    const body = this.#body;
    if (!body?.isWanted || body.bytes < placedBytesMin) return undefined;
    return this.#roomOf(body);
  }

  /** So many bytes are in the room: the frame that they complete, if any. */
  filled(length: number): Frame[] {
    const frames: Frame[] = [];
    this.#bodyCame(length, frames);
    return frames;
  }

  /** Whether a body is coming: it is worth reading with a large buffer. */
  get inBody(): boolean {
    return this.#body !== undefined;
  }

  /** How many bytes of a body are still to come. */
  get bodyLeft(): number {
    return this.#body?.left ?? 0;
  }

  /** Whether some of the body has come. */
  get bodyBegun(): boolean {
    return this.#body !== undefined && this.#body.left < this.#body.bytes;
  }

  /** The frames that `chunk` completes. The chunk's bytes are copied where they are kept. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length && !this.#over) {
      if (this.#body) at = this.#takeBody(chunk, at, frames);
      else if (this.#hadBody || this.#partialBytes > 0) at = this.#takeLine(chunk, at, frames);
      else at = this.#takeLines(chunk, at, frames);
    }
    return frames;
  }

  /** Many lines come at once where much is said: decoding them together is much less work. */
  #takeLines(chunk: Uint8Array, from: number, frames: Frame[]): number {
    const bytes = chunk.subarray(from, chunk.lastIndexOf(newline) + 1);
    const text = this.#decode(bytes);
    // Only where each character is one byte, places in the text are places in the bytes.
    if (text?.length !== bytes.length || text === "") return this.#takeLine(chunk, from, frames);
    let at = 0;
    while (at < text.length && !this.#body && !this.#over) {
      const end = text.indexOf("\n", at);
      if (end - at >= this.#lineBytesMax) this.#overflow(this.#lineBytesMax, frames);
      else this.#line(text.slice(at, text[end - 1] === "\r" ? end - 1 : end), frames);
      at = end + 1;
    }
    return from + at;
  }

  #takeLine(chunk: Uint8Array, from: number, frames: Frame[]): number {
    const end = chunk.indexOf(newline, from);
    const to = end < 0 ? chunk.length : end;
    const length = this.#partialBytes + to - from + 1;
    if (length > this.#lineBytesMax) {
      this.#overflow(this.#lineBytesMax, frames);
      return chunk.length;
    }
    if (end < 0) {
      this.#keep(chunk.subarray(from));
      return chunk.length;
    }
    let line = chunk.subarray(from, to);
    if (this.#partialBytes > 0) {
      this.#keep(line);
      line = this.#partial!.subarray(0, this.#partialBytes);
      this.#partial = undefined;
      this.#partialBytes = 0;
    }
    if (line.at(-1) === carriageReturn) line = line.subarray(0, -1);
    this.#line(this.#decode(line), frames);
    return to + 1;
  }

  #keep(bytes: Uint8Array): void {
    const needed = this.#partialBytes + bytes.length;
    if (this.#partial === undefined || this.#partial.length < needed) {
      const grown = new Uint8Array(Math.min(Math.max(needed * 2, 256), this.#lineBytesMax));
      if (this.#partial) grown.set(this.#partial.subarray(0, this.#partialBytes));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#partialBytes);
    this.#partialBytes = needed;
  }

  /** Takes a line without its end; `undefined`: it isn't UTF-8. */
  #line(line: string | undefined, frames: Frame[]): void {
    if (line === "") return;
    const json = line === undefined ? undefined : parseLine(line);
    if (json === undefined) {
      frames.push({ is: "rubbish", start: (line ?? "").slice(0, 100) });
      return;
    }
    const { bytes: bodyBytes } = json;
    if (!Number.isInteger(bodyBytes) || Number(bodyBytes) <= 0) {
      this.#spares = none;
      frames.push({ is: "object", json, bodyBytes: 0 });
    } else if (Number(bodyBytes) > wireLimits.bodyBytesMax) {
      this.#overflow(wireLimits.bodyBytesMax, frames);
    } else {
      this.#hadBody = true;
      const bytes = Number(bodyBytes);
      this.#body = { json, bytes, left: bytes, isWanted: this.#keepsBody(json) };
    }
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }

  #takeBody(chunk: Uint8Array, from: number, frames: Frame[]): number {
    const body = this.#body!;
    const taken = Math.min(body.left, chunk.length - from);
    if (body.isWanted) this.#roomOf(body).set(chunk.subarray(from, from + taken));
    this.#bodyCame(taken, frames);
    return from + taken;
  }

  #roomOf(body: Body): Uint8Array {
    body.kept ??= this.#memory(body.bytes);
    return body.kept.subarray(body.bytes - body.left);
  }

  #bodyCame(length: number, frames: Frame[]): void {
    const body = this.#body!;
    body.left -= length;
    if (body.left > 0) return;
    this.#body = undefined;
    const { json, kept, bytes: bodyBytes } = body;
    frames.push({ is: "object", json, bodyBytes, ...kept && { body: kept } });
  }

  #memory(bytes: number): Uint8Array {
    const index = this.#spares.findIndex(({ length }) => length >= bytes);
    if (index < 0) return new Uint8Array(bytes);
    const spare = this.#spares[index];
    this.#spares = this.#spares.filter((other) => other !== spare);
    return spare.subarray(0, bytes);
  }

  #overflow(bytesMax: number, frames: Frame[]): void {
    this.#over = true;
    this.#partial = undefined;
    frames.push({ is: "too_long", bytesMax });
  }
}

/** A read buffer's sizes: small while idle, because there are many, large while much comes. */
const bufferBytesMin = 256;
const bufferBytesMax = 64 * 1024;
const bufferBytesBody = 256 * 1024;
/** Before a body that is read to where it stays: little more than its line, the rest is copied. */
const bufferBytesLine = 4 * 1024;

/** What {@linkcode streamConnection} doesn't know of a stream. */
export interface StreamOptions extends Pick<Connection, "remote" | "page" | "whyLost"> {
  readonly bounds: FrameBounds;
  now(): number;
}

/** A connection over a stream of bytes: TCP, TLS, or an end of {@linkcode streamPair}. */
export function streamConnection(
  stream: ByteStream,
  options: StreamOptions,
): Connection {
  return new StreamConnection(stream, options);
}

class StreamConnection implements Connection {
  readonly remote: string;
  readonly page: Connection["page"];
  readonly whyLost: Connection["whyLost"];
  bodyAt = 0;
  readonly #stream: ByteStream;
  readonly #framer: Framer;
  readonly #now: () => number;
  #buffer = new Uint8Array(bufferBytesMin);
  #ended = false;

  constructor(stream: ByteStream, options: StreamOptions) {
    this.remote = options.remote;
    this.page = options.page;
    this.whyLost = options.whyLost;
    this.#stream = stream;
    this.#framer = new Framer(options.bounds);
    this.#now = options.now;
  }

  /** With no function that waits: each would cost an idle connection some hundred bytes. */
  read(): Promise<readonly Frame[] | undefined> {
    const { room } = this.#framer;
    return this.#stream.read(room ?? this.#buffer).then(
      (length) => {
        if (length === null || this.#ended) return undefined;
        return room ? this.#filled(length) : this.#took(length);
      },
      // Reset, closed here, or a TLS peer that left without saying so: the end, all the same.
      () => undefined,
    );
  }

  #filled(length: number): readonly Frame[] {
    this.bodyAt = this.#now();
    return this.#framer.filled(length);
  }

  #took(length: number): readonly Frame[] {
    const frames = this.#framer.push(this.#buffer.subarray(0, length));
    this.#fit(length);
    return frames;
  }

  /** Chooses the next read's buffer by how much the last one brought. */
  #fit(length: number): void {
    const { inBody } = this.#framer;
    if (inBody) this.bodyAt = this.#now();
    const size = this.#buffer.length;
    if (this.#framer.room) {
      if (size !== bufferBytesLine) this.#buffer = new Uint8Array(bufferBytesLine);
    } else if (length === size && size < (inBody ? bufferBytesBody : bufferBytesMax)) {
      this.#buffer = new Uint8Array(size * 4);
    } else if (length < size / 8 && size > bufferBytesMin) {
      this.#buffer = new Uint8Array(size / 4);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#stream.write(bytes);
  }

  async endWriting(): Promise<void> {
    try {
      await this.#stream.closeWrite?.();
    } catch {
      // The peer has closed already.
    }
  }

  keepBodies(keeps: (json: JsonObject) => boolean): void {
    this.#framer.keepBodies(keeps);
  }

  reuse(body: Uint8Array): void {
    this.#framer.reuse(body);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#stream.close();
    } catch {
      // The system has closed it already.
    }
  }
}
