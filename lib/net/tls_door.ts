/** Tells who speaks TLS by the first byte that they say. */

import type { Socket } from "node:net";

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
