/** A server for a test, or several nodes in its place. */

import { join } from "@std/path";
import { freePort } from "./free_port.ts";
import { NatsServer } from "./nats.ts";
import { nodesWanted } from "./nodes_wanted.ts";
import { Peer } from "./peer.ts";
import { ServerProcess, type ServerProcessOptions } from "./server_process.ts";
import { Spread } from "./spread.ts";

/** What a test may want otherwise. */
export interface RealServerOptions extends ServerProcessOptions {
  /** Why it is one process, however many nodes the run asks for. */
  readonly alone?: string;
  /** Whether clients have one way to it, a line of the test's: nodes tell of none where they are. */
  readonly hasOneWay?: boolean;
}

/** An address of this machine at which no server of a test listens. */
const nobodyThere = "127.0.0.2";
/** Output kept, in lines: the newest. */
const linesMax = 2000;
const errorsMax = 20;

/**
 * A server's process, which can be ended in any way and started again; or those of several nodes
 * that share a folder of files. They are started and ended together, and each connection goes to the
 * next of them. What belongs to one process is the first one's.
 */
export class RealServer implements AsyncDisposable {
  /** The same for every run. */
  readonly port: number;
  /** The same for every run; nothing listens there without {@linkcode RealServerOptions.web}. */
  readonly webPort: number;
  /** For whatever the test keeps beside the data. */
  readonly folder: string;
  /** Where messages and users are. */
  readonly data: string;
  /** What every run of every node has written, to stdout and stderr alike; the newest lines. */
  readonly lines: string[] = [];
  /** The first errors that their logs told of, however long ago. */
  readonly errors: string[] = [];
  readonly #nodes: readonly [ServerProcess, ...ServerProcess[]];
  readonly #nats: NatsServer | undefined;
  /** Where there are several, what is in front of them. */
  readonly #spreads: readonly Spread[];
  /** Which node each client was given. */
  readonly #given = new Map<string, number>();
  #turn = 0;

  private constructor(
    folder: string,
    { nats, count, options }: {
      readonly nats: NatsServer | undefined;
      readonly count: number;
      readonly options: RealServerOptions;
    },
  ) {
    this.folder = folder;
    this.#nats = nats;
    const { args = [], hasOneWay = false } = options;
    const told = nats
      ? [`--nats=${nats.url}`, ...hasOneWay ? [`--public=${nobodyThere}`] : []]
      : [];
    const node = (index: number) => {
      const data = join(folder, index === 0 ? "data" : `data-${index + 1}`);
      const folders = { folder, data, files: join(folder, "files") };
      // One that stands alone reads them anew at each start.
      const all = { ...options, args: told.length > 0 ? [...told, ...args] : args };
      return new ServerProcess(folders, all, (line) => this.#took(line));
    };
    const others = Array.from({ length: count - 1 }, (_, index) => node(index + 1));
    const [first] = this.#nodes = [node(0), ...others];
    this.data = join(folder, "data");
    const isSpread = others.length > 0;
    this.port = isSpread ? freePort() : first.port;
    this.webPort = isSpread ? freePort() : first.webPort;
    this.#spreads = isSpread
      ? [
        new Spread(this.port, this.ports),
        new Spread(this.webPort, this.webPorts),
      ]
      : [];
  }

  /** Starts one, on a port that is free and data that are new; resolves when it listens. */
  static async start(options: RealServerOptions = {}): Promise<RealServer> {
    const folder = await Deno.makeTempDir({ prefix: "parley-test-" });
    const count = options.alone ? 1 : nodesWanted();
    const nats = count > 1 ? await NatsServer.start() : undefined;
    const server = new RealServer(folder, { nats, count, options });
    try {
      await server.start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  /** Of the nodes in turn, and of one and the same for the same client, however it is written. */
  portFor(client: string): number {
    const name = client.toLowerCase();
    const given = this.#given.get(name) ?? this.#nextPort();
    this.#given.set(name, given);
    return given;
  }

  /** Where each node itself listens, the first one's first. */
  get ports(): readonly number[] {
    return this.#nodes.map(({ port }) => port);
  }

  /** The same for the page. */
  get webPorts(): readonly number[] {
    return this.#nodes.map(({ webPort }) => webPort);
  }

  /** The process; the one that {@linkcode ServerProcessOptions.under} started, where there is one. */
  get pid(): number {
    return this.#nodes[0].pid;
  }

  /** Resolves how the process that runs now has ended, when those of all nodes have. */
  get ended(): Promise<Deno.CommandStatus> {
    const [first, ...others] = this.#nodes;
    const running = others.filter(({ isRunning }) => isRunning);
    return Promise.all([first, ...running].map(({ ended }) => ended)).then(([status]) => status);
  }

  /** Starts it again after it has ended; resolves when it listens. */
  async start(): Promise<void> {
    // Nothing is there before the first one, which says so: that it is new, whom it invites.
    const [first, ...others] = this.#nodes;
    await first.start();
    await Promise.all(others.map((other) => other.start()));
    for (const spread of this.#spreads) spread.open();
  }

  /** Resolves what of the newest line, come or coming, fits in the form's brackets, or all of it. */
  printed(form: RegExp): Promise<string> {
    return this.#nodes[0].printed(form);
  }

  /** Sends a signal. */
  signal(signal: Deno.Signal): void {
    for (const spread of this.#spreads) spread.close();
    const [first, ...others] = this.#nodes;
    first.signal(signal);
    for (const other of others) if (other.isRunning) other.signal(signal);
  }

  /** Sends a signal and resolves how the process has ended. */
  async stop(signal: Deno.Signal): Promise<Deno.CommandStatus> {
    const { ended } = this;
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
    for (const node of this.#nodes) {
      if (!node.isRunning) continue;
      const { ended } = node;
      node.signal("SIGKILL");
      await ended;
    }
    for (const spread of this.#spreads) spread.end();
    await this.#nats?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  #nextPort(): number {
    return this.ports[this.#turn++ % this.ports.length];
  }

  #took(line: string): void {
    this.lines.push(line);
    if (this.lines.length > linesMax) this.lines.shift();
    if (/^\S+ ERROR /.test(line) && this.errors.length < errorsMax) this.errors.push(line);
  }
}
