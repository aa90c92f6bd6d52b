/**
 * Measures several nodes behind one NATS: what a delivery costs where there are more nodes, how fast
 * two nodes write in one room, and what a message costs as its room grows. The load client is this
 * process.
 */

import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { RealNodes } from "../../tests/helpers/real_nodes.ts";
import { Crowd } from "../crowd.ts";
import { aligned } from "../figures.ts";
import { type Order, usualOrder } from "../order.ts";
import { usageOf } from "../usage.ts";

/** How long each measurement takes. */
export interface NodesOrder {
  readonly seconds: number;
  readonly warmSeconds: number;
}

/** What was measured with so many nodes and connections. */
export interface NodesFigure {
  readonly nodes: number;
  readonly conns: number;
  /** Stored, and heard by everybody. */
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /** CPU-seconds of each node for a million of its own deliveries. */
  readonly nodeCpuPerMillion: readonly number[];
  /** CPU-milliseconds for a message: of all nodes together, and of NATS. */
  readonly nodesCpuPerMessage: number;
  readonly natsCpuPerMessage: number;
  /** What the slowest writer said, for one of what all said in the mean. */
  readonly slowest: number;
}

/** Everything that was measured. */
export interface NodesFigures {
  /** At the same load of each node, with 1, 2 and 3 of them. */
  readonly equal: readonly NodesFigure[];
  /** Two nodes with 50 writers each in one room, as fast as they can. */
  readonly writers: NodesFigure;
  /** Rooms of more and more members on three nodes. */
  readonly rooms: readonly NodesFigure[];
  /** Whether each delivery was right, once, and in its sender's order. */
  readonly verified: boolean;
}

/** Messages a second where the load is fixed. */
const rate = 2000;
/** Connections on each node where the load of each is the same. */
const connsEach = 100;
const writersEach = 50;
const roomSizes = [1, 10, 100, 1000];
/** Until what was said has come to everybody. */
const settleMs = 30_000;

/** Measures everything once. */
export async function measureNodes(order: NodesOrder): Promise<NodesFigures> {
  const faults: number[] = [];
  const take = async (nodes: number, more: Partial<Order>, isFlood = false) => {
    const { figure, faulty } = await measure({ ...usualOrder, ...order, ...more }, nodes, isFlood);
    faults.push(faulty);
    return figure;
  };
  const equal: NodesFigure[] = [];
  for (const nodes of [1, 2, 3]) {
    equal.push(await take(nodes, { conns: nodes * connsEach, senders: 6, window: 1000, rate }));
  }
  const all = 2 * writersEach;
  const writers = await take(2, { conns: all, senders: all, window: 20 }, true);
  const rooms: NodesFigure[] = [];
  for (const conns of roomSizes) {
    rooms.push(await take(3, { conns, senders: 1, window: 1000, rate: 100 }));
  }
  return { equal, writers, rooms, verified: faults.every((count) => count === 0) };
}

/** One measurement with nodes of its own; what was wrong with deliveries is counted. */
async function measure(order: Order, count: number, isFlood: boolean) {
  const args = ["--preset=bench", "--quiet", "--connections-max=100000"];
  await using all = await RealNodes.start({ nodes: count, isDirect: true, args });
  let take = () => {};
  using crowd = await Crowd.gather({ ...order, ports: all.ports }, { onPiece: () => take() });
  const talk = isFlood ? flood(crowd) : steady(crowd, order.rate);
  take = talk.onPiece;
  await delay(order.warmSeconds * 1000);
  const pids = [...all.nodes, ...all.nats].map(({ pid }) => pid);
  const cpus = () => pids.map((pid) => usageOf(pid)?.cpuSeconds ?? 0);
  const saids = () => crowd.senders.map(({ said }) => said);
  const before = { cpus: cpus(), saids: saids(), delivered: crowd.ledger.delivered };
  const began = performance.now();
  await delay(order.seconds * 1000);
  const seconds = (performance.now() - began) / 1000;
  const used = cpus().map((cpu, index) => cpu - before.cpus[index]);
  const said = saids().map((one, index) => one - before.saids[index]);
  const delivered = crowd.ledger.delivered - before.delivered;
  talk.end();
  await level(crowd, (onPiece) => take = onPiece);
  const { faults } = crowd.checked({ answered: false });
  const messages = delivered / order.conns;
  const [nodes, nats] = [used.slice(0, count), used.slice(count)];
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  const figure: NodesFigure = {
    nodes: count,
    conns: order.conns,
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: delivered / seconds,
    nodeCpuPerMillion: nodes.map((cpu) => cpu / (delivered / count / 1e6)),
    nodesCpuPerMessage: sum(nodes) * 1000 / messages,
    natsCpuPerMessage: sum(nats) * 1000 / messages,
    slowest: Math.min(...said) / (sum(said) / said.length),
  };
  return { figure, faulty: sum(Object.values(faults)) };
}

/** What is said, until it is ended. */
interface Talk {
  onPiece(): void;
  end(): void;
}

/** Everybody says as much as they may. */
function flood(crowd: Crowd): Talk {
  let isOn = true;
  let isDue = false;
  const onPiece = () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (isOn) { for (const sender of crowd.senders) sender.fill(); }
    });
  };
  onPiece();
  return { onPiece, end: () => isOn = false };
}

/** So many messages a second in all, the senders by turns. */
function steady(crowd: Crowd, perSecond: number): Talk {
  const began = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - began) * perSecond / 1000;
    for (; said < due; said++) crowd.senders[said % crowd.senders.length].say(0);
  }, 5);
  return { onPiece: () => {}, end: () => clearInterval(timer) };
}

/** Resolves when everybody has got everything; what hasn't come in time is counted as lost. */
async function level(crowd: Crowd, hear: (onPiece: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => crowd.isLevel && resolve();
  hear(look);
  look();
  await deadline(promise, settleMs).catch(() => {});
}

/** The figures as tables for people. */
export function nodesTable({ equal, writers, rooms }: NodesFigures): string {
  const head = [
    "",
    "messages/s",
    "deliveries/s",
    "a node's CPU-s a million",
    "nodes, CPU-ms a message",
    "NATS",
    "slowest writer",
  ];
  const row = (what: string, figure: NodesFigure) => [
    what,
    figure.messagesPerSecond.toFixed(0),
    figure.deliveriesPerSecond.toFixed(0),
    figure.nodeCpuPerMillion.map((cpu) => cpu.toFixed(2)).join(" "),
    figure.nodesCpuPerMessage.toFixed(3),
    figure.natsCpuPerMessage.toFixed(3),
    figure.slowest.toFixed(2),
  ];
  return aligned([
    head,
    ...equal.map((one) => row(`${one.nodes} nodes, ${connsEach} connections each`, one)),
    row(`2 nodes, ${writersEach} writers each, flooding`, writers),
    ...rooms.map((one) => row(`3 nodes, a room of ${one.conns}`, one)),
  ]);
}
