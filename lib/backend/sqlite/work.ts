/** What the writer is given to commit, and what it answers: the words between the two threads. */

import type { LogEvent, LogFile } from "../../events.ts";
import type { TransferRecord } from "../../file_store.ts";
import type { AuditEntry } from "../../moderation/audit_entry.ts";
import type { NodeId } from "../../nodes.ts";
import type { FileId, NameKey, TransferId, Uid } from "../../names.ts";
import type { Append, Login, Mark, Repeat, User } from "../../store.ts";
import type { Trouble } from "./calls.ts";

/** One thing to keep; those that are sent together are one transaction. */
export type Work =
  | { readonly do: "append"; readonly append: Append }
  | { readonly do: "save"; readonly users: readonly User[] }
  | { readonly do: "account"; readonly user: User; readonly credential: string }
  | { readonly do: "credential"; readonly uid: Uid; readonly credential: string }
  | { readonly do: "login"; readonly login: Login }
  | { readonly do: "use login"; readonly login: Login }
  | { readonly do: "drop logins"; readonly hashes: readonly string[] }
  | { readonly do: "mark"; readonly uid: Uid; readonly mark: Mark }
  | { readonly do: "forget logins"; readonly at: number }
  /** A thumbnail is base64 on its way between the threads. */
  | { readonly do: "transfer"; readonly record: TransferRecord; readonly thumb?: string }
  | { readonly do: "finishing"; readonly transfer: TransferId; readonly file: LogFile }
  | { readonly do: "drop"; readonly transfer: TransferId }
  | { readonly do: "freed"; readonly file: FileId }
  /** A value is JSON; without one the record goes. */
  | { readonly do: "record"; readonly kind: string; readonly key: string; readonly value?: string }
  | { readonly do: "audit"; readonly entry: AuditEntry }
  /** One slice: conversations from `from` on, a bounded number of events. */
  | { readonly do: "forget"; readonly at: number; readonly from: number }
  /** One slice: gives back the room of what is forgotten. */
  | { readonly do: "trim" }
  /** What was deleted up to an entry is in others no more. */
  | { readonly do: "erased"; readonly position: number; readonly since: number };

/** What came at a place of the order that several nodes share. */
export interface EntryWorks {
  readonly position: number;
  readonly node: NodeId;
  readonly number: number;
  readonly works: readonly Work[];
}

/** What became of one thing. `0`, which is short, says that it was kept. */
export type Done =
  | 0
  | {
    readonly is: "conflict";
    readonly events: readonly LogEvent[];
    readonly repeats: readonly (readonly [key: string, repeat: Repeat])[];
  }
  /** Kept, behind a later seq than it knew of. */
  | { readonly is: "moved"; readonly after: number }
  | { readonly is: "name taken"; readonly key: NameKey }
  | { readonly is: "registered" }
  | { readonly is: "cid taken" }
  /** Where the next slice begins. */
  | { readonly is: "forgotten up to"; readonly from: number }
  | { readonly is: "trimmed in part" };

/** The store after a transaction that is on disk. */
export interface Kept {
  /** How many events there are altogether. */
  readonly n: number;
  /** Whether something was deleted, and is still in the file beside the database. */
  readonly erased: boolean;
  /** Bytes of the file beside the database. */
  readonly wal: number;
}

/** What became of a transaction. */
export type Committed =
  | Kept & { readonly done: readonly Done[] }
  | { readonly failed: Trouble };

/** An entry that has something of what was deleted, at last by the entry `since`. */
export interface Erasing {
  readonly position: number;
  readonly since: number;
}

/** Entries that are in the store now. */
export interface Taken extends Kept {
  /**
   * For each entry, or for those before one that failed; nothing of one that had come before, or that
   * no store can hold.
   */
  readonly entries: readonly (readonly Done[] | null)[];
  /** Entries from which something deleted is to be taken now. */
  readonly erasing: readonly Erasing[];
}

/** What became of entries, which are one transaction. */
export type Applied = Taken | { readonly failed: Trouble };

/** A store as it is opened. */
export interface Opened {
  readonly id: string;
  /** How many events there are altogether. */
  readonly n: number;
  /** Whether nothing was ever kept in it. */
  readonly isEmpty: boolean;
  /** The place of the last entry that was applied, of several nodes' order; 0 where there is none. */
  readonly position: number;
  /** Who published that entry, and under which number; missing where it isn't known any more. */
  readonly newest?: Pick<EntryWorks, "node" | "number">;
}

/** What the writer can be asked. */
export type WriterCalls = {
  readonly open: {
    readonly ask: {
      readonly folder: string;
      readonly id: string;
      /** Whether what it has lost in a power cut can be had again from elsewhere. */
      readonly isCopy: boolean;
    };
    readonly answer: Opened;
  };
  /** Takes another store's name, and its place at the beginning. */
  readonly adopt: { readonly ask: string; readonly answer: null };
  /** Every entry that has something of what was deleted. */
  readonly erasing: { readonly ask: null; readonly answer: readonly Erasing[] };
  /** Works without the texts that were deleted or never kept, as far as entry `since`. */
  readonly blank: {
    readonly ask: Pick<EntryWorks, "position" | "works">;
    readonly answer: { readonly works: readonly Work[]; readonly since: number };
  };
  readonly apply: { readonly ask: readonly EntryWorks[]; readonly answer: Applied };
  readonly commit: { readonly ask: readonly Work[]; readonly answer: Committed };
  /** The size of the file beside the database when all of it was copied; `null` where it wasn't. */
  readonly checkpoint: {
    readonly ask: { readonly how: "PASSIVE" | "TRUNCATE" };
    readonly answer: number | null;
  };
  readonly repeat: {
    readonly ask: { readonly conversation: string; readonly uid: Uid; readonly cid: string };
    readonly answer: Repeat | undefined;
  };
  readonly close: { readonly ask: null; readonly answer: null };
};
