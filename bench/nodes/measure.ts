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
import type { Sender } from "../sender.ts";
import { OneRoom } from "./one_room.ts";
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
  /**
   * At the same load of each node, with 1, 2 and 3 of them; and with as many that stand alone, each
   * behind a NATS of its own and told as much, so that the machine is as busy.
   */
  readonly equal: readonly { readonly together: NodesFigure; readonly apart: NodesFigure }[];
  /** Two nodes with 50 writers each in one room, as fast as they can. */
  readonly writers: NodesFigure;
  /** Rooms of more and more members on three nodes. */
  readonly rooms: readonly NodesFigure[];
  /** Whether each delivery was right, once, and in its sender's order. */
  readonly verified: boolean;
}

/** Messages a second where the load is fixed: three nodes don't take all of two cores. */
const rate = 1000;
/** So much longer is everything cold where little is said: code is compiled when it was run often. */
const coldTimes = 12;
/** And so much longer where as much is said as can be: until the heaps have come to their size. */
const floodTimes = 6;
/** How much longer a flood is measured: from one second to the next it differs by a tenth. */
const floodSpans = 3;
/** Messages a second where a room grows. */
const roomRate = 100;
/** Messages of each writer that some receiver hasn't got yet. */
const floodWindow = 100;
/** Connections on each node where the load of each is the same. */
const connsEach = 50;
const writersEach = 50;
const roomSizes = [1, 10, 100, 1000];
/** Until what was said has come to everybody. */
const settleMs = 30_000;

/** Measures everything once. */
export async function measureNodes(order: NodesOrder): Promise<NodesFigures> {
  let verified = true;
  const take = async (measured: Promise<Measured>) => {
    const { figure, faulty } = await measured;
    if (faulty > 0) verified = false;
    return figure;
  };
  const usual = { ...usualOrder, ...order, window: 1000 };
  const equal: NodesFigures["equal"][number][] = [];
  for (const nodes of [1, 2, 3]) {
    const warmSeconds = order.warmSeconds * coldTimes;
    const few = { ...usual, warmSeconds, senders: 6, rate };
    const apart = await take(measureSteady({ ...few, conns: connsEach }, 1, nodes));
    const together = await take(measureSteady({ ...few, conns: nodes * connsEach }, nodes));
    equal.push({ together, apart });
  }
  const all = 2 * writersEach;
  const warmSeconds = order.warmSeconds * floodTimes;
  const seconds = order.seconds * floodSpans;
  const flood = { ...usual, seconds, warmSeconds, conns: all, senders: all, window: floodWindow };
  const writers = await take(measureFlood(flood, 2));
  const rooms: NodesFigure[] = [];
  for (const conns of roomSizes) {
    rooms.push(await take(measureSteady({ ...usual, conns, senders: 1, rate: roomRate }, 3)));
  }
  return { equal, writers, rooms, verified };
}

/** What was measured, and what was wrong with it. */
interface Measured {
  readonly figure: NodesFigure;
  readonly faulty: number;
}

/** So much is said a second, by few, in each of several Parleys. */
async function measureSteady(order: Order, count: number, parleys = 1): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  let take = () => {};
  const all: RealNodes[] = [];
  const crowds: Crowd[] = [];
  for (let index = 0; index < parleys; index++) {
    const nodes = stack.use(await startNodes(count));
    const hearing = { onPiece: () => take() };
    all.push(nodes);
    crowds.push(stack.use(await Crowd.gather({ ...order, ports: nodes.ports }, hearing)));
  }
  const ends = crowds.map((crowd) => sayAt(order.rate, crowd.senders));
  const senders = crowds.flatMap((crowd) => crowd.senders);
  const delivered = () => sum(crowds.map((crowd) => crowd.ledger.delivered));
  const messages = () => delivered() / order.conns;
  const figure = await figureOf(order, all, { senders, messages });
  for (const end of ends) end();
  await level(() => crowds.every((crowd) => crowd.isLevel), (onPiece) => take = onPiece);
  const faults = crowds.map((crowd) => crowd.checked({ answered: false }).faults);
  return { figure, faulty: sum(faults.flatMap((each) => Object.values(each))) };
}

/** Everybody says as much as they may, in one room. */
async function measureFlood(order: Order, count: number): Promise<Measured> {
  await using nodes = await startNodes(count);
  using room = await OneRoom.gather({ ...order, ports: nodes.ports });
  const { senders, transcript } = room;
  room.begin();
  const figure = await figureOf(order, [nodes], { senders, messages: () => transcript.messages });
  room.end();
  await level(() => transcript.isLevel, (onPiece) => room.onPiece = onPiece);
  return { figure, faulty: sum(Object.values(transcript.faults())) };
}

function startNodes(nodes: number): Promise<RealNodes> {
  const args = ["--preset=bench", "--quiet", "--connections-max=100000"];
  return RealNodes.start({ nodes, isDirect: true, args });
}

/** Waits until all is warm, and then takes what a span of time came to. */
async function figureOf(
  { conns, seconds: span, warmSeconds }: Order,
  parleys: readonly RealNodes[],
  talk: { readonly senders: readonly Sender[]; messages(): number },
): Promise<NodesFigure> {
  await delay(warmSeconds * 1000);
  const nodes = parleys.flatMap(({ nodes }) => nodes);
  const pids = [...nodes, ...parleys.flatMap(({ nats }) => nats)].map(({ pid }) => pid);
  const now = () => ({
    cpus: pids.map((pid) => usageOf(pid)?.cpuSeconds ?? 0),
    saids: talk.senders.map(({ said }) => said),
    messages: talk.messages(),
    at: performance.now(),
  });
  const before = now();
  await delay(span * 1000);
  const after = now();
  const seconds = (after.at - before.at) / 1000;
  const used = after.cpus.map((cpu, index) => cpu - before.cpus[index]);
  const said = after.saids.map((one, index) => one - before.saids[index]);
  const messages = after.messages - before.messages;
  const ofNodes = used.slice(0, nodes.length);
  const millions = messages * conns / nodes.length / 1e6;
  return {
    nodes: nodes.length,
    conns,
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: messages * conns / seconds,
    nodeCpuPerMillion: ofNodes.map((cpu) => cpu / millions),
    nodesCpuPerMessage: sum(ofNodes) * 1000 / messages,
    natsCpuPerMessage: sum(used.slice(nodes.length)) * 1000 / messages,
    slowest: Math.min(...said) / (sum(said) / said.length),
  };
}

/** Says so many messages a second in all, the senders by turns, until that is ended. */
function sayAt(perSecond: number, senders: readonly Sender[]): () => void {
  const began = performance.now();
  let said = 0;
  const timer = setInterval(() => {
    const due = (performance.now() - began) * perSecond / 1000;
    for (; said < due; said++) senders[said % senders.length].say(0);
  }, 5);
  return () => clearInterval(timer);
}

/** Resolves when everybody has got everything; what hasn't come in time is counted as lost. */
async function level(isLevel: () => boolean, hear: (onPiece: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => isLevel() && resolve();
  hear(look);
  look();
  await deadline(promise, settleMs).catch(() => {});
}

function sum(list: readonly number[]): number {
  return list.reduce((total, one) => total + one, 0);
}

/** What a delivery costs each node, for 1 where as many stand alone. */
function growth({ together, apart }: NodesFigures["equal"][number]): number {
  return sum(together.nodeCpuPerMillion) / sum(apart.nodeCpuPerMillion);
}

/** The figures as tables for people. */
export function nodesTable({ equal, writers, rooms }: NodesFigures): string {
  const head = [
    "",
    "messages/s",
    "deliveries/s",
    "a node's CPU-s a million",
    "of that alone",
    "nodes, CPU-ms a message",
    "NATS",
    "slowest writer",
  ];
  const row = (what: string, figure: NodesFigure, ofOne = "") => [
    what,
    figure.messagesPerSecond.toFixed(0),
    figure.deliveriesPerSecond.toFixed(0),
    figure.nodeCpuPerMillion.map((cpu) => cpu.toFixed(2)).join(" "),
    ofOne,
    figure.nodesCpuPerMessage.toFixed(3),
    figure.natsCpuPerMessage.toFixed(3),
    figure.slowest.toFixed(2),
  ];
  return aligned([
    head,
    ...equal.flatMap((one) => {
      const { together, apart } = one;
      const what = `${together.nodes} nodes, ${connsEach} connections each`;
      const alone = row(`${apart.nodes} alone, ${connsEach} connections each`, apart);
      return [alone, row(what, together, growth(one).toFixed(2))];
    }),
    row(`2 nodes, ${writersEach} writers each, flooding`, writers),
    ...rooms.map((one) => row(`3 nodes, a room of ${one.conns}`, one)),
  ]);
}
