/** What was measured, over all runs, and how it is printed. */

import { type Contestant, contestants } from "./contestant.ts";
import { median } from "./statistics.ts";

/** Every figure: what it is called, and its unit. */
export const figureNames = {
  deliveries: "deliveries a second, each message with id and cid",
  deliveriesPlain: "deliveries a second, without",
  cpu: "CPU-seconds of the server for a million of them, with id and cid",
  cpuPlain: "CPU-seconds of the server for a million of them, without",
  latencyP50: "latency at the fixed rate, p50, ms",
  latencyP99: "latency at the fixed rate, p99, ms",
  memory: "KiB for an idle connection",
  commitP50: "from say to ok, one message at a time, p50, ms",
  commitP99: "from say to ok, one message at a time, p99, ms",
  syncP50: "the disk's own sync, p50, ms",
  syncP99: "the disk's own sync, p99, ms",
  indexLag: "events not indexed when the load with id and cid ends",
  indexSeconds: "seconds until they are",
  loadCores: "cores taken by the load client, with id and cid",
} as const;
/** The name of a figure. */
export type FigureName = keyof typeof figureNames;

/** One figure's medians over all runs. */
export interface Figure {
  readonly name: FigureName;
  readonly what: string;
  readonly parley?: number;
  readonly bare?: number;
  /** Parley's for one of the bare server's. */
  readonly ratio?: number;
  /** Parley's least and greatest. */
  readonly range?: readonly [number, number];
}

/** Gathers figures run by run. */
export class Figures {
  readonly #values = new Map<string, number[]>();

  /** Adds what one run has measured. */
  add(name: FigureName, contestant: Contestant, value: number): void {
    const key = `${name} ${contestant}`;
    const values = this.#values.get(key) ?? [];
    values.push(value);
    this.#values.set(key, values);
  }

  /** The medians, in the order of {@linkcode figureNames}. */
  medians(): readonly Figure[] {
    return Object.entries(figureNames).map(([key, what]) => {
      const name = key as FigureName;
      const [parley, bare] = contestants.map((one) => this.#values.get(`${name} ${one}`));
      const [ours, theirs] = [parley, bare].map((values) => values && median(values));
      return {
        name,
        what,
        ...ours !== undefined && { parley: ours },
        ...theirs !== undefined && { bare: theirs },
        ...ours !== undefined && theirs && { ratio: ours / theirs },
        ...parley && { range: [Math.min(...parley), Math.max(...parley)] as const },
      };
    });
  }
}

/** The figures as a table for people. */
export function table(figures: readonly Figure[]): string {
  const head = ["", "Parley", "bare", "ratio", "Parley's range"];
  const rows = figures.map(({ what, parley, bare, ratio, range }) => [
    what,
    shown(parley),
    shown(bare),
    shown(ratio),
    range ? `${shown(range[0])} to ${shown(range[1])}` : "",
  ]);
  return aligned([head, ...rows]);
}

/** Rows of as many cells each, the first column to the left and the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    );
    return cells.join("  ").trimEnd();
  }).join("\n");
}

function shown(value: number | undefined): string {
  if (value === undefined) return "";
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3);
}
