/**
 * The other nodes of one Parley, as a contract: what they kept, what they pass on without keeping
 * it, and which of them are there. A server that stands alone has none of it.
 *
 * All nodes keep the same things in the same order, each in a store of its own that can be made
 * again. What one of them has kept is told to the others as {@linkcode News}.
 */

import type { JsonObject } from "./wire/fields.ts";
import type { TransferRecord } from "./file_store.ts";
import type { LogFile } from "./events.ts";
import type { FileId, TransferId } from "./names.ts";
import type { Append, Mark, User } from "./store.ts";
import type { Uid } from "./names.ts";

/** Names a node from its start to its end; a node that starts again is another one. */
export type NodeId = string & { readonly NodeId: unique symbol };

/** What another node asked to be kept, and what is kept here by now. */
export type News =
  /** In the order of their seqs for each conversation; never what was in conflict. */
  | { readonly is: "appended"; readonly append: Append }
  /** Users as they are now: new ones, names, roles, names given up. */
  | { readonly is: "users"; readonly users: readonly User[] }
  /** Logins by their hashes. */
  | { readonly is: "logins dropped"; readonly hashes: readonly string[] }
  | { readonly is: "marked"; readonly uid: Uid; readonly mark: Mark }
  /** A record as it is now; without a value it was removed. */
  | {
    readonly is: "record";
    readonly kind: string;
    readonly key: string;
    readonly value?: JsonObject;
  }
  /** A transfer was offered or resumed. */
  | { readonly is: "transfer"; readonly record: TransferRecord }
  | { readonly is: "finishing"; readonly transfer: TransferId; readonly file: LogFile }
  | { readonly is: "transfer dropped"; readonly transfer: TransferId }
  | { readonly is: "freed"; readonly file: FileId };

/** Where clients reach a node; what it was told with `--public`, or what it listens on. */
export interface NodeAddress {
  /** `HOST:PORT` for the terminal, with `parleys://` before it where it is encrypted. */
  readonly chat: string;
  /** The page's; missing where it has none. */
  readonly web?: string;
}

/** Hears what comes from other nodes. */
export interface Follower {
  /**
   * Something is kept, here too. One after the other, in the order in which it was kept, and in that
   * order with what was asked for here: MUST be told before anything is answered that was kept behind
   * it, and in a later turn of the event loop than the answer to what was kept before it.
   */
  news(news: News): void;
  /** Something was passed on, by a node that is there. In its sender's order; may be lost. */
  note(from: NodeId, note: JsonObject): void;
  /** A node is there, or has other addresses. */
  came(node: NodeId, address: NodeAddress): void;
  /** A node's lease has ended: nobody is there any more. Within 10 s of its end. */
  went(node: NodeId): void;
  /** Nothing can be kept for now, and why: words for whoever runs the server. Or again: `undefined`. */
  cut(why: string | undefined): void;
}

/** The other nodes. */
export interface Nodes {
  /** This one's. */
  readonly id: NodeId;
  /** Begins to tell; called once. What comes before it waits, and may be known by then. */
  follow(follower: Follower): void;
  /**
   * Tells the others, or one of them, something that isn't kept: at most once each, in the order of
   * the calls. Nothing happens where nobody can be reached.
   */
  pass(note: JsonObject, to?: NodeId): void;
  /**
   * Resolves with `true` when everything is here that had been kept anywhere when this was called:
   * whoever was answered by another node finds it here. With `false` where that can't be known for
   * now: at once while nothing can be kept, else after a moment. Never rejects.
   */
  caughtUp(): Promise<boolean>;
  /** Takes part from now on, reached there; the others hear `came`. */
  join(address: NodeAddress): Promise<void>;
  /** Takes part no more; the others hear `went` at once. */
  leave(): Promise<void>;
}
