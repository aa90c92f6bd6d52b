/** Dials a server over TCP. The only file of the client library that knows `Deno`. */

import type { Clock } from "../clock.ts";
import {
  type ByteStream,
  type Connection,
  type FrameBounds,
  streamConnection,
} from "../wire/connection.ts";
import { limits } from "../limits.ts";
import type { Dial } from "./link.ts";

/** Where a server is. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What a client takes in one frame. */
export const bounds: FrameBounds = {
  lineBytesMax: limits.lineBytesOutMax,
  keepsBody: ({ t }) => t === "part",
};

const speaksTls =
  "That port speaks TLS: join with the address that the server printed, parleys://…";

/** Dials `address` each time that it is called. */
export function tcpDial(address: Address, clock: Pick<Clock, "now">): Dial {
  return async (): Promise<Connection> => {
    const { host, port } = address;
    const stream = await Deno.connect({ hostname: host, port, transport: "tcp" });
    // What people type is small, and waiting to fill a packet only makes it late.
    stream.setNoDelay(true);
    const { answers, whyLost } = unlessTls(stream);
    return streamConnection(answers, { remote: host, bounds, now: () => clock.now(), whyLost });
  };
}

/** What TLS says to whoever doesn't speak it (RFC 8446, 6) begins with this; no line does. */
const alertByte = 0x15;

/** The same bytes, and whether the first of them was TLS. */
function unlessTls(stream: Deno.TcpConn): { answers: ByteStream; whyLost(): string | undefined } {
  let isNew = true;
  let isTls = false;
  async function first(into: Uint8Array): Promise<number | null> {
    const length = await stream.read(into);
    isNew = false;
    isTls = length !== null && into[0] === alertByte;
    return isTls ? null : length;
  }
  const answers: ByteStream = {
    read: (into) => isNew ? first(into) : stream.read(into),
    write: (bytes) => stream.write(bytes),
    closeWrite: () => stream.closeWrite(),
    close: () => stream.close(),
  };
  return { answers, whyLost: () => isTls ? speaksTls : undefined };
}
