/** A real server with real clients around it, all ended with the test. */

import { assert } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { join } from "@std/path";
import { TextLineStream } from "@std/streams";
import { clientCommand, root } from "./client_program.ts";
import { barrierMs, wholeTestMs } from "./patience.ts";
import type { Peer } from "./peer.ts";
import { RealServer, type RealServerOptions } from "./real_server.ts";

/** What a scene's people need of its server. */
export type SceneServer = Pick<
  RealServer,
  "port" | "webPort" | "folder" | "portFor" | "connect" | "join"
>;

/** How a terminal client is started. */
export interface ClientOptions {
  /** Arguments after `--port PORT --user USER`. */
  readonly args?: readonly string[];
  /** Clients of one machine share their logins; each has its own machine where none is said. */
  readonly machine?: string;
}

/** Where a client keeps what is its own, and the server's port for it. */
export type Machine = Pick<SceneServer, "folder" | "port">;

/** A program that runs, as a process has its ends. */
export interface Running extends Pick<Deno.ChildProcess, "stdin"> {
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly status: Promise<{ readonly code: number }>;
  kill(signal: "SIGKILL"): void;
}

/** The processes of one test. */
export class Scene implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  #server: SceneServer | undefined;

  /** The server that was started. */
  get server(): SceneServer {
    assert(this.#server, "Start a server first");
    return this.#server;
  }

  /** The same where it is a process of its own, which can be ended and started again. */
  get process(): RealServer {
    assert(this.#server instanceof RealServer, "Start a server as a process first");
    return this.#server;
  }

  /** Starts the server. */
  async start(args: readonly string[] = [], more: RealServerOptions = {}): Promise<RealServer> {
    return this.around(await RealServer.start({ ...more, args }));
  }

  /** Plays around this server from now on, and ends it with the test. */
  protected around<Server extends SceneServer & AsyncDisposable>(server: Server): Server {
    this.#server = this.#stack.use(server);
    return server;
  }

  /** A terminal client without a terminal, that has said nothing yet. */
  client(user: string, { args = [], machine = user }: ClientOptions = {}): RealClient {
    const { server } = this;
    const there = { folder: join(server.folder, machine), port: server.portFor(machine) };
    return this.run(this.terminal(there, ["--user", user, ...args]));
  }

  /** The client at a machine: a process. */
  protected terminal(there: Machine, args: readonly string[]): readonly string[] | Running {
    return clientCommand(there, ...args);
  }

  /** Any other program that takes and writes lines. */
  run(program: readonly string[] | Running): RealClient {
    return this.#stack.use(new RealClient(program));
  }

  /** The same, once it is in the lobby. */
  async enter(user: string, options: ClientOptions = {}): Promise<RealClient> {
    const client = this.client(user, options);
    await client.sees("── #lobby ──");
    return client;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** What registers tests that play in scenes of a kind, and fail where they take for ever. */
export function sceneTests<S extends Scene>(make: () => S) {
  return (
    name: string,
    run: (scene: S) => Promise<void>,
    options: { readonly ignore?: boolean } = {},
  ): void => {
    Deno.test({
      name,
      ...options,
      fn: async () => {
        await using scene = make();
        await deadline(run(scene), wholeTestMs);
      },
    });
  };
}

/** Registers a test that plays in a scene. */
export const sceneTest = sceneTests(() => new Scene());

/** The terminal client as scripts run it: lines in, lines out. */
export class RealClient implements AsyncDisposable {
  /** Everything it has written, to stdout and stderr alike. */
  readonly lines: string[] = [];
  readonly #process: Running;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ended: Promise<{ readonly code: number }>;
  #over = false;
  #wake: (() => void)[] = [];

  constructor(program: readonly string[] | Running) {
    this.#process = "stdin" in program ? program : started(program);
    this.#input = this.#process.stdin.getWriter();
    const outputs = [this.#process.stdout, this.#process.stderr].map((from) => this.#keep(from));
    this.#ended = Promise.all([this.#process.status, ...outputs]).then(([status]) => {
      this.#over = true;
      this.#changed();
      return status;
    });
  }

  /** Types a line. */
  async type(...lines: readonly string[]): Promise<void> {
    await this.#input.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** Resolves the first line, come or coming, that has `text` in it. */
  sees(text: string): Promise<string> {
    return deadline(this.#find(text), barrierMs).catch((error) => {
      throw new Error(`Nothing says "${text}" in\n${this.lines.join("\n")}`, { cause: error });
    });
  }

  /** The lines that have `text` in them. */
  all(text: string): string[] {
    return this.lines.filter((line) => line.includes(text));
  }

  /** Ends its input, and resolves its exit code when it has done what was typed. */
  async finish(): Promise<number> {
    await this.#input.close().catch(() => {});
    return await this.ended();
  }

  /** Resolves its exit code when it ends by itself. */
  async ended(): Promise<number> {
    return (await deadline(this.#ended, barrierMs)).code;
  }

  /** Ends it without a warning, and resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#over) this.#process.kill("SIGKILL");
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.#input.close().catch(() => {});
  }

  async #find(text: string): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      assert(!this.#over, "It has ended");
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  async #keep(from: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = from.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of lines) {
      this.lines.push(line);
      this.#changed();
    }
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

function started([program, ...args]: readonly string[]): Running {
  return new Deno.Command(program, {
    args,
    cwd: root,
    env: { INIT_CWD: root, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Peers called `p0`, `p1`, …, which have joined `room`. */
export function crowd(server: SceneServer, count: number, room: string): Promise<Peer[]> {
  return Promise.all(Array.from({ length: count }, async (_, index) => {
    const peer = await server.join(`p${index}`);
    await peer.ok({ t: "join", room });
    return peer;
  }));
}

/** The texts of `count` messages, in the order in which they came. */
export async function texts(peer: Peer, count: number): Promise<unknown[]> {
  const came: unknown[] = [];
  while (came.length < count) came.push((await peer.next("said")).text);
  return came;
}

/** Each of them says `each` things at once; what was said. */
export async function allSay(
  peers: readonly Peer[],
  each: number,
  room: string,
): Promise<string[]> {
  const saids = peers.flatMap((peer, index) =>
    Array.from({ length: each }, (_, number) => ({ peer, text: `${number} of ${index}` }))
  );
  await Promise.all(saids.map(({ peer, text }) => peer.ok({ t: "say", room, text, cid: text })));
  return saids.map(({ text }) => text);
}

/** The texts in a room's log. */
export async function logged(peer: Peer, room: string): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let after = 0, more = true; more;) {
    const page = await peer.ok({ t: "history", room, after, limit: 200 });
    if (!Array.isArray(page.events)) break;
    all.push(...page.events.filter(({ t }) => t === "said").map(({ text }) => text));
    after = page.events.at(-1)?.seq ?? after;
    more = page.more === true;
  }
  return all;
}
