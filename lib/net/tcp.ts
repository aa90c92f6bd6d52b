/** Listens for peers over TCP. */

import { plainAddress } from "../addresses.ts";
import { type ByteStream, streamConnection } from "../connection.ts";
import type { Core } from "../core.ts";
import { encodeLine } from "../encode.ts";
import { limits } from "../limits.ts";
import { serve } from "../session.ts";
import { bindError } from "./bind_error.ts";
import { handshakeByte } from "./tls_door.ts";

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
 * Serves every peer that connects.
 *
 * @throws {Error} a sentence for whoever started the server: the address can't be had.
 */
export function listenTcp(
  core: Core,
  address: Address,
): Listening {
  const listener = bind(address);
  const sessions = new Set<Promise<void>>();
  const bounds = { lineBytesMax: limits.lineBytesInMax, keepsBody: () => false };
  const now = () => core.clock.now();
  const accepting = accept();

  async function accept(): Promise<void> {
    for (;;) {
      let conn: Deno.TcpConn;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) return;
        if (error instanceof Deno.errors.Interrupted) return;
        // Most likely no file descriptor is free: peers that leave give theirs back.
        core.journal.error("accept", error);
        await new Promise<void>((resolve) => core.clock.after(100, resolve));
        continue;
      }
      begin(conn);
    }
  }

  function begin(conn: Deno.TcpConn): void {
    try {
      conn.setNoDelay();
    } catch {
      // It is gone already, which the session finds out.
    }
    const remote = plainAddress(conn.remoteAddr.hostname);
    const page = () => pageUrl("http", conn.localAddr.hostname, address.webPort);
    const session = serve(core, streamConnection(unlessTls(conn), { remote, bounds, now, page }));
    sessions.add(session);
    void session.then(() => sessions.delete(session));
  }

  const { hostname, port } = listener.addr;
  return {
    hostname,
    port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(sessions);
    },
  };
}

/** The page, at the address that the peer has reached. */
export function pageUrl(
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
