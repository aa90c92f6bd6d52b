/** Cores of several nodes in this process, without sockets, behind a NATS that is none of it. */

import { openNats, openNatsFiles } from "../../lib/backend/nats.ts";
import { openSqlite } from "../../lib/backend/sqlite.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { DataFolder } from "../backend/folder.ts";
import type { NatsServer } from "./nats.ts";
import { startNats } from "./nats_cluster.ts";
import { TestServer } from "./peer.ts";

/** What a test may want otherwise. */
export interface NatsCoresOptions {
  readonly nodes: number;
  /** Servers of NATS; each keeps everything. */
  readonly nats?: number;
  /** Bytes of files that NATS keeps; where nothing is said, each node has its own in memory. */
  readonly filesRoom?: number;
}

/** Nodes behind one NATS, ended with the test. */
export class NatsCores implements AsyncDisposable {
  readonly nats: readonly NatsServer[];
  readonly servers: readonly TestServer[];
  readonly #stack: AsyncDisposableStack;

  private constructor(
    nats: readonly NatsServer[],
    servers: readonly TestServer[],
    stack: AsyncDisposableStack,
  ) {
    this.nats = nats;
    this.servers = servers;
    this.#stack = stack;
  }

  static async start(
    { nodes, nats: replicas = 1, filesRoom: room }: NatsCoresOptions,
  ): Promise<NatsCores> {
    await using stack = new AsyncDisposableStack();
    const clock = systemClock();
    const nats = (await startNats(replicas)).map((server) => stack.use(server));
    const options = { servers: nats.map(({ url }) => url), replicas, clock };
    const servers: TestServer[] = [];
    while (servers.length < nodes) {
      const folder = stack.use(new DataFolder());
      const keepsFiles = room !== undefined;
      const order = stack.use(await openNats({ ...options, keepsFiles }));
      const blobs = keepsFiles ? stack.use(await openNatsFiles({ ...options, room })) : undefined;
      const backend = await openSqlite(folder.path, clock, { order });
      const name = `node ${servers.length}`;
      servers.push(
        stack.use(await TestServer.start({ backend, owner: "Olga", name, ...blobs && { blobs } })),
      );
    }
    return new NatsCores(nats, servers, stack.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
