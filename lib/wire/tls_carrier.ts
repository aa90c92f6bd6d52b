/**
 * TLS over a byte stream, on both sides, which holds back who sends. Node's sockets under Deno read
 * on and on below TLS, whether anybody takes what was decrypted or not; what lies on a
 * {@linkcode Carrier} doesn't get more to decrypt before that.
 */

import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { connect, type ConnectionOptions, type SecureContext, TLSSocket } from "node:tls";
import type { ByteStream } from "./connection.ts";

/** A read buffer's sizes: small while idle, because there are many, large while much comes. */
const bufferBytesMin = 512;
const bufferBytesMax = 64 * 1024;

/** A byte stream as a stream of Node's. */
export class Carrier extends Duplex {
  /** Where the peer is, for Node's servers, which ask for it. */
  readonly remoteAddress: string;
  readonly #stream: ByteStream;
  /** What came when its first byte was looked at. */
  #first: Uint8Array | undefined;
  #buffer: Uint8Array | undefined;
  #bufferBytes = bufferBytesMin;
  #isFull = () => false;
  /** Goes on with reading. */
  #wake: (() => void) | undefined;

  constructor(stream: ByteStream, remoteAddress = "") {
    super({ allowHalfOpen: true });
    // What is wrong is told where it is read, or where TLS lies on it.
    this.on("error", () => {});
    this.#stream = stream;
    this.remoteAddress = remoteAddress;
  }

  /** Resolves the first byte, which stays to be read; `undefined`: the peer is gone without one. */
  async firstByte(): Promise<number | undefined> {
    const bytes = new Uint8Array(bufferBytesMin);
    try {
      const length = await this.#stream.read(bytes);
      if (length !== null) {
        this.#first = bytes.subarray(0, length);
        return bytes[0];
      }
    } catch {
      // Reset, or closed here.
    }
    this.destroy();
    return undefined;
  }

  /** From now on nothing is read while `isFull` says so; the result has it asked again. */
  heldBackWhile(isFull: () => boolean): () => void {
    this.#isFull = isFull;
    return () => {
      const wake = this.#wake;
      this.#wake = undefined;
      wake?.();
    };
  }

  override _read(): void {
    void this.#pull();
  }

  async #pull(): Promise<void> {
    try {
      const bytes = await this.#next();
      if (!this.destroyed) this.push(bytes);
    } catch (error) {
      this.destroy(error instanceof Error ? error : undefined);
    }
  }

  async #next(): Promise<Uint8Array | null> {
    const first = this.#first;
    if (first !== undefined) {
      this.#first = undefined;
      // What can't be a handshake, and came before Deno has begun with it, would end the process.
      await new Promise((resolve) => setImmediate(resolve));
      return first;
    }
    while (this.#isFull() && !this.destroyed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const buffer = this.#buffer ?? new Uint8Array(this.#bufferBytes);
    this.#buffer = undefined;
    const length = await this.#stream.read(buffer);
    return length === null ? null : this.#taken(buffer, length);
  }

  /** What came; a buffer that it doesn't fill by half is read into again. */
  #taken(buffer: Uint8Array, length: number): Uint8Array {
    const size = buffer.length;
    if (length === size) this.#bufferBytes = Math.min(size * 4, bufferBytesMax);
    else if (length < size / 8) this.#bufferBytes = Math.max(size / 4, bufferBytesMin);
    if (length > size / 2) return buffer.subarray(0, length);
    if (this.#bufferBytes === size) this.#buffer = buffer;
    return buffer.slice(0, length);
  }

  override _write(
    bytes: Uint8Array,
    _encoding: string,
    done: (error?: Error | null) => void,
  ): void {
    this.#writeAll(bytes).then(() => done(), done);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#stream.write(bytes.subarray(at));
  }

  override _final(done: () => void): void {
    // What fails here is that the peer is gone already.
    Promise.resolve(this.#stream.closeWrite?.()).then(done, () => done());
  }

  /** In the next turn, since Deno writes TLS's last word a moment after it has told the end. */
  override destroy(error?: Error): this {
    setImmediate(() => super.destroy(error));
    return this;
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#wake?.();
    try {
      this.#stream.close();
    } catch {
      // The system has closed it already.
    }
    done(error);
  }
}

/** The server's end; it emits `secure` when the handshake is done. */
export function serverEnd(carrier: Carrier, secureContext: SecureContext): TLSSocket {
  const end = over(carrier, new TLSSocket(carrier, { isServer: true, secureContext }));
  // Node knows only where its own sockets lead.
  Object.defineProperty(end, "remoteAddress", { value: carrier.remoteAddress });
  return end;
}

/** A client's end, which emits `secureConnect` when the handshake is done; `host` is what is checked. */
export function clientEnd(
  carrier: Carrier,
  options: Omit<ConnectionOptions, "socket" | "port">,
): TLSSocket {
  return over(carrier, connect({ ...options, socket: carrier }));
}

function over(carrier: Carrier, end: TLSSocket): TLSSocket {
  const goOn = carrier.heldBackWhile(() => isFull(end));
  // As a stream's own option `read` would: it is called when there is room again.
  const read = end._read.bind(end);
  end._read = (size) => {
    read(size);
    goOn();
  };
  end.on("resume", goOn);
  end.on("close", () => carrier.destroy());
  return end;
}

/**
 * Whether what was decrypted isn't taken. A pause is one whatever the length: what is decrypted then
 * is kept where no length shows it. Who waits for `readable` never flows, and doesn't pause by that.
 */
function isFull(end: TLSSocket): boolean {
  if (end.readableLength >= end.readableHighWaterMark) return true;
  return end.readableFlowing === false && end.listenerCount("readable") === 0;
}
