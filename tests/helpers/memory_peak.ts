/** The most memory that a server's process takes while something goes on. */

import { assert } from "@std/assert";
import { usageOf } from "../../bench/usage.ts";
import type { RealServer } from "./real_server.ts";

const MiB = 1024 * 1024;

/** How many bytes more than before it held at its worst, while `run` went on. */
export async function memoryPeak(
  { pid }: Pick<RealServer, "pid">,
  run: () => Promise<unknown>,
): Promise<number> {
  // Linux counts the peak anew from here.
  await Deno.writeTextFile(`/proc/${pid}/clear_refs`, "5");
  const before = usageOf(pid);
  await run();
  const after = usageOf(pid);
  assert(before && after, "The server's process is gone");
  return after.peakBytes - before.residentBytes;
}

/** The same, where it has to stay under a bound; it says how much it was. */
export async function requireMemory(
  server: Pick<RealServer, "pid">,
  mebibytesMax: number,
  run: () => Promise<unknown>,
): Promise<void> {
  const mebibytes = await memoryPeak(server, run) / MiB;
  console.log(`It took ${mebibytes.toFixed(1)} MiB more at its worst`);
  assert(mebibytes < mebibytesMax, `It took ${mebibytes.toFixed(0)} MiB more`);
}
