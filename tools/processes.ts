/** The processes that one has started, and what they have started in their turn, and ending them. */

import { delay } from "@std/async/delay";

/** A process, and who has started it. */
interface Process {
  readonly pid: number;
  readonly parent: number;
}

const lookMs = 50;
/** A server that is told to end first says goodbye to its clients. */
const endMs = 10_000;

/** Every process that runs, as the system tells; none where it has no `ps`. */
async function running(): Promise<readonly Process[]> {
  const ps = new Deno.Command("ps", { args: ["-A", "-o", "pid=,ppid=,stat="], stderr: "null" });
  const output = await ps.output().catch(() => undefined);
  const lines = new TextDecoder().decode(output?.stdout).split("\n");
  return lines.map((line) => line.trim().split(/\s+/))
    // What has ended stays until its parent has asked how.
    .filter(([pid, , state]) => pid !== "" && !state.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

/** The ids of all processes under one, each before those that it has started. */
export async function descendants(root: number): Promise<readonly number[]> {
  const all = await running();
  const under = (above: number): readonly number[] =>
    all.filter(({ parent }) => parent === above).flatMap(({ pid }) => [pid, ...under(pid)]);
  return under(root);
}

/** Ends all processes under one, also those that are stopped; by force what takes its time. */
export async function endDescendants(root: number): Promise<void> {
  const pids = await descendants(root);
  send(pids, "SIGTERM");
  send(pids, "SIGCONT");
  const until = performance.now() + endMs;
  for (;;) {
    const left = await stillRunning(pids);
    if (left.length === 0) return;
    if (performance.now() > until) return send(left, "SIGKILL");
    await delay(lookMs);
  }
}

/** Those of them that haven't ended. */
export async function stillRunning(pids: readonly number[]): Promise<readonly number[]> {
  const all = new Set((await running()).map(({ pid }) => pid));
  return pids.filter((pid) => all.has(pid));
}

function send(pids: readonly number[], signal: Deno.Signal): void {
  for (const pid of pids) {
    try {
      Deno.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
