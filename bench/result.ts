/** What the load client tells whoever started it. */

import { checkFields, type Field, flag, integer, record } from "../lib/wire/fields.ts";
import { parseLine } from "../lib/wire/decode.ts";
import type { Faults } from "./ledger.ts";

/** What came of checking every delivery. */
export interface Checked {
  readonly delivered: number;
  readonly faults: Faults & {
    readonly unanswered: number;
    readonly refused: number;
    /** Connections that the server ended. */
    readonly ended: number;
  };
  /** Whether there was no fault at all. */
  readonly verified: boolean;
}

/** What was measured; what the order didn't ask for, or the machine doesn't tell, is 0. */
export interface Result extends Checked {
  readonly deliveriesPerSecond: number;
  readonly messagesPerSecond: number;
  /** CPU-seconds of the server for a million deliveries. */
  readonly cpuPerMillion: number;
  /** Cores that the server took, and the load client. */
  readonly serverCores: number;
  readonly loadCores: number;
  /** Of a delivery, or of a commit, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident bytes of the server for each connection more. */
  readonly bytesPerConnection: number;
}

/** A number that was measured. */
export const amount: Field<number, "needed"> = {
  must: "a number",
  presence: "needed",
  check: (value) => typeof value === "number" && Number.isFinite(value) ? value : undefined,
};
const count = integer(0);

const resultFields = {
  delivered: count,
  faults: record({
    lost: count,
    doubled: count,
    disordered: count,
    corrupt: count,
    unanswered: amount,
    refused: count,
    ended: count,
  }),
  verified: flag,
  deliveriesPerSecond: amount,
  messagesPerSecond: amount,
  cpuPerMillion: amount,
  serverCores: amount,
  loadCores: amount,
  p50: amount,
  p99: amount,
  bytesPerConnection: amount,
} as const;

/** What is told of what was not measured. */
export const nothingMeasured = {
  deliveriesPerSecond: 0,
  messagesPerSecond: 0,
  cpuPerMillion: 0,
  serverCores: 0,
  loadCores: 0,
  p50: 0,
  p99: 0,
  bytesPerConnection: 0,
} as const;

/**
 * The result in what a load client printed.
 *
 * @throws {Error} where it printed something else.
 */
export function readResult(line: string): Result {
  const result = checkFields(resultFields, parseLine(line) ?? {});
  if (result === undefined) throw new Error(`The load client gave no result but "${line}"`);
  return result;
}
