/** Listens for peers over TCP, with TLS or without. */

import { plainAddress } from "../addresses.ts";
import { type ByteStream, streamConnection } from "../wire/connection.ts";
import type { Core } from "../core.ts";
import { encodeLine } from "../wire/encode.ts";
import { limits } from "../limits.ts";
import { serve } from "../peer/session.ts";
import { accepting } from "./accepting.ts";
import { bindError } from "./bind_error.ts";
import { contextOf, handshakeByte } from "./tls_door.ts";
import type { Tls } from "./tls_files.ts";
import { tlsStream } from "./tls_stream.ts";

/** Where peers come in. */
export interface Listening extends AsyncDisposable {
  /** As bound: with port 0 the system has chosen one. */
  readonly hostname: string;
  readonly port: number;
}

/** Where to listen. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** Where the page is, for whoever opens this port in a browser. */
  readonly webPort?: number;
}

/**
 * Serves every peer that connects; with `tls` those that speak TLS.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export function listenTcp(core: Core, address: Address, tls?: Tls): Listening {
  const listener = bind(address);
  const sessions = new Set<Promise<void>>();
  const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  const now = () => core.clock.now();
  const scheme = tls ? "https" : "http";
  const context = tls && contextOf(tls);
  const arriving = accepting(listener, begin, {
    clock: core.clock,
    journal: core.journal,
    what: "accept",
  });

  function begin(conn: Deno.TcpConn): void {
    const remote = plainAddress(conn.remoteAddr.hostname);
    const page = () => pageUrl(scheme, conn.localAddr.hostname, address.webPort);
    const stream = context ? tlsStream(conn, context) : unlessTls(conn);
    const session = serve(core, streamConnection(stream, { remote, bounds, now, page }));
    sessions.add(session);
    void session.then(() => sessions.delete(session));
  }

  const { hostname, port } = listener.addr;
  return {
    hostname,
    port,
    async [Symbol.asyncDispose]() {
      await arriving[Symbol.asyncDispose]();
      await Promise.all(sessions);
    },
  };
}

/** The page, at the address that the peer has reached. */
function pageUrl(
  scheme: "http" | "https",
  hostname: string,
  webPort: number | undefined,
): string | undefined {
  if (webPort === undefined) return undefined;
  return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${webPort}/`;
}

function bind(address: Address): Deno.TcpListener {
  try {
    return Deno.listen(address);
  } catch (error) {
    throw bindError({ ...address, flag: "--port" }, error);
  }
}

const tlsRefusal = encodeLine({
  t: "refused",
  code: "unsupported",
  message: "This port doesn't speak TLS: join with parley://, or without --tls",
});

/** The same bytes; whoever begins a handshake of TLS waits for no line, and is told at once. */
function unlessTls(conn: Deno.TcpConn): ByteStream {
  let isNew = true;
  async function first(into: Uint8Array): Promise<number | null> {
    const length = await conn.read(into);
    isNew = false;
    if (length === null || into[0] !== handshakeByte) return length;
    await conn.write(tlsRefusal);
    return null;
  }
  return {
    read: (into) => isNew ? first(into) : conn.read(into),
    write: (bytes) => conn.write(bytes),
    closeWrite: () => conn.closeWrite(),
    close: () => conn.close(),
  };
}
