/** A server as people run it: a process of its own, on ports and a folder that outlive it. */

import { deadline } from "@std/async/deadline";
import { fromFileUrl, join } from "@std/path";
import { TextLineStream } from "@std/streams";
import project from "../../deno.json" with { type: "json" };
import { freePort } from "./free_port.ts";
import { barrierMs } from "./patience.ts";

/** What a test may want otherwise. */
export interface ServerProcessOptions {
  /** Options of the server, behind those that every test's server has. */
  readonly args?: readonly string[];
  /** `task`: what `deno task server` grants, with the test's folder for `data/`; else everything. */
  readonly permissions?: "task" | "all";
  /** Whether it serves the page, too, on a port of its own. */
  readonly web?: boolean;
  /** Words before the command that starts it, for what watches it. */
  readonly under?: readonly string[];
  /** A module that is run in its process before it. */
  readonly preload?: string;
  /** Whether passwords take it as much work as they do elsewhere. */
  readonly hasSlowPasswords?: boolean;
}

/** Where a server's process keeps what it keeps. */
export interface ServerFolders {
  /** What it may read and write. */
  readonly folder: string;
  readonly data: string;
  readonly files: string;
}

const root = fromFileUrl(new URL("../../", import.meta.url));
const quickScrypt = join(root, "tests", "helpers", "quick_scrypt.ts");
/** How `deno task server` sets up the engine. */
const engineFlags = project.tasks.server.command.split(" ").filter((word) => {
  return word.startsWith("--v8-flags=");
});
/** Output kept, in lines: the newest. */
const linesMax = 2000;

/** One run of the process. */
interface Run {
  readonly process: Deno.ChildProcess;
  /** Resolves when it has ended and all its output is here. */
  readonly ended: Promise<Deno.CommandStatus>;
}

/** A process that can be ended in any way and started again. */
export class ServerProcess {
  /** The same for every run. */
  readonly port = freePort();
  /** The same for every run; nothing listens there without {@linkcode ServerProcessOptions.web}. */
  readonly webPort = freePort();
  /** What every run has written, to stdout and stderr alike; the newest lines. */
  readonly lines: string[] = [];
  readonly #folders: ServerFolders;
  readonly #options: ServerProcessOptions;
  readonly #onLine: (line: string) => void;
  #run: Run | undefined;
  #wake: (() => void)[] = [];

  constructor(
    folders: ServerFolders,
    options: ServerProcessOptions,
    onLine: (line: string) => void = () => {},
  ) {
    this.#folders = folders;
    this.#options = options;
    this.#onLine = onLine;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** The process; the one that {@linkcode ServerProcessOptions.under} started, where there is one. */
  get pid(): number {
    return this.#running().process.pid;
  }

  /** Resolves how the process that runs now has ended. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#running().ended;
  }

  /** Starts it, also after it has ended; resolves when it listens. */
  async start(): Promise<void> {
    if (this.#run) throw new Error("It runs already");
    const listening = Promise.withResolvers<void>();
    const process = this.#spawn();
    const take = (line: string) => {
      this.lines.push(line);
      if (this.lines.length > linesMax) this.lines.shift();
      if (line.startsWith("Listening on ")) listening.resolve();
      this.#onLine(line);
      for (const wake of this.#wake.splice(0)) wake();
    };
    const outputs = [process.stdout, process.stderr].map((stream) => eachLine(stream, take));
    const ended = Promise.all([process.status, ...outputs]).then(([status]) => status);
    const run = this.#run = { process, ended };
    const over = ended.then(({ code }) => {
      if (this.#run === run) this.#run = undefined;
      throw new Error(`The server ended with ${code}:\n${this.lines.slice(-20).join("\n")}`);
    });
    // After it has begun to listen its end is nothing to complain about.
    over.catch(() => {});
    await deadline(Promise.race([listening.promise, over]), barrierMs);
  }

  /** Resolves what of the newest line, come or coming, fits in the form's brackets, or all of it. */
  async printed(form: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.findLast((line) => form.test(line));
      const [whole, inside] = form.exec(found ?? "") ?? [];
      if (whole !== undefined) return inside ?? whole;
      await deadline(new Promise<void>((resolve) => this.#wake.push(resolve)), barrierMs);
    }
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#running().process.kill(signal);
  }

  #running(): Run {
    if (this.#run) return this.#run;
    throw new Error("It doesn't run");
  }

  #spawn(): Deno.ChildProcess {
    const { under = [], args = [], web = false, preload, hasSlowPasswords } = this.#options;
    const { data, files } = this.#folders;
    const modules = [...preload ? [preload] : [], ...hasSlowPasswords ? [] : [quickScrypt]];
    const before = modules.map((path) => `--preload=${path}`);
    const pages = web ? ["--web-port", String(this.webPort)] : ["--no-web"];
    const options = ["--port", String(this.port), "--data", data, "--files", files];
    const [command, ...words] = [
      ...under,
      Deno.execPath(),
      ...["run", "-q", "--no-prompt", ...engineFlags, ...this.#grants(), ...before, "server.ts"],
      ...[...options, ...pages, ...args],
    ];
    return new Deno.Command(command, {
      args: words,
      cwd: root,
      env: { INIT_CWD: root, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  #grants(): readonly string[] {
    if (this.#options.permissions === "all") return ["-A"];
    // A flag takes the place of what the set has of its kind.
    const { read, write } = project.permissions.server;
    const { folder } = this.#folders;
    const reads = [...read.filter((path) => !write.includes(path)), folder];
    return ["-P=server", `--allow-read=${reads.join(",")}`, `--allow-write=${folder}`];
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) take(line);
}
