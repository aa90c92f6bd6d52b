/** What a process has used, as Linux tells it; nothing is told elsewhere. */

/** What a process has used since it began, and what it holds now. */
export interface Usage {
  /** Of all its threads, in user and system mode. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** The most that it has held. */
  readonly peakBytes: number;
}

/** Linux counts in these for all programs, whatever its own clock is. */
const ticksPerSecond = 100;

/** `undefined` where there is no such process, or no `/proc`. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
    // The second field is the program's name, which may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system] = [fields[11], fields[12]].map(Number);
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const [resident, peak] = [/^VmRSS:\s+(\d+) kB$/m, /^VmHWM:\s+(\d+) kB$/m].map((line) => {
      return Number(line.exec(status)?.[1]) * 1024;
    });
    if (Number.isNaN(resident)) return undefined;
    return {
      cpuSeconds: (user + system) / ticksPerSecond,
      residentBytes: resident,
      peakBytes: peak,
    };
  } catch {
    return undefined;
  }
}
