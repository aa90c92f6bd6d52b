/** What the writer is given to commit, and what it answers: the words between the two threads. */

import type { LogEvent, LogFile } from "../../events.ts";
import type { TransferRecord } from "../../file_store.ts";
import type { AuditEntry } from "../../audit_entry.ts";
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
  | { readonly do: "trim" };

/** What became of one thing. `0`, which is short, says that it was kept. */
export type Done =
  | 0
  | {
    readonly is: "conflict";
    readonly events: readonly LogEvent[];
    readonly repeats: readonly (readonly [key: string, repeat: Repeat])[];
  }
  | { readonly is: "name taken"; readonly key: NameKey }
  | { readonly is: "cid taken" }
  /** Where the next slice begins. */
  | { readonly is: "forgotten up to"; readonly from: number }
  | { readonly is: "trimmed in part" };

/** What became of a transaction. */
export type Committed =
  | {
    readonly done: readonly Done[];
    /** How many events there are altogether. */
    readonly n: number;
    /** Whether something was deleted, and is still in the file beside the database. */
    readonly erased: boolean;
    /** Bytes of the file beside the database. */
    readonly wal: number;
  }
  | { readonly failed: Trouble };

/** What the writer can be asked. */
export type WriterCalls = {
  readonly open: {
    readonly ask: { readonly folder: string; readonly id: string };
    readonly answer: { readonly id: string; readonly n: number };
  };
  readonly commit: { readonly ask: readonly Work[]; readonly answer: Committed };
  /** `true` when nothing is left in the file beside the database, for `TRUNCATE` at least. */
  readonly checkpoint: {
    readonly ask: { readonly how: "PASSIVE" | "TRUNCATE" };
    readonly answer: boolean;
  };
  readonly repeat: {
    readonly ask: { readonly conversation: string; readonly uid: Uid; readonly cid: string };
    readonly answer: Repeat | undefined;
  };
  readonly close: { readonly ask: null; readonly answer: null };
};
