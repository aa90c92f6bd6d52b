/** One order for several nodes, kept by NATS with JetStream. */

import { jetstream, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import {
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  errors,
  type NatsConnection,
} from "@nats-io/transport-node";
import { type Clock, pause, randomText } from "../clock.ts";
import type { NodeId } from "../nodes.ts";
import { reasonOf } from "./folder_lock.ts";
import { Bus } from "./nats/bus.ts";
import { type Layout, layoutOf, signatureBytesMax } from "./nats/layout.ts";
import { outliveLostDials } from "./nats/lost_dials.ts";
import { Reach } from "./nats/reach.ts";
import { Reading } from "./nats/reading.ts";
import { answerMs, Streams } from "./nats/streams.ts";
import type { Entry, Order } from "./order.ts";

/** Which NATS, and how. */
export interface NatsOptions {
  /** `nats://USER:PASSWORD@HOST:PORT`, `tls://…`: of as many servers of one NATS as are known. */
  readonly servers: readonly string[];
  /** What it is called there: several Parleys may share a NATS. */
  readonly name?: string;
  /** How many servers of NATS keep everything. */
  readonly replicas?: number;
  /** What a file of credentials holds that NATS's tools have made. */
  readonly credentials?: string;
  /** The certificate that vouches for the servers', as PEM, where the system doesn't know it. */
  readonly authority?: string;
  readonly clock: Clock;
}

const MiB = 1024 * 1024;
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
 * Takes a place at the order that a NATS keeps.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function openNats(options: NatsOptions): Promise<Order> {
  const { clock, name = "parley", replicas = 1 } = options;
  const connection = await dial(options);
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: answerMs });
    const layout = layoutOf(name);
    const streams = new Streams(jetstream(connection), manager, layout);
    await patiently(() => streams.make(replicas), clock);
    const node = randomText(12) as NodeId;
    return orderOf({ connection, streams, layout, node, clock });
  } catch (error) {
    await connection.close();
    throw unusable(error);
  }
}

/** The connection, kept up from now on whatever becomes of it. */
async function dial(options: NatsOptions): Promise<NatsConnection> {
  outliveLostDials();
  const { servers, credentials, authority } = options;
  const urls = servers.map((server) => new URL(server));
  const hosts = urls.map(({ hostname, port }) => `${hostname}:${port || usualPort}`);
  const isEncrypted = urls.some(({ protocol }) => protocol === "tls:");
  try {
    const connection = await connect({
      servers: hosts,
      name: "parley",
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
    throw new Error(`Cannot reach NATS at ${hosts.join(", ")}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function whoWeAre({ username, password }: URL, credentials?: string): ConnectionOptions {
  if (credentials !== undefined) {
    return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) };
  }
  const [user, pass] = [username, password].map(decodeURIComponent);
  if (user === "") return {};
  return pass === "" ? { token: user } : { user, pass };
}

function orderOf(
  { connection, streams, layout, node, clock }: {
    readonly connection: NatsConnection;
    readonly streams: Streams;
    readonly layout: Layout;
    readonly node: NodeId;
    readonly clock: Clock;
  },
): Order {
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  let reading: Reading | undefined;
  const bus = new Bus({
    ...{ connection, layout, node, clock },
    position: () => reading?.position ?? 0,
    onPosition: (position) => reading?.know(position),
  });
  const reach = new Reach(connection, () => reading?.begin());
  return {
    id: node,
    failed,
    entryBytesMax: (connection.info?.max_payload ?? MiB) - signatureBytesMax,
    found: (founding) => streams.found(founding),
    async last() {
      const last = await streams.last();
      reading?.know(last);
      return last;
    },
    read(after, take) {
      const takeAll = async (entries: readonly Entry[]) => {
        // Also where the answer got lost.
        const own = entries.findLast((entry) => entry.node === node);
        if (own) reach.kept(own.number);
        await take(entries);
      };
      const find = (position: number) => streams.entry(position);
      reading = new Reading(after, {
        ...{ connection, layout, clock, find, fail },
        last: () => streams.last(),
        take: takeAll,
      });
    },
    async publish({ number, text }) {
      try {
        const position = await streams.publish({ node, number, text });
        reach.kept(number);
        reading?.know(position);
      } catch (error) {
        reach.doubtful(number);
        throw error;
      }
    },
    entry: (position) => streams.entry(position),
    replace: (entry) => streams.replace(entry),
    board(passenger) {
      bus.board(passenger);
      reach.board((isCut) => passenger.cut(isCut));
    },
    pass: (note, to) => bus.pass(note, to),
    join: (address) => Promise.resolve(bus.join(address)),
    leave: () => bus.leave(),
    async [Symbol.asyncDispose]() {
      await bus.leave();
      bus[Symbol.dispose]();
      reading?.[Symbol.dispose]();
      await connection.close();
    },
  };
}

/** Tries again while servers of NATS that were just started haven't found each other. */
async function patiently(act: () => Promise<void>, clock: Clock): Promise<void> {
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
function mayPass(error: unknown): boolean {
  if (error instanceof errors.TimeoutError) return true;
  return error instanceof JetStreamApiError &&
    [unavailable, noPeers].includes(error.apiError().err_code);
}

/** What NATS can't do for us, in a sentence. */
function unusable(error: unknown): Error {
  const isPlain = error instanceof Error &&
    /jetstream is not enabled|no responders/i.test(error.message);
  const why = isPlain
    ? "it runs without JetStream: start it with nats-server -js"
    : reasonOf(error);
  return new Error(`Cannot use NATS: ${why}`, { cause: error });
}
