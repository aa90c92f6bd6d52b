/** Reaching NATS: connections that last, and what becomes of what it can't do. */

import { JetStreamApiError } from "@nats-io/jetstream";
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
} from "@nats-io/transport-node";
import { type Clock, pause } from "../../clock.ts";
import { reasonOf } from "../folder_lock.ts";
import { outliveLostDials } from "./lost_dials.ts";

/** Which NATS. */
export interface Dialling {
  /** `nats://USER:PASSWORD@HOST:PORT`, `tls://…`: of as many servers of one NATS as are known. */
  readonly servers: readonly string[];
  /** What a file of credentials holds that NATS's tools have made. */
  readonly credentials?: string;
  /** The certificate that vouches for the servers', as PEM, where the system doesn't know it. */
  readonly authority?: string;
}

const usualPort = 4222;
/** How long servers of NATS that were started with this one may take until they can be used. */
const startMs = 30_000;
/** What NATS calls it. */
const unavailable = 10008;
const noPeers = 10005;
/** How long a server may take to answer when it is dialled. */
const dialMs = 3000;
/** How often a connection is tried, and after how many without an answer it is given up. */
const pingMs = 2000;
const pingsMax = 2;
const reconnectMs = 250;

/**
 * A connection, kept up from now on whatever becomes of it.
 *
 * @param name What it is called in NATS's own lists.
 * @throws {Error} a sentence for whoever started the server.
 */
export async function dial(
  { servers, credentials, authority }: Dialling,
  name: string,
): Promise<NatsConnection> {
  outliveLostDials();
  const urls = servers.map((server) => new URL(server));
  const hosts = urls.map(({ hostname, port }) => `${hostname}:${port || usualPort}`);
  const isEncrypted = urls.some(({ protocol }) => protocol === "tls:");
  try {
    const connection = await connect({
      servers: hosts,
      name,
      // A server that we weren't told of isn't one that we were granted to reach.
      ignoreClusterUpdates: true,
      resolve: false,
      noEcho: true,
      noAsyncTraces: true,
      timeout: dialMs,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: reconnectMs,
      reconnectJitter: reconnectMs,
      pingInterval: pingMs,
      maxPingOut: pingsMax,
      ...isEncrypted || authority ? { tls: authority ? { ca: authority } : {} } : {},
      ...whoWeAre(urls[0], credentials),
    });
    // Those that weren't there now are tried later all the same.
    connection.setServers(hosts);
    return connection;
  } catch (error) {
    const at = `NATS at ${hosts.join(", ")}`;
    const what = error instanceof errors.AuthorizationError
      ? `${at} ${refusalOf(urls[0], credentials)}`
      : `Cannot reach ${at}: ${reasonOf(error)}`;
    throw new Error(what, { cause: error });
  }
}

/** What NATS does with somebody whom it doesn't let in. */
function refusalOf({ username }: URL, credentials?: string): string {
  if (credentials !== undefined) return "doesn't take the credentials of --nats-credentials";
  if (username !== "") return "doesn't take the user and password of --nats";
  return "lets in only whom it knows: say who this is, as in --nats=nats://USER:PASSWORD@HOST";
}

function whoWeAre({ username, password }: URL, credentials?: string): ConnectionOptions {
  if (credentials !== undefined) {
    return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) };
  }
  const [user, pass] = [username, password].map(decodeURIComponent);
  if (user === "") return {};
  return pass === "" ? { token: user } : { user, pass };
}

/** Tries again while servers of NATS that were just started haven't found each other. */
export async function patiently(act: () => Promise<void>, clock: Clock): Promise<void> {
  const end = clock.now() + startMs;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!mayPass(error) || clock.now() > end) throw error;
      await pause(clock, reconnectMs);
    }
  }
}

/** What NATS says while it has no leader, or knows too few servers for so many replicas. */
export function mayPass(error: unknown): boolean {
  if (error instanceof errors.TimeoutError) return true;
  return error instanceof JetStreamApiError &&
    [unavailable, noPeers].includes(error.apiError().err_code);
}

/** What NATS can't do for us, in a sentence. */
export function unusable(error: unknown): Error {
  const isPlain = error instanceof Error &&
    /jetstream is not enabled|no responders/i.test(error.message);
  const why = isPlain
    ? "it runs without JetStream: start it with nats-server -js"
    : reasonOf(error);
  return new Error(`Cannot use NATS: ${why}`, { cause: error });
}
