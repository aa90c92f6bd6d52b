/** Where peers of a port that speaks TLS come in: one byte tells who doesn't. */

import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { Credentials } from "./credentials.ts";
import type { Tls } from "./tls_files.ts";

/** What a handshake begins with (RFC 8446, 5.1), which no line and no request does. */
export const handshakeByte = 0x16;

/** Calls `run` once with a peer's first byte, when that is there; it stays in the socket. */
export function firstByteOf(socket: Socket, run: (byte: number) => void): void {
  const look = (): void => {
    const first: Uint8Array | null = socket.read(1);
    if (first === null) return;
    socket.off("readable", look);
    socket.unshift(first);
    run(first[0]);
  };
  socket.on("readable", look);
}

/** Makes a server's end of TLS over sockets, with the credentials of the moment. */
export class TlsDoor {
  readonly #tls: Tls;
  #made: { readonly of: Credentials; readonly context: SecureContext } | undefined;

  constructor(tls: Tls) {
    this.#tls = tls;
  }

  /**
   * Calls `enter` once, when the peer's first byte is there: with the encrypted end where it is the
   * beginning of a handshake, else with nothing: what came is still in the socket then.
   */
  open(socket: Socket, enter: (secure: TLSSocket | undefined) => void): void {
    firstByteOf(socket, (first) => enter(first === handshakeByte ? this.#wrap(socket) : undefined));
  }

  #wrap(socket: Socket): TLSSocket {
    const { current } = this.#tls;
    if (this.#made?.of !== current) {
      const context = createSecureContext({ cert: current.cert, key: current.key });
      this.#made = { of: current, context };
    }
    return new TLSSocket(socket, { isServer: true, secureContext: this.#made.context });
  }
}
