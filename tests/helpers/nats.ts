/** A NATS server with JetStream, as a process of its own, on a port and a folder that outlive it. */

import { deadline } from "@std/async/deadline";
import { TextLineStream } from "@std/streams";
import { pathOf } from "../../tools/programs.ts";
import { freePort } from "./free_port.ts";
import { barrierMs } from "./patience.ts";

/** Output kept, in lines: the newest. */
const linesMax = 200;

/** What a test may want otherwise. */
export interface NatsServerOptions {
  /** The text of a configuration, whose streams are in this folder; its address is the server's own. */
  config?(folder: string): string;
  /** Without JetStream. */
  readonly isPlain?: boolean;
  /** Who may connect, and nobody else. */
  readonly user?: string;
  readonly password?: string;
  /** The servers of a cluster: each one's name and the ports where the others reach it. */
  readonly cluster?: {
    readonly name: string;
    readonly port: number;
    readonly routes: readonly number[];
  };
}

/** A NATS server that can be ended in any way and started again. */
export class NatsServer implements AsyncDisposable {
  /** The same for every run. */
  readonly port = freePort();
  /** Where its streams are. */
  readonly folder = Deno.makeTempDirSync({ prefix: "parley-nats-" });
  /** What every run has written; the newest lines. */
  readonly lines: string[] = [];
  readonly #options: NatsServerOptions;
  #run: { readonly process: Deno.ChildProcess; readonly ended: Promise<unknown> } | undefined;

  private constructor(options: NatsServerOptions) {
    this.#options = options;
  }

  /** Starts one; resolves when it can be used. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = new NatsServer(options);
    await server.start();
    return server;
  }

  /** What nodes are told. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#running().process.pid;
  }

  /** Starts it again after it has ended. */
  async start(): Promise<void> {
    const path = pathOf("nats-server");
    if (path === undefined) throw new Error("nats-server isn't installed");
    const process = new Deno.Command(path, {
      args: ["-a", "127.0.0.1", "-p", `${this.port}`, ...this.#words()],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const ready = Promise.withResolvers<void>();
    const output = this.#read(process.stderr, ready.resolve);
    const ended = Promise.all([process.status, output]);
    this.#run = { process, ended };
    const over = ended.then(() => {
      throw new Error(`nats-server has ended:\n${this.lines.slice(-20).join("\n")}`);
    });
    // After it was ready its end is nothing to complain about.
    over.catch(() => {});
    await deadline(Promise.race([ready.promise, over]), barrierMs);
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    this.#running().process.kill(signal);
  }

  /** Ends it without a warning, as a crash does. */
  async kill(): Promise<void> {
    const { process, ended } = this.#running();
    process.kill("SIGKILL");
    await ended;
    this.#run = undefined;
  }

  /** While it doesn't run: keeps its files as they are, and resolves what puts them back. */
  async remember(): Promise<() => Promise<void>> {
    const copy = `${this.folder}.copy`;
    await copyFolder(this.folder, copy);
    return async () => {
      await Deno.remove(this.folder, { recursive: true });
      await Deno.rename(copy, this.folder);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#run) await this.kill();
    await Deno.remove(this.folder, { recursive: true });
  }

  #running() {
    if (this.#run) return this.#run;
    throw new Error("It doesn't run");
  }

  #words(): readonly string[] {
    const { cluster, config, isPlain = false, user, password = "" } = this.#options;
    if (config) {
      const path = `${this.folder}/nats.conf`;
      Deno.writeTextFileSync(path, config(this.folder));
      return ["-c", path];
    }
    const words = isPlain ? [] : ["-js", "-sd", this.folder];
    if (user !== undefined) words.push("--user", user, "--pass", password);
    if (cluster !== undefined) {
      const routes = cluster.routes.map((port) => `nats://127.0.0.1:${port}`).join();
      words.push("--name", cluster.name, "--cluster_name", "parley");
      words.push("--cluster", `nats://127.0.0.1:${cluster.port}`, "--routes", routes);
    }
    return words;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, ready: () => void): Promise<void> {
    const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) {
      this.lines.push(line);
      if (this.lines.length > linesMax) this.lines.shift();
      if (line.includes("Server is ready")) ready();
    }
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }
}
