/** Dials a server over TCP. The only file of the client library that knows `Deno`. */

import type { Clock } from "../clock.ts";
import { type Connection, type FrameBounds, streamConnection } from "../connection.ts";
import { limits } from "../limits.ts";
import type { Dial } from "./link.ts";

/** Where a server is. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const bounds: FrameBounds = {
  lineBytesMax: limits.lineBytesOutMax,
  keepsBody: ({ t }) => t === "part",
};

/** Dials `address` each time that it is called. */
export function tcpDial(address: Address, clock: Pick<Clock, "now">): Dial {
  return async (): Promise<Connection> => {
    const { host, port } = address;
    const stream = await Deno.connect({ hostname: host, port, transport: "tcp" });
    // What people type is small, and waiting to fill a packet only makes it late.
    stream.setNoDelay(true);
    return streamConnection(stream, { remote: host, bounds, now: () => clock.now() });
  };
}
