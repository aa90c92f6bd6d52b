/** Several nodes in memory behind one order, and peers on each of them. */

import { type OneNode, OneOrder } from "./one_order.ts";
import { type Peer, type TestOptions, TestServer } from "./peer.ts";

/** What a test may want otherwise. */
export interface ClusterOptions extends TestOptions {
  /** Waited for before a node takes what another one has kept or told. */
  readonly pace?: () => Promise<unknown>;
}

/** The nodes of one test, by their numbers from 0. */
export class Cluster implements AsyncDisposable {
  readonly order: OneOrder;
  readonly servers: TestServer[] = [];
  readonly #options: ClusterOptions;

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.order = new OneOrder(options.pace);
  }

  static async start(count: number, options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster(options);
    for (let number = 0; number < count; number++) await cluster.add();
    return cluster;
  }

  /** One node more. */
  async add(): Promise<TestServer> {
    const { backend } = await this.order.open();
    const server = await TestServer.start({ ...this.#options, backend });
    this.servers.push(server);
    await this.level();
    return server;
  }

  /** What the node has of the others. */
  node(number: number): OneNode {
    return this.order.nodes[number];
  }

  /** A peer of a node that has said hello as a new guest. */
  async join(number: number, user: string, ...rooms: readonly string[]): Promise<Peer> {
    return await this.servers[number].join(user, ...rooms);
  }

  /** Resolves when each node has and has heard everything, as far as it can. */
  level(): Promise<void> {
    return this.order.level();
  }

  /** A node ends without a word, and its peers with it. */
  async kill(number: number): Promise<void> {
    this.node(number).kill();
    await this.servers[number][Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.order.nodes) if (node.isCut) await node.mend();
    await Promise.all(this.servers.map((server) => server[Symbol.asyncDispose]()));
  }
}
