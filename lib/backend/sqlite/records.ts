/** The records: seen from the main thread, and written as a part of a transaction that is open. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JsonObject } from "../../wire/fields.ts";
import type { Records, StoredRecord } from "../../store.ts";
import { requireStorable } from "../storable.ts";
import type { WorkQueue } from "./commit_queue.ts";
import type { Port } from "./port.ts";
import type { ReaderCalls } from "./reads.ts";
import type { Done, Work } from "./work.ts";

/** Writes through the queue and reads from the reader. */
export class SqliteRecords implements Records {
  readonly #queue: WorkQueue;
  readonly #reader: Port<ReaderCalls>;

  constructor(queue: WorkQueue, reader: Port<ReaderCalls>) {
    this.#queue = queue;
    this.#reader = reader;
  }

  all(kind: string): Promise<readonly StoredRecord[]> {
    return this.#reader.ask("records", kind);
  }

  async put(kind: string, key: string, value: JsonObject | undefined): Promise<void> {
    requireStorable({ kind, key, value });
    const json = value === undefined ? undefined : JSON.stringify(value);
    const outcome = await this.#queue.add({
      do: "record",
      kind,
      key,
      ...json !== undefined && { value: json },
    });
    if ("failed" in outcome) throw outcome.failed;
  }
}

/** Writes through one connection. */
export class RecordWrites {
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync) {
    this.#put = db.prepare("INSERT OR REPLACE INTO record (kind, key, value) VALUES (?, ?, ?)");
    this.#remove = db.prepare("DELETE FROM record WHERE kind = ? AND key = ?");
  }

  put({ kind, key, value }: Work & { readonly do: "record" }): Done {
    if (value === undefined) this.#remove.run(kind, key);
    else this.#put.run(kind, key, value);
    return 0;
  }
}
