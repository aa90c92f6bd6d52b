/** Who has connections to other nodes. */

import type { Uid } from "../names.ts";
import type { NodeId } from "../nodes.ts";

/** Users by the nodes that they are connected to; this node isn't among them. */
export class Elsewhere {
  readonly #nodes = new Map<NodeId, Set<Uid>>();
  /** Whoever waits for the end of somebody's connections. */
  readonly #waiting = new Map<Uid, readonly (() => void)[]>();

  /** Whether somebody is connected to another node. */
  has(uid: Uid): boolean {
    for (const uids of this.#nodes.values()) if (uids.has(uid)) return true;
    return false;
  }

  /** The nodes that somebody is connected to. */
  *nodesOf(uid: Uid): Iterable<NodeId> {
    for (const [node, uids] of this.#nodes) if (uids.has(uid)) yield node;
  }

  /** Those on one node, as they were when this was called. */
  on(node: NodeId): readonly Uid[] {
    return [...this.#nodes.get(node) ?? []];
  }

  add(node: NodeId, uid: Uid): void {
    const uids = this.#nodes.get(node) ?? new Set();
    this.#nodes.set(node, uids.add(uid));
  }

  remove(node: NodeId, uid: Uid): void {
    const uids = this.#nodes.get(node);
    if (uids?.delete(uid) && uids.size === 0) this.#nodes.delete(node);
    if (this.has(uid)) return;
    for (const wake of this.#waiting.get(uid) ?? []) wake();
    this.#waiting.delete(uid);
  }

  /** Resolves when somebody isn't connected to any other node. */
  gone(uid: Uid): Promise<void> {
    if (!this.has(uid)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(uid, [...this.#waiting.get(uid) ?? [], resolve]);
    });
  }
}
