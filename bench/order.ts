/** What the load client is told to do, as the arguments of its process. */

import { parseArgs } from "@std/cli/parse-args";
import { messageDigits, payloadBytesMin, sendersMax } from "./payload.ts";

/** What the load client can measure. */
export const measures = ["throughput", "latency", "idle", "commit"] as const;
/** One of {@linkcode measures}. */
export type Measure = typeof measures[number];

/** What the load client is told. */
export interface Order {
  readonly measure: Measure;
  readonly port: number;
  /** The server's process, whose use of the machine is measured; 0: none. */
  readonly pid: number;
  readonly conns: number;
  /** How many of the connections say something. */
  readonly senders: number;
  /** Rooms that the connections are spread over. */
  readonly rooms: number;
  /** Messages of one sender that some receiver hasn't got yet, before it says more. */
  readonly window: number;
  /** Bytes of a message's text. */
  readonly bytes: number;
  /** Messages a second, of all senders together, where latency is measured. */
  readonly rate: number;
  readonly seconds: number;
  /** Time before measuring begins. */
  readonly warmSeconds: number;
  /** Messages whose commit is timed. */
  readonly commits: number;
  /** Whether each `say` carries an id and a cid. */
  readonly named: boolean;
  /** Whether the server answers each `say`: one without an answer is a fault then. */
  readonly answers: boolean;
}

/** What is ordered where nothing else is said. */
export const usualOrder: Order = {
  measure: "throughput",
  port: 0,
  pid: 0,
  conns: 100,
  senders: 10,
  rooms: 1,
  window: 10,
  bytes: 100,
  rate: 1000,
  seconds: 2,
  warmSeconds: 1,
  commits: 500,
  named: true,
  answers: true,
};

type NumberKey = Exclude<keyof Order, "measure" | "named" | "answers">;

/** What each number may be. */
const bounds: { readonly [K in NumberKey]: readonly [least: number, most: number] } = {
  port: [1, 65_535],
  pid: [0, Number.MAX_SAFE_INTEGER],
  conns: [1, 100_000],
  senders: [1, sendersMax],
  rooms: [1, 100_000],
  window: [1, 10_000],
  bytes: [payloadBytesMin, 10_000],
  rate: [1, 16 ** messageDigits],
  seconds: [0.01, 3600],
  warmSeconds: [0, 3600],
  commits: [1, 1_000_000],
};

/** The arguments that {@linkcode readOrder} reads as this order. */
export function orderArgs(order: Order): string[] {
  return Object.entries(order).map(([key, value]) => `--${key}=${value}`);
}

/**
 * The order that arguments give.
 *
 * @throws {Error} with a sentence for whoever gave them.
 */
export function readOrder(args: readonly string[]): Order {
  const keys = Object.keys(usualOrder);
  const parsed = parseArgs(args, { string: keys });
  const strange = Object.keys(parsed).find((key) => key !== "_" && !keys.includes(key));
  if (strange !== undefined) {
    throw new Error(`There is no option "--${strange}": there are --${keys.join(", --")}`);
  }
  const measure = measures.find((one) => one === (parsed.measure ?? usualOrder.measure));
  if (measure === undefined) {
    throw new Error(`Cannot measure "${parsed.measure}": it must be ${measures.join(", ")}`);
  }
  const numbers = Object.fromEntries(
    Object.entries(bounds).map(([key, [least, most]]) => {
      const value = parsed[key] === undefined ? Reflect.get(usualOrder, key) : Number(parsed[key]);
      if (value >= least && value <= most) return [key, value];
      throw new Error(`Cannot take "--${key}=${value}": it must be from ${least} to ${most}`);
    }),
  ) as Record<NumberKey, number>;
  if (numbers.senders > numbers.conns || numbers.rooms > numbers.conns) {
    throw new Error("Cannot have more senders or rooms than connections: raise --conns");
  }
  const flag = (key: string) => parsed[key] !== "false";
  return { measure, ...numbers, named: flag("named"), answers: flag("answers") };
}
