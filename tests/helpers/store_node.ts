/** A store that takes part in an order in memory. */

import { openSqlite, type SqliteBackend } from "../../lib/backend/sqlite.ts";
import type { Order } from "../../lib/backend/order.ts";
import type { News } from "../../lib/nodes.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { DataFolder } from "../backend/folder.ts";
import type { MemoryOrders } from "./memory_order.ts";
import { positionOf } from "./store_dump.ts";

/** A node with a folder of its own; what it hears is kept. */
export class Node implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly backend: SqliteBackend;
  readonly order: Order;
  readonly news: News[] = [];

  readonly #orders: MemoryOrders;

  private constructor(
    orders: MemoryOrders,
    { folder, backend, order }: Pick<Node, "folder" | "backend" | "order">,
    onCut: (isCut: boolean) => void,
  ) {
    this.#orders = orders;
    this.folder = folder;
    this.backend = backend;
    this.order = order;
    backend.nodes?.follow({
      news: (news) => this.news.push(news),
      note() {},
      came() {},
      went() {},
      cut: (why) => onCut(why !== undefined),
    });
  }

  /** Starts one; `through` may change what it sees of the order, `onCut` hears that it is stuck. */
  static async start(
    orders: MemoryOrders,
    name: string,
    {
      folder = new DataFolder(),
      through = (order: Order) => order,
      onCut = (_isCut: boolean) => {},
    } = {},
  ): Promise<Node> {
    const order = through(orders.order(name));
    const backend = await openSqlite(folder.path, systemClock(), { order });
    return new Node(orders, { folder, backend, order }, onCut);
  }

  /** Resolves when everything is here that was kept anywhere. */
  async caughtUp(): Promise<void> {
    const { length } = this.#orders.entries;
    // A call may end early where it takes long.
    do await this.backend.nodes?.caughtUp(); while (positionOf(this) < length);
  }

  /** Ends it, and leaves its folder. */
  async stop(): Promise<void> {
    await this.backend[Symbol.asyncDispose]();
    await this.order[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.folder[Symbol.asyncDispose]();
  }
}
