/** A peer's bytes over TLS, from before its handshake on. */

import type { SecureContext } from "node:tls";
import type { ByteStream } from "../wire/connection.ts";
import { DuplexStream } from "../wire/duplex_stream.ts";
import { Carrier, serverEnd } from "../wire/tls_carrier.ts";
import { handshakeByte } from "./tls_door.ts";

/** "Unexpected message", and that it is the end (RFC 8446, 6): what our clients know TLS by. */
const alert = new Uint8Array([0x15, 3, 3, 0, 2, 2, 10]);

/** What the peer at the other end of `stream` says; who doesn't speak TLS is told, and has ended. */
export function tlsStream(stream: ByteStream, context: () => SecureContext): ByteStream {
  return new TlsStream(stream, context);
}

class TlsStream implements ByteStream {
  readonly #carrier: Carrier;
  readonly #begun: Promise<ByteStream>;
  #inner: ByteStream | undefined;

  constructor(stream: ByteStream, context: () => SecureContext) {
    this.#carrier = new Carrier(stream);
    this.#begun = this.#begin(stream, context);
    // Whoever reads is told.
    this.#begun.catch(() => {});
  }

  async #begin(stream: ByteStream, context: () => SecureContext): Promise<ByteStream> {
    const first = await this.#carrier.firstByte();
    if (first === handshakeByte) {
      return this.#inner = new DuplexStream(serverEnd(this.#carrier, context()));
    }
    if (first !== undefined) await stream.write(alert);
    throw new Error("It doesn't speak TLS");
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#inner?.read(into) ?? this.#begun.then((inner) => inner.read(into));
  }

  write(from: Uint8Array): Promise<number> {
    return this.#inner?.write(from) ?? this.#begun.then((inner) => inner.write(from));
  }

  async closeWrite(): Promise<void> {
    await this.#inner?.closeWrite?.();
  }

  close(): void {
    this.#inner?.close();
    this.#carrier.destroy();
  }
}
