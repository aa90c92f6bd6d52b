/** An order of several nodes in memory, which does what networks do when a test says so. */

import type { Entry, Founding, Order } from "../../lib/backend/order.ts";
import type { NodeId } from "../../lib/nodes.ts";
import { Chance } from "./chance.ts";

/** What may go wrong with what a node publishes; each by how often out of 100 times. */
export interface Mishaps {
  /** It is kept, and whoever published it isn't told. */
  readonly unanswered: number;
  /** It isn't kept. */
  readonly lost: number;
  /** It is kept, and comes once more later. */
  readonly doubled: number;
}

const none: Mishaps = { unanswered: 0, lost: 0, doubled: 0 };

/** What all nodes share. */
export class MemoryOrders {
  /** By their positions, from 1; the first one founds the store. */
  readonly entries: Entry[] = [];
  mishaps: Mishaps = none;
  /** Whether nothing can be published. */
  isAway = false;
  #founding: Founding | undefined;
  #wake: (() => void)[] = [];
  #late: Entry[] = [];
  readonly #chance: Chance;

  constructor(seed = 1) {
    this.#chance = new Chance(seed);
  }

  /** A new node's. */
  order(node: string): Order {
    const name = node as NodeId;
    const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
    let isOver = false;
    return {
      id: name,
      failed,
      entryBytesMax: 1_000_000,
      found: (founding) => Promise.resolve(this.#found(founding)),
      last: () => Promise.resolve(this.entries.length),
      read: (after, take) => void this.#read(after, take, () => isOver).catch(fail),
      publish: (entry) => this.#publish({ ...entry, node: name }),
      board() {},
      entry: (position) => Promise.resolve(this.entries[position - 1]),
      replace: ({ position, text }) => {
        this.entries[position - 1] = { ...this.entries[position - 1], text };
        return Promise.resolve();
      },
      pass() {},
      join: () => Promise.resolve(),
      leave: () => Promise.resolve(),
      [Symbol.asyncDispose]() {
        isOver = true;
        return Promise.resolve();
      },
    };
  }

  /** Publishes as a node would that has a fault. */
  publish(node: string, number: number, text: string): void {
    this.#add({ node: node as NodeId, number, text });
  }

  /** Gives an entry one more place, at the end, as what was published again may come late. */
  again(position: number): void {
    this.#add(this.entries[position - 1]);
  }

  #found(founding: Founding): Founding {
    if (this.#founding === undefined) {
      this.#founding = founding;
      this.#add({ node: "founder" as NodeId, number: 0, text: JSON.stringify(founding) });
    }
    return this.#founding;
  }

  async #publish(entry: Omit<Entry, "position">): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#chance.below(3)));
    const { unanswered, lost, doubled } = this.mishaps;
    if (this.isAway || this.#chance.below(100) < lost) throw new Error("It isn't kept");
    this.#add(entry);
    if (this.#chance.below(100) < doubled) this.#late.push({ ...entry, position: 0 });
    // What was published again comes at some later time.
    if (this.#late.length > 0 && this.#chance.once(3)) {
      const late = this.#late.shift();
      if (late) this.#add(late);
    }
    if (this.#chance.below(100) < unanswered) throw new Error("It is kept, which nobody says");
  }

  #add(entry: Omit<Entry, "position">): void {
    this.entries.push({ ...entry, position: this.entries.length + 1 });
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }

  async #read(
    after: number,
    take: (entries: readonly Entry[]) => Promise<void>,
    isOver: () => boolean,
  ): Promise<void> {
    for (let next = after; !isOver();) {
      const some = this.entries.slice(next, next + 1 + this.#chance.below(20));
      if (some.length === 0) await new Promise<void>((resolve) => this.#wake.push(resolve));
      else await take(some);
      next += some.length;
    }
  }
}
