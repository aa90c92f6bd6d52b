/**
 * One order of what several nodes write, as a contract: whatever is published gets a place in it,
 * and each node reads all of it, its own as well, in that order. What stands in an entry is its
 * readers' business.
 */

import type { Follower, NodeId, Nodes } from "../nodes.ts";

/** Something with a place in the order. */
export interface Entry {
  /** Goes up by one from each to the next, from 1. */
  readonly position: number;
  /** Who published it. */
  readonly node: NodeId;
  /** That node's count of its entries, from 1. The same one may come twice: it is to be taken once. */
  readonly number: number;
  readonly text: string;
}

/** What a store begins with: the first entry of all. */
export interface Founding {
  /** The store's own name, for good. */
  readonly id: string;
  /** Events that it had before: who begins later has to begin with a copy of them. */
  readonly events: number;
}

/** What hears of the other nodes, but of what they have kept. */
export type Passenger = Omit<Follower, "news">;

/** One order, seen from one node. */
export interface Order extends Omit<Nodes, "follow" | "caughtUp">, AsyncDisposable {
  /** UTF-8 bytes of an entry's text, at most. */
  readonly entryBytesMax: number;
  /** Begins the order where nobody has, and resolves with what it began with. */
  found(founding: Founding): Promise<Founding>;
  /** The position of the newest entry; 1 where there is only the founding. */
  last(): Promise<number>;
  /**
   * Gives `take` the entries behind position `after`, several at once, none left out and none twice;
   * the next ones when it has resolved. Called once; whatever gets lost on the way is asked for again.
   */
  read(after: number, take: (entries: readonly Entry[]) => Promise<void>): void;
  /**
   * Resolves when an entry has its place, on as many replicas as the order has. Where it rejects it
   * may have one or get one later, and is to be published again under its number, before any other.
   */
  publish(entry: Pick<Entry, "number" | "text">): Promise<void>;
  /** Begins to tell of other nodes, and of whether anything can be published; called once. */
  board(passenger: Passenger): void;
  /** An entry as it is read now; `undefined` where there is none. */
  entry(position: number): Promise<Entry | undefined>;
  /**
   * Sees to it that an entry reads so from now on, for whoever reads on from the beginning, and that
   * nothing else that ever stood in its place is left on the disks. Of two at once the last one counts.
   */
  replace(entry: Pick<Entry, "position" | "text">): Promise<void>;
  /** Resolves when nothing more can be read, and the process had better end. */
  readonly failed: Promise<Error>;
}
