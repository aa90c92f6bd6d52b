/** A server as people run it: a process of its own, on a port and a folder that outlive it. */

import { deadline } from "@std/async/deadline";
import { fromFileUrl, join } from "@std/path";
import { TextLineStream } from "@std/streams";
import project from "../../deno.json" with { type: "json" };
import { freePort } from "./free_port.ts";
import { NatsServer } from "./nats.ts";
import { Peer } from "./peer.ts";

/** What a test may want otherwise. */
export interface RealServerOptions {
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
  /** Whether it is one process whatever is asked of the run: the test has its own way with nodes. */
  readonly isAlone?: boolean;
}

/**
 * How many nodes stand for a server that a test starts: one, but where the run asks for more, so that
 * the same tests tell whether anybody notices.
 */
function nodesWanted(): number {
  return Number(Deno.env.get("PARLEY_NODES") ?? 1);
}

const root = fromFileUrl(new URL("../../", import.meta.url));
const startMs = 30_000;
const quickScrypt = join(root, "tests", "helpers", "quick_scrypt.ts");
/** How `deno task server` sets up the engine. */
const engineFlags = project.tasks.server.command.split(" ").filter((word) => {
  return word.startsWith("--v8-flags=");
});
/** Output kept, in lines: the newest. */
const linesMax = 2000;
const errorsMax = 20;

/** One run of the process. */
interface Run {
  readonly process: Deno.ChildProcess;
  /** Resolves when it has ended and all its output is here. */
  readonly ended: Promise<Deno.CommandStatus>;
}

/**
 * A server's process, which can be ended in any way and started again; or those of several nodes,
 * which all are started and ended, and of which each client is given one in turn. What belongs to
 * one process is the first one's.
 */
export class RealServer implements AsyncDisposable {
  /** The same for every run. */
  readonly port: number;
  /** The same for every run; nothing listens there without {@linkcode RealServerOptions.web}. */
  readonly webPort = freePort();
  /** For whatever the test keeps beside the data. */
  readonly folder: string;
  /** Where messages and users are. */
  readonly data: string;
  /** What every run has written, to stdout and stderr alike; the newest lines. */
  readonly lines: string[] = [];
  /** The first errors that its log told of, however long ago. */
  readonly errors: string[] = [];
  readonly #options: RealServerOptions;
  /** Where the run asks for several nodes, what they write in, and the others. */
  #nats: NatsServer | undefined;
  #others: readonly RealServer[] = [];
  /** Which node each client was given. */
  readonly #given = new Map<string, number>();
  #turn = 0;
  #run: Run | undefined;
  #wake: (() => void)[] = [];

  private constructor(port: number, folder: string, options: RealServerOptions) {
    this.port = port;
    this.folder = folder;
    this.data = join(folder, "data");
    this.#options = options;
  }

  /** Starts one, on a port that is free and data that are new; resolves when it listens. */
  static async start(options: RealServerOptions = {}): Promise<RealServer> {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    const server = new RealServer(freePort(), folder, options);
    try {
      await server.#gather(options.isAlone ? 1 : nodesWanted());
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Of the nodes in turn, and of one and the same for the same client. */
  portFor(client: string): number {
    const given = this.#given.get(client) ?? this.#nextPort();
    this.#given.set(client, given);
    return given;
  }

  /** Of every node. */
  get ports(): readonly number[] {
    return [this, ...this.#others].map(({ port }) => port);
  }

  /** The process; the one that {@linkcode RealServerOptions.under} started, where there is one. */
  get pid(): number {
    return this.#running().process.pid;
  }

  /** Resolves how the process that runs now has ended. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#allEnded();
  }

  /** Starts it again after it has ended; resolves when it listens. */
  async start(): Promise<void> {
    if (this.#run) throw new Error("It runs already");
    const listening = Promise.withResolvers<void>();
    const process = this.#spawn();
    const take = (line: string) => {
      this.lines.push(line);
      if (this.lines.length > linesMax) this.lines.shift();
      if (/^\S+ ERROR /.test(line) && this.errors.length < errorsMax) this.errors.push(line);
      if (line.startsWith("Listening on ")) listening.resolve();
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
    await deadline(Promise.race([listening.promise, over]), startMs);
    await Promise.all(this.#others.map((other) => other.start()));
  }

  /** Resolves what of the newest line, come or coming, fits in the form's brackets, or all of it. */
  async printed(form: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.findLast((line) => form.test(line));
      const [whole, inside] = form.exec(found ?? "") ?? [];
      if (whole !== undefined) return inside ?? whole;
      await deadline(new Promise<void>((resolve) => this.#wake.push(resolve)), startMs);
    }
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    for (const { process } of this.#runs()) process.kill(signal);
  }

  /** Sends a signal and resolves how the process has ended. */
  async stop(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    const ended = this.#allEnded();
    this.signal(signal);
    return await ended;
  }

  /** Ends it without a warning, as a crash or a power cut does. */
  async kill(): Promise<void> {
    await this.stop("SIGKILL");
  }

  /** A connection that has said nothing yet. */
  async connect(): Promise<Peer> {
    return new Peer(await Deno.connect({ hostname: "127.0.0.1", port: this.#nextPort() }));
  }

  /** A connection that has said hello, as a new guest where there is no `token`. */
  async join(user: string, more: { readonly token?: string } = {}): Promise<Peer> {
    const peer = await this.connect();
    await peer.hello(user, more);
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#run) await this.kill();
    for (const other of this.#others) await other[Symbol.asyncDispose]();
    if (this.#others.length > 0) await this.#nats?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Prepares the others, and what all of them write in. */
  async #gather(count: number): Promise<void> {
    if (count <= 1) return;
    this.#nats = await NatsServer.start();
    const others: RealServer[] = [];
    while (others.length < count - 1) {
      const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
      const other = new RealServer(freePort(), folder, this.#options);
      other.#nats = this.#nats;
      others.push(other);
    }
    this.#others = others;
  }

  #nextPort(): number {
    return this.ports[this.#turn++ % this.ports.length];
  }

  /** Resolves how it has ended, when all nodes have. */
  async #allEnded(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all(this.#runs().map(({ ended }) => ended));
    return status;
  }

  /** The first node's, and those of others that haven't ended. */
  #runs(): readonly [Run, ...Run[]] {
    return [this.#running(), ...this.#others.flatMap((other) => other.#run ?? [])];
  }

  #running(): Run {
    if (this.#run) return this.#run;
    throw new Error("It doesn't run");
  }

  #spawn(): Deno.ChildProcess {
    const { under = [], args = [], web = false, preload, hasSlowPasswords } = this.#options;
    const modules = [...preload ? [preload] : [], ...hasSlowPasswords ? [] : [quickScrypt]];
    const before = modules.map((path) => `--preload=${path}`);
    const pages = web ? ["--web-port", String(this.webPort)] : ["--no-web"];
    const files = join(this.folder, "files");
    const options = ["--port", String(this.port), "--data", this.data, "--files", files];
    const [command, ...words] = [
      ...under,
      Deno.execPath(),
      ...["run", "-q", "--no-prompt", ...engineFlags, ...this.#grants(), ...before, "server.ts"],
      ...[...options, ...pages, ...this.#nats ? [`--nats=${this.#nats.url}`] : [], ...args],
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
    const reads = [...read.filter((path) => !write.includes(path)), this.folder];
    return ["-P=server", `--allow-read=${reads.join(",")}`, `--allow-write=${this.folder}`];
  }
}

async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) take(line);
}
