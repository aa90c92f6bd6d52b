/** What the load client for files tells whoever started it. */

import { parseLine } from "../../lib/wire/decode.ts";
import { checkFields, flag, integer, record } from "../../lib/wire/fields.ts";
import { amount } from "../result.ts";

/** The file moved in one direction. What the machine doesn't tell is 0. */
export interface Leg {
  readonly seconds: number;
  readonly serverCpuSeconds: number;
  /** Of what the server needs beside itself. */
  readonly besideCpuSeconds: number;
  readonly loadCpuSeconds: number;
}

/** The file moved there and back. */
export interface Moved {
  readonly upload: Leg;
  readonly download: Leg;
  /** The most memory that the server has held, resident. */
  readonly peakBytes: number;
  /** The same of what it needs beside itself. */
  readonly besidePeakBytes: number;
  /** Whether every page that came back was in its place. */
  readonly isRight: boolean;
}

const leg = record({
  seconds: amount,
  serverCpuSeconds: amount,
  besideCpuSeconds: amount,
  loadCpuSeconds: amount,
});
const movedFields = {
  upload: leg,
  download: leg,
  peakBytes: integer(0),
  besidePeakBytes: integer(0),
  isRight: flag,
} as const;

/**
 * What a load client printed.
 *
 * @throws {Error} where it printed something else.
 */
export function readMoved(line: string): Moved {
  const moved = checkFields(movedFields, parseLine(line) ?? {});
  if (moved === undefined) throw new Error(`The load client gave no result but "${line}"`);
  return moved;
}
