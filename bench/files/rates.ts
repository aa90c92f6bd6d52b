/**
 * Measures how fast files go to a server and back: Parley's, a bare loop, and whatever else is to be
 * had here, by turns in one run.
 */

import { fromFileUrl } from "@std/path";
import { aligned } from "../figures.ts";
import { program, type Served } from "../spawning.ts";
import type { Settings } from "../settings.ts";
import { median } from "../statistics.ts";
import { fileOrderArgs } from "./load.ts";
import { type Leg, type Moved, readMoved } from "./moved.ts";
import { type FileServer, type Startable, startable } from "./servers.ts";

/** What one server came to: medians over all runs. */
export interface Rate {
  readonly server: FileServer;
  readonly upload: LegRate;
  readonly download: LegRate;
  /** The most memory that the server has held, resident. */
  readonly peakMiB: number;
  /** The same of what it needs beside itself. */
  readonly besidePeakMiB: number;
}

/** What one direction came to. */
export interface LegRate {
  /** Millions of bytes in a second. */
  readonly rate: number;
  /** The least and the greatest. */
  readonly range: readonly [number, number];
  /** CPU-seconds for a GiB: of the server's process, of what it needs beside, of the load client. */
  readonly serverCpu: number;
  readonly besideCpu: number;
  readonly loadCpu: number;
}

/** Everything that was measured. */
export interface Rates {
  readonly rates: readonly Rate[];
  /** What wasn't measured, and why. */
  readonly skipped: readonly { readonly server: FileServer; readonly why: string }[];
  /** What was wrong, as sentences. */
  readonly faults: readonly string[];
}

const MiB = 1024 * 1024;

/** Measures as the settings say. */
export async function measureFiles(settings: Settings): Promise<Rates> {
  const tools = await Deno.makeTempDir({ prefix: "parley-bench-tools-" });
  try {
    const found = new Map<FileServer, Startable>();
    for (const server of settings.servers) found.set(server, await startable(server, tools));
    const moved = new Map<FileServer, Moved[]>(settings.servers.map((server) => [server, []]));
    for (let run = 0; run < settings.runs; run++) {
      for (const [server, way] of turned([...found], run)) {
        if ("start" in way) moved.get(server)?.push(await runOnce(server, way, settings));
      }
    }
    return ratesOf(moved, found, settings.mib);
  } finally {
    await Deno.remove(tools, { recursive: true });
  }
}

async function runOnce(
  server: FileServer,
  { start }: Extract<Startable, { start: unknown }>,
  { data, pin, mib }: Settings,
): Promise<Moved> {
  const folder = await Deno.makeTempDir({ prefix: "parley-bench-", ...data && { dir: data } });
  let served: Served | undefined;
  try {
    served = await start(folder, { core: pin ? 0 : undefined });
    const { port, child: { pid } } = served;
    const beside = (served.beside ?? []).map((one) => one.pid);
    const order = { server, port, pid, beside, bytes: mib * MiB, folder };
    const load = fromFileUrl(new URL("load.ts", import.meta.url));
    const args = ["run", "-q", "-A", load, ...fileOrderArgs(order)];
    const command = program(Deno.execPath(), args, { core: pin ? 1 : undefined });
    const { success, stdout } = await command.output();
    if (!success) throw new Error(`The load client failed with "${server}": see above`);
    return readMoved(new TextDecoder().decode(stdout).trim());
  } finally {
    served?.child.kill("SIGTERM");
    await served?.child.status;
    for (const one of served?.beside ?? []) await one[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

/** From another one on in each run: what one leaves behind, another one finds. */
function turned<T>(all: readonly T[], by: number): readonly T[] {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

function ratesOf(
  moved: ReadonlyMap<FileServer, readonly Moved[]>,
  found: ReadonlyMap<FileServer, Startable>,
  mib: number,
): Rates {
  const measured = [...moved].filter(([, runs]) => runs.length > 0);
  return {
    rates: measured.map(([server, runs]) => ({
      server,
      upload: legRate(runs.map(({ upload }) => upload), mib),
      download: legRate(runs.map(({ download }) => download), mib),
      peakMiB: median(runs.map(({ peakBytes }) => peakBytes)) / MiB,
      besidePeakMiB: median(runs.map(({ besidePeakBytes }) => besidePeakBytes)) / MiB,
    })),
    skipped: [...found].flatMap(([server, way]) => "why" in way ? [{ server, why: way.why }] : []),
    faults: measured.filter(([, runs]) => runs.some(({ isRight }) => !isRight)).map(([server]) => {
      return `What "${server}" gave back is not what it was given`;
    }),
  };
}

function legRate(legs: readonly Leg[], mib: number): LegRate {
  const rates = legs.map(({ seconds }) => mib * MiB / 1e6 / seconds);
  const perGiB = (one: (leg: Leg) => number) => median(legs.map(one)) * 1024 / mib;
  return {
    rate: median(rates),
    range: [Math.min(...rates), Math.max(...rates)],
    serverCpu: perGiB(({ serverCpuSeconds }) => serverCpuSeconds),
    besideCpu: perGiB(({ besideCpuSeconds }) => besideCpuSeconds),
    loadCpu: perGiB(({ loadCpuSeconds }) => loadCpuSeconds),
  };
}

const titles: Readonly<Record<FileServer, string>> = {
  parley: "Parley (hashed)",
  bare: "bare loop",
  hashed: "bare loop, hashed",
  nginx: "nginx",
  tus: "tus in Node",
  node: "node, folder",
  nats: "node, files in NATS",
  nats3: "node, files in 3 NATS",
};

/** What was measured, for people. */
export function ratesTable({ rates, skipped }: Rates): string {
  const bare = rates.find(({ server }) => server === "bare");
  const head = [
    "",
    "MB/s",
    "of bare",
    "range",
    "CPU-s/GiB",
    "NATS's",
    "load's",
    "peak MiB",
    "NATS's",
  ];
  const rows = (["upload", "download"] as const).flatMap((way) => [
    [way, ...head.slice(1)],
    ...rates.map((rate) => [
      `  ${titles[rate.server]}`,
      rate[way].rate.toFixed(0),
      bare ? (rate[way].rate / bare[way].rate).toFixed(2) : "",
      rate[way].range.map((one) => one.toFixed(0)).join(" to "),
      rate[way].serverCpu.toFixed(2),
      rate[way].besideCpu.toFixed(2),
      rate[way].loadCpu.toFixed(2),
      rate.peakMiB.toFixed(0),
      rate.besidePeakMiB.toFixed(0),
    ]),
  ]);
  const without = skipped.map(({ server, why }) => `Without ${titles[server]}: ${why}`);
  return [aligned(rows), ...without].join("\n");
}
