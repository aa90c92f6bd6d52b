/** A store that takes part in an order which a NATS keeps; what it hears of others is kept. */

import { deadline } from "@std/async/deadline";
import { openNats } from "../../lib/backend/nats.ts";
import type { Order } from "../../lib/backend/order.ts";
import { openSqlite, type SqliteBackend } from "../../lib/backend/sqlite.ts";
import type { JsonObject } from "../../lib/wire/fields.ts";
import type { News, NodeAddress, NodeId } from "../../lib/nodes.ts";
import { systemClock } from "../../lib/system_clock.ts";
import { barrierMs } from "./patience.ts";
import { positionOf } from "./store_dump.ts";
import { DataFolder } from "../backend/folder.ts";

/** What a node has heard. */
export type Heard =
  | { readonly is: "news"; readonly news: News }
  | { readonly is: "note"; readonly from: NodeId; readonly note: JsonObject }
  | { readonly is: "came"; readonly node: NodeId; readonly address: NodeAddress }
  | { readonly is: "went"; readonly node: NodeId }
  | { readonly is: "cut"; readonly isCut: boolean };

/** One node, with a folder of its own. */
export class NatsNode implements AsyncDisposable {
  readonly folder: DataFolder;
  readonly backend: SqliteBackend;
  readonly order: Order;
  /** What nobody has waited for yet. */
  heard: Heard[] = [];
  #wake: (() => void)[] = [];

  private constructor({ folder, backend, order }: Pick<NatsNode, "folder" | "backend" | "order">) {
    this.folder = folder;
    this.backend = backend;
    this.order = order;
    backend.nodes?.follow({
      news: (news) => this.#hear({ is: "news", news }),
      note: (from, note) => this.#hear({ is: "note", from, note }),
      came: (node, address) => this.#hear({ is: "came", node, address }),
      went: (node) => this.#hear({ is: "went", node }),
      cut: (why) => this.#hear({ is: "cut", isCut: why !== undefined }),
    });
  }

  /** Starts one; it takes part when it is told to {@linkcode NatsNode.join}. */
  static async start(
    urls: string | readonly string[],
    { folder = new DataFolder(), replicas = 1 } = {},
  ): Promise<NatsNode> {
    const clock = systemClock();
    const order = await openNats({ servers: [urls].flat(), replicas, clock });
    const backend = await openSqlite(folder.path, clock, { order });
    return new NatsNode({ folder, backend, order });
  }

  get id(): NodeId {
    return this.order.id;
  }

  async join(chat: string): Promise<void> {
    await this.backend.nodes?.join({ chat });
  }

  /** Resolves when everything is here that was kept anywhere. */
  async caughtUp(): Promise<void> {
    const last = await this.order.last();
    // A call may end early where it takes long.
    do await this.backend.nodes?.caughtUp(); while (positionOf(this) < last);
  }

  /** Resolves the first that was heard, or will be, and fits; what else is of its kind before it goes. */
  async until<K extends Heard["is"]>(
    is: K,
    fits: (heard: Heard & { readonly is: K }) => boolean = () => true,
  ): Promise<Heard & { readonly is: K }> {
    const isIt = (heard: Heard): heard is Heard & { readonly is: K } => {
      return heard.is === is && fits(heard as Heard & { readonly is: K });
    };
    for (;;) {
      const found = this.heard.find(isIt);
      if (found) {
        const at = this.heard.indexOf(found);
        this.heard = this.heard.filter((heard, index) => index > at || heard.is !== is);
        return found;
      }
      await deadline(new Promise<void>((resolve) => this.#wake.push(resolve)), barrierMs);
    }
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

  #hear(heard: Heard): void {
    this.heard.push(heard);
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}

/** Resolves when all have everything: what is written once more comes behind what one of them had. */
export async function level(nodes: readonly NatsNode[]): Promise<void> {
  do await Promise.all(nodes.map((node) => node.caughtUp())); while (
    new Set(nodes.map(positionOf)).size > 1
  );
}
