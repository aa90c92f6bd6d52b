/** Dials a server over TLS, and has whoever asked look at its key before a byte is said. */

import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import { type Connection, streamConnection } from "../wire/connection.ts";
import { DuplexStream } from "../wire/duplex_stream.ts";
import { Carrier, clientEnd } from "../wire/tls_carrier.ts";
import type { Dial } from "./link.ts";
import { type Address, bounds } from "./tcp.ts";

/** What a server has shown, and proved to have the key of. */
export interface Shown {
  /** SHA-256 of its public key as SPKI. */
  readonly sha256: Uint8Array;
  /** Why nobody who is trusted vouches for its name; `undefined`: somebody does. */
  readonly doubt: string | undefined;
}

/** How a server is known. */
export interface TlsTrust {
  /** PEM of who is trusted to vouch for names, in the place of those that usually are. */
  readonly ca?: string;
  /** @throws {Error} what is wrong with it: nothing is said to it then. */
  check(shown: Shown): void;
}

/** It isn't TLS that came: the server's port is another, or somebody is between. */
export class NotTlsError extends Error {
  override readonly name = "NotTlsError";
}

/** The handshake failed: what came was altered, or the certificate's key isn't there. */
export class UnprovenError extends Error {
  override readonly name = "UnprovenError";
}

/** What came later wasn't what the server has sent. */
const altered = "What came was altered on its way: the connection was ended";
/** A handshake that takes longer is given up. */
const handshakeMs = 15_000;

/** Dials `address` each time that it is called. */
export function tlsDial(address: Address, trust: TlsTrust, clock: Pick<Clock, "now">): Dial {
  return async (): Promise<Connection> => {
    const { host } = address;
    const socket = await handshake(address, trust.ca);
    try {
      trust.check(shownBy(socket));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    const { whyLost, stream } = streamOver(socket);
    return streamConnection(stream, { remote: host, bounds, now: () => clock.now(), whyLost });
  };
}

async function handshake(
  { host, port }: Address,
  ca: string | undefined,
): Promise<TLSSocket> {
  const tooLate = new AbortController();
  const { signal } = tooLate;
  const timer = setTimeout(() => tooLate.abort(new Error(`${host} doesn't answer`)), handshakeMs);
  try {
    const conn = await Deno.connect({ hostname: host, port, transport: "tcp", signal });
    conn.setNoDelay(true);
    return await shaken(conn, { host, ca, signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the handshake is done. */
async function shaken(
  conn: Deno.TcpConn,
  { host, ca, signal }: {
    readonly host: string;
    readonly ca: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<TLSSocket> {
  const socket = clientEnd(new Carrier(conn), {
    host,
    // RFC 6066, 3: an address is no server name.
    ...isIP(host) === 0 && { servername: host },
    ...ca !== undefined && { ca },
    // The handshake proves all the same that the server has the certificate's key; whose key
    // that is, `check` decides.
    rejectUnauthorized: false,
  });
  signal.addEventListener("abort", () => socket.destroy(signal.reason));
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error) => reject(handshakeError(error)));
    socket.once("close", () => reject(new Error("The connection was ended in the handshake")));
    socket.once("secureConnect", resolve);
  });
  return socket;
}

function shownBy(socket: TLSSocket): Shown {
  const spki = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  if (spki === undefined) throw new Error("The server has shown no certificate");
  const { authorized, authorizationError } = socket;
  return {
    sha256: new Uint8Array(createHash("sha256").update(spki).digest()),
    doubt: authorized ? undefined : String(authorizationError),
  };
}

function streamOver(socket: TLSSocket) {
  let error: Error | undefined;
  socket.on("error", (first) => error ??= first);
  const whyLost = () => error && isAltered(error) ? altered : undefined;
  return { stream: new DuplexStream(socket), whyLost };
}

function handshakeError(error: Error): Error {
  if (isNotTls(error)) return new NotTlsError(error.message);
  const isOfTls = /CERT|SIGNATURE|ERR_SSL|ERR_TLS/.test(codeOf(error)) || isAltered(error);
  return isOfTls ? new UnprovenError(error.message) : error;
}

function isNotTls(error: Error): boolean {
  return /wrong.version|unknown.protocol|packet.length|InvalidContentType|corrupt/i.test(
    `${codeOf(error)} ${error.message}`,
  );
}

function isAltered(error: Error): boolean {
  return /bad.record.mac|decrypt|corrupt|ERR_SSL|alert/i.test(`${codeOf(error)} ${error.message}`);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}
