/** A transfer that isn't shared yet, as a server holds it. */

import type { RefusalCode } from "../errors.ts";
import type { Finished } from "./file_steps.ts";
import type { TransferRecord } from "../file_store.ts";
import type { Owner } from "./quota.ts";
import type { Receiving } from "./receiving.ts";

/** One of them; with several nodes each knows of it, and one receives it. */
export interface Upload {
  /** Made anew where another node has received it meanwhile. */
  receiving: Receiving;
  record: TransferRecord;
  /** Resolves when the record is on disk. */
  readonly kept: Promise<void>;
  /** While this isn't so, others may come before it that are kept elsewhere. */
  isKept: boolean;
  /** While it is taken over from another node. */
  coming?: Promise<void>;
  /** While it is finished. */
  ending: Promise<Finished> | undefined;
}

/** When a transfer was used last is kept about so exactly. */
export const usedMs = 60_000;
/** Refusals of `finish` after which it can't ever be finished. */
export const hopeless: ReadonlySet<RefusalCode> = new Set([
  "bad_hash",
  "bad_message",
  "no_such_transfer",
  "no_such_user",
]);

/** Whose bytes it takes. */
export function ownerOf({ by: { uid }, isGuest }: TransferRecord): Owner {
  return { uid, isGuest };
}
