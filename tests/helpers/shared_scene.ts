/** Scenes that play around one server, one after the other, with clients in the test's process. */

import { join } from "@std/path";
import { runHere, startHere } from "./client_here.ts";
import { clientCommand, type Ran } from "./client_program.ts";
import { type InProcessOptions, InProcessServer } from "./in_process_server.ts";
import type { Peer } from "./peer.ts";
import { RealServer, type RealServerOptions } from "./real_server.ts";
import {
  type ClientOptions,
  type RealClient,
  Scene,
  type SceneServer,
  sceneTests,
} from "./scene.ts";

/**
 * A server's process for several tests of a file: the first of them starts it, and it ends with the
 * file. Whoever was in one test keeps their name for a while: each has people of its own.
 */
export class SharedServer {
  #started: Promise<RealServer> | undefined;
  readonly #options: RealServerOptions;

  constructor(args: readonly string[], more: RealServerOptions = {}) {
    this.#options = { ...more, args };
    Deno.test.afterAll(async () => await (await this.#started)?.[Symbol.asyncDispose]());
  }

  started(): Promise<RealServer> {
    return this.#started ??= RealServer.start(this.#options);
  }
}

/** How a client in the test's process is started. */
export interface ClientHereOptions extends ClientOptions {
  /** Where it dials, in the place of the server's own port: a line in between. */
  readonly port?: number;
}

/** What one test has of it: a folder for its machines, and peers that end with the test. */
class Share implements SceneServer, AsyncDisposable {
  readonly folder: string;
  readonly #server: RealServer;
  readonly #peers: Peer[] = [];

  constructor(server: RealServer) {
    this.#server = server;
    this.folder = Deno.makeTempDirSync({ dir: server.folder, prefix: "test-" });
  }

  get port(): number {
    return this.#server.port;
  }

  get webPort(): number {
    return this.#server.webPort;
  }

  portFor(client: string): number {
    return this.#server.portFor(client);
  }

  async connect(): Promise<Peer> {
    const peer = await this.#server.connect();
    this.#peers.push(peer);
    return peer;
  }

  async join(user: string, more: { readonly token?: string } = {}): Promise<Peer> {
    const peer = await this.connect();
    await peer.hello(user, more);
    return peer;
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.close();
    return Promise.resolve();
  }
}

/** A scene whose server may be others' as well, and whose people need no process. */
export class SharedScene extends Scene {
  /** Plays at that server, which goes on when the test is over. */
  async at(shared: SharedServer): Promise<RealServer> {
    const server = await shared.started();
    this.around(new Share(server));
    return server;
  }

  /** Starts a server in the test's process. */
  async startHere(options: InProcessOptions = {}): Promise<InProcessServer> {
    return this.around(await InProcessServer.start(options));
  }

  /** A terminal client in the test's process, that has said nothing yet. */
  clientHere(
    user: string,
    { args = [], machine = user, port = this.server.portFor(machine) }: ClientHereOptions = {},
  ): RealClient {
    const there = { folder: join(this.server.folder, machine), port };
    return this.run(startHere(clientCommand(there, "--user", user, ...args)));
  }

  /** The same, once it is in the lobby. */
  async enterHere(user: string, options: ClientHereOptions = {}): Promise<RealClient> {
    const client = this.clientHere(user, options);
    await client.sees("── #lobby ──");
    return client;
  }

  /** Does one thing as a script does, in the test's process and on the user's own machine. */
  scriptHere(user: string, ...words: readonly string[]): Promise<Ran> {
    const there = { folder: join(this.server.folder, user), port: this.server.portFor(user) };
    return runHere(clientCommand(there, ...words, "--user", user));
  }
}

/** Registers a test that plays in such a scene, and fails where it takes for ever. */
export const sharedSceneTest = sceneTests(() => new SharedScene());
