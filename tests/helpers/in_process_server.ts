/**
 * A server in the test's own process, and in memory: what a test of the page takes, unless it is
 * about the process itself or what that keeps. It is another one for each test, at next to no cost.
 */

import { fromFileUrl } from "@std/path";
import { type Bounds, presets } from "../../lib/limits.ts";
import { type Listening, listenTcp } from "../../lib/net/tcp.ts";
import { listenWeb } from "../../lib/net/web.ts";
import { freePort } from "./free_port.ts";
import { type Peer, TestServer } from "./peer.ts";
import type { SceneServer } from "./scene.ts";
import { Spread } from "./spread.ts";

/** What a test may want otherwise. */
export interface InProcessOptions {
  /** Beside those of the preset `bench`. */
  readonly bounds?: Partial<Bounds>;
  /** What it is called, beside its addresses. */
  readonly names?: readonly string[];
  /** The name that is kept for the owner. */
  readonly owner?: string;
}

/** Where `deno task web` puts the page. */
const built = fromFileUrl(new URL("../../web/dist/", import.meta.url));
const anyPort = { hostname: "127.0.0.1", port: 0 };

/** One core behind ports as a process has them; where the run asks for several nodes, that many. */
export class InProcessServer implements SceneServer, AsyncDisposable {
  readonly port: number;
  readonly webPort: number;
  readonly folder = Deno.makeTempDirSync({ prefix: "parley-test-" });
  readonly #server: TestServer;
  readonly #listening: AsyncDisposableStack;

  private constructor(
    server: TestServer,
    listening: AsyncDisposableStack,
    ports: readonly number[],
  ) {
    this.#server = server;
    this.#listening = listening;
    [this.port, this.webPort] = ports;
  }

  /** Starts one that serves the page as it was built; resolves when it listens. */
  static async start(
    { bounds, names = [], owner }: InProcessOptions = {},
  ): Promise<InProcessServer> {
    const server = await TestServer.start({
      bounds: { ...presets.bench, ...bounds },
      ...owner !== undefined && { owner },
    });
    await using stack = new AsyncDisposableStack();
    const inFront = (listening: readonly Listening[]): number => {
      for (const each of listening) stack.use(each);
      const nodes = listening.map(({ port }) => port);
      if (nodes.length === 1) return nodes[0];
      const port = freePort();
      const spread = new Spread(port, nodes);
      stack.defer(() => spread.end());
      spread.open();
      return port;
    };
    const chats = server.cores.map((core) => listenTcp(core, anyPort));
    const pages = server.cores.map((core) => listenWeb(core, { ...anyPort, names, page: built }));
    const ports = [inFront(chats), inFront(await Promise.all(pages))];
    return new InProcessServer(server, stack.move(), ports);
  }

  /** One and the same for all: which node it is, where there are several, isn't for them to say. */
  portFor(_client: string): number {
    return this.port;
  }

  connect(): Promise<Peer> {
    return Promise.resolve(this.#server.connect());
  }

  async join(user: string, more: { readonly token?: string } = {}): Promise<Peer> {
    const peer = await this.connect();
    await peer.hello(user, more);
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.#listening.disposeAsync();
    await Deno.remove(this.folder, { recursive: true });
  }
}
