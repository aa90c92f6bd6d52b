/** The servers that are measured, each a process of its own that lives for one measurement. */

import { fromFileUrl } from "@std/path";
import { portOf, program } from "./spawning.ts";

/** Which servers there are. */
export const contestants = ["parley", "bare"] as const;
/** One of {@linkcode contestants}. */
export type Contestant = typeof contestants[number];

/** A server that runs. */
export interface Running extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** Where it keeps its data; gone when it is disposed of. */
  readonly data: string;
}

/** How processes are started. */
export interface Starting {
  /** The folder for folders of data; `undefined`: the system's for temporary files. */
  readonly data: string | undefined;
  readonly pin: boolean;
}

/** A server with a fresh folder, once it listens. */
export async function start(which: Contestant, { data, pin }: Starting): Promise<Running> {
  const folder = await Deno.makeTempDir({ prefix: "parley-bench-", ...data && { dir: data } });
  const args = which === "bare"
    ? [script("bare.ts")]
    : [script("../server.ts"), ...serverArgs(folder)];
  const child = program(Deno.execPath(), ["run", "-q", "-A", ...args], {
    core: pin ? 0 : undefined,
  }).spawn();
  return {
    port: await portOf(child.stdout, which),
    pid: child.pid,
    data: folder,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** What the load client prints when it is run with these arguments. */
export async function runLoad(args: readonly string[], pin: boolean): Promise<string> {
  const words = ["run", "-q", "-A", script("load.ts"), ...args];
  const command = program(Deno.execPath(), words, { core: pin ? 1 : undefined });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("The load client failed: what it said is above");
  return new TextDecoder().decode(stdout).trim();
}

function serverArgs(folder: string): string[] {
  const files = ["--files", `${folder}/files`];
  const bounds = ["--preset", "bench", "--connections-max", "100000"];
  return ["--port", "0", "--no-web", "--data", folder, ...files, "--quiet", ...bounds];
}

function script(path: string): string {
  return fromFileUrl(new URL(path, import.meta.url));
}
