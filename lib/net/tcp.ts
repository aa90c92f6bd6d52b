/** Listens for peers over TCP. */

import { plainAddress } from "../addresses.ts";
import { streamConnection } from "../connection.ts";
import type { Core } from "../core.ts";
import { limits } from "../limits.ts";
import { serve } from "../session.ts";

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
    const page = () => pageUrl(conn, address.webPort);
    const session = serve(core, streamConnection(conn, { remote, bounds, now, page }));
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
function pageUrl({ localAddr }: Deno.TcpConn, webPort: number | undefined): string | undefined {
  if (webPort === undefined) return undefined;
  const { hostname } = localAddr;
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${webPort}/`;
}

function bind(address: Address): Deno.TcpListener {
  try {
    return Deno.listen(address);
  } catch (error) {
    const { hostname, port } = address;
    throw new Error(`Cannot listen on ${hostname}:${port}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "another program does; stop that one or name another port with --port";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this machine has no such address; name one that it has with --host";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the system keeps ports under 1024 for its administrator; name another one with --port";
  }
  return error instanceof Error ? error.message : String(error);
}
