/** Several nodes of one Parley behind one NATS, every one a process of its own. */

import { startNats } from "./nats_cluster.ts";
import type { NatsServer } from "./nats.ts";
import { RealServer } from "./real_server.ts";
import { Relay } from "./relay.ts";

/** What a test may want otherwise. */
export interface RealNodesOptions {
  readonly nodes?: number;
  /** Servers of NATS; each keeps everything. */
  readonly nats?: number;
  /** Whether nodes reach NATS without a relay, so that none can be cut off: it takes less. */
  readonly isDirect?: boolean;
  /** Options of every node. */
  readonly args?: readonly string[];
}

/** The processes of it all, which can be killed, cut off and started again one by one. */
export class RealNodes implements AsyncDisposable {
  readonly nats: readonly NatsServer[];
  readonly nodes: readonly RealServer[];
  /** The folder of files that they share. */
  readonly files: string;
  readonly #relays: ReadonlyMap<RealServer, readonly Relay[]>;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    nats: readonly NatsServer[],
    relays: ReadonlyMap<RealServer, readonly Relay[]>,
    files: string,
    stack: AsyncDisposableStack,
  ) {
    this.nats = nats;
    this.nodes = [...relays.keys()];
    this.files = files;
    this.#relays = relays;
    this.#stack = stack;
  }

  /** Resolves when every node listens. */
  static async start(
    { nodes = 3, nats: count = 1, isDirect = false, args = [] }: RealNodesOptions = {},
  ): Promise<RealNodes> {
    await using stack = new AsyncDisposableStack();
    const files = await Deno.makeTempDir({ prefix: "parley-test-" });
    stack.defer(() => Deno.remove(files, { recursive: true }));
    const nats = (await startNats(count)).map((server) => stack.use(server));
    const relays = new Map<RealServer, readonly Relay[]>();
    for (let index = 0; index < nodes; index++) {
      const lines = isDirect ? [] : nats.map(({ port }) => stack.use(new Relay(port, Infinity)));
      const urls = (isDirect ? nats : lines).map(({ port }) => `nats://127.0.0.1:${port}`).join();
      const own = [`--nats=${urls}`, `--nats-replicas=${count}`, `--files=${files}`];
      const node = await RealServer.start({
        args: [...own, ...args],
        // Their common folder isn't in the one that a test's server is granted.
        permissions: "all",
        alone: "it has nodes of its own",
      });
      relays.set(stack.use(node), lines);
    }
    return new RealNodes(nats, relays, files, stack.move());
  }

  /** Where clients reach each node. */
  get ports(): readonly number[] {
    return this.nodes.map(({ port }) => port);
  }

  /** Takes a node's lines to NATS away: nothing is handed on any more, and nothing is closed. */
  cut(node: RealServer): void {
    for (const relay of this.#linesOf(node)) relay.hold();
  }

  /** Gives them back. */
  mend(node: RealServer): void {
    for (const relay of this.#linesOf(node)) relay.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  #linesOf(node: RealServer): readonly Relay[] {
    return this.#relays.get(node) ?? [];
  }
}
