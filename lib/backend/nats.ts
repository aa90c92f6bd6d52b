/** What NATS with JetStream keeps for several nodes: one order, and files where they share no folder. */

import { jetstream, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { format } from "@std/fmt/bytes";
import type { NatsConnection } from "@nats-io/transport-node";
import { type Clock, randomText } from "../clock.ts";
import type { NodeId } from "../nodes.ts";
import { isFull } from "./nats/asking.ts";
import { Bus } from "./nats/bus.ts";
import { NatsBlobs } from "./nats/blobs.ts";
import { dial, type Dialling, patiently, unusable } from "./nats/dial.ts";
import { fileLayoutOf } from "./nats/file_layout.ts";
import { hasFileStreams, makeFileStreams } from "./nats/file_streams.ts";
import { type Layout, layoutOf, signatureBytesMax } from "./nats/layout.ts";
import { pieceBytes } from "./nats/pieces.ts";
import { Reach } from "./nats/reach.ts";
import { Reading } from "./nats/reading.ts";
import { answerMs, type NatsFounding, Streams } from "./nats/streams.ts";
import type { Entry, Order } from "./order.ts";

/** Which NATS, and how. */
export interface NatsOptions extends Dialling {
  /** What it is called there: several Parleys may share a NATS. */
  readonly name?: string;
  /** How many servers of NATS keep everything. */
  readonly replicas?: number;
  /** Whether it keeps the files, too, which is the same for all nodes. */
  readonly keepsFiles?: boolean;
  readonly clock: Clock;
}

/** How files are kept there. */
export interface NatsFilesOptions extends NatsOptions {
  /** Bytes that they may have altogether; each replica takes as many. */
  readonly room: number;
}

const MiB = 1024 * 1024;
/** Why nothing can be kept for now: it can't be reached, has no leader, or has no more room. */
const away = "NATS is away or takes nothing";

/**
 * Takes a place at the order that a NATS keeps.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function openNats(options: NatsOptions): Promise<Order> {
  const { clock, name = "parley", replicas = 1, keepsFiles = false } = options;
  const connection = await dial(options, "parley");
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: answerMs });
    const layout = layoutOf(name);
    const streams = new Streams(jetstream(connection), manager, layout);
    await patiently(async () => {
      const founding = await streams.founding();
      // Before anything is altered.
      if (founding) requireSameFiles(keepsFiles, await hasFiles(founding, manager, name));
      await streams.make(replicas);
    }, clock);
    const node = randomText(12) as NodeId;
    return orderOf({ connection, streams, layout, node, clock, keepsFiles });
  } catch (error) {
    await connection.close();
    throw unusable(error);
  }
}

/**
 * Opens the files that a NATS keeps, over a connection of their own: what is said beside them doesn't
 * wait behind them.
 *
 * @throws {Error} a sentence for whoever started the server.
 */
export async function openNatsFiles(options: NatsFilesOptions): Promise<NatsBlobs> {
  const { clock, name = "parley", replicas = 1, room } = options;
  const connection = await dial(options, "parley files");
  try {
    requirePieces(connection.info?.max_payload ?? MiB);
    const api = { checkAPI: false, timeout: answerMs };
    const jsm = await jetstreamManager(connection, api);
    const layout = fileLayoutOf(name);
    await patiently(() => makeFileStreams(jsm, layout, { replicas, room }), clock);
    const streams = { js: jetstream(connection, api), jsm, layout, clock };
    const blobs = new NatsBlobs(streams, { room, close: () => connection.close() });
    await blobs.completeRemovals();
    return blobs;
  } catch (error) {
    await connection.close();
    throw isFull(error) ? tooLittle(room, error) : unusable(error);
  }
}

function tooLittle(room: number, cause: Error): Error {
  const size = format(room, { binary: true, maximumFractionDigits: 1 });
  const how = 'say less with --nats-files, or give its servers more ("max_file_store")';
  return new Error(`Cannot keep ${size} of files in NATS, which has no room for it: ${how}`, {
    cause,
  });
}

function requirePieces(payloadBytesMax: number): void {
  if (payloadBytesMax >= pieceBytes) return;
  throw new Error(`its max_payload is ${payloadBytesMax}; files need ${pieceBytes} or more`);
}

/** Whether NATS keeps the files of the nodes that began so. */
async function hasFiles(
  { keepsFiles }: NatsFounding,
  manager: JetStreamManager,
  name: string,
): Promise<boolean> {
  // Nodes of an earlier version didn't say so; that their streams are there does.
  return keepsFiles ?? await hasFileStreams(manager, fileLayoutOf(name));
}

/** Those of a node that has them elsewhere would be nobody else's. */
function requireSameFiles(keepsFiles: boolean, others: boolean): void {
  if (keepsFiles === others) return;
  throw new Error(
    others
      ? "it keeps this Parley's files: start the node with --nats-files, too"
      : "the other nodes have their files in a folder: start it with --files, and without --nats-files",
  );
}

function orderOf(
  { connection, streams, layout, node, clock, keepsFiles }: {
    readonly connection: NatsConnection;
    readonly streams: Streams;
    readonly layout: Layout;
    readonly node: NodeId;
    readonly clock: Clock;
    readonly keepsFiles: boolean;
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
    async found(founding) {
      const found = await streams.found({ ...founding, keepsFiles });
      // Another one may have been the first since this one has looked.
      requireSameFiles(keepsFiles, found.keepsFiles ?? keepsFiles);
      return found;
    },
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
      reading = new Reading(after, {
        ...{ connection, layout, clock, streams, fail },
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
      reach.board((isCut) => passenger.cut(isCut ? away : undefined));
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
