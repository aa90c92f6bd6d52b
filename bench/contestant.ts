/** The servers that are measured, each a process of its own that lives for one measurement. */

import { fromFileUrl } from "@std/path";
import { program, said } from "./spawning.ts";

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

const listens = /^Listening on \S+:(\d+)$/m;
const hasPage = /^Listening on \S+:(\d+)$[^]*?(http:\/\/127\.0\.0\.1:\d+\/)/m;

/** A server with a fresh folder, once it listens. */
export async function start(which: Contestant, starting: Starting): Promise<Running> {
  const { running } = await begin(which, starting, { web: ["--no-web"], says: listens });
  return running;
}

/** Parley with its page, and where that is; `more` are further options of the server. */
export async function startWithPage(
  starting: Starting,
  more: readonly string[] = [],
): Promise<Running & { readonly url: string }> {
  const web = ["--web-port", "0", ...more];
  const begun = await begin("parley", starting, { web, says: hasPage });
  const { running, words: [, , url] } = begun;
  return { ...running, url };
}

async function begin(
  which: Contestant,
  { data, pin }: Starting,
  { web, says }: { readonly web: readonly string[]; readonly says: RegExp },
) {
  const folder = await Deno.makeTempDir({ prefix: "parley-bench-", ...data && { dir: data } });
  const args = which === "bare"
    ? [script("bare.ts")]
    : [script("../server.ts"), ...serverArgs(folder, web)];
  const child = program(Deno.execPath(), ["run", "-q", "-A", ...args], {
    core: pin ? 0 : undefined,
  }).spawn();
  const words = await said(child.stdout, says, which);
  const running: Running = {
    port: Number(words[1]),
    pid: child.pid,
    data: folder,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
  return { running, words };
}

/** What the load client prints when it is run with these arguments. */
export async function runLoad(args: readonly string[], pin: boolean): Promise<string> {
  const words = ["run", "-q", "-A", script("load.ts"), ...args];
  const command = program(Deno.execPath(), words, { core: pin ? 1 : undefined });
  const { success, stdout } = await command.output();
  if (!success) throw new Error("The load client failed: what it said is above");
  return new TextDecoder().decode(stdout).trim();
}

function serverArgs(folder: string, web: readonly string[]): string[] {
  const places = ["--data", folder, "--files", `${folder}/files`];
  const bounds = ["--preset", "bench", "--connections-max", "100000"];
  return ["--port", "0", ...web, ...places, "--quiet", ...bounds];
}

function script(path: string): string {
  return fromFileUrl(new URL(path, import.meta.url));
}
