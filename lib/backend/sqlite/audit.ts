/** The trail of what moderators did: seen from the main thread, and written with the events. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { auditOf, isAudited, type Taken } from "../../moderation/audit.ts";
import { parseLine } from "../../wire/decode.ts";
import type { LogEvent } from "../../events.ts";
import { checkFields } from "../../wire/fields.ts";
import { limits } from "../../limits.ts";
import { type AuditEntry, auditFields } from "../../moderation/audit_entry.ts";
import type { Uid } from "../../names.ts";
import type { Audit, AuditPage, AuditRange } from "../../store.ts";
import { requireStorable } from "../storable.ts";
import type { WorkQueue } from "./commit_queue.ts";
import { integerIn, textIn } from "./database.ts";
import type { Port } from "./port.ts";
import type { ReaderCalls } from "./reads.ts";
import type { Done } from "./work.ts";

/** Writes through the queue and reads from the reader. */
export class SqliteAudit implements Audit {
  readonly #queue: WorkQueue;
  readonly #reader: Port<ReaderCalls>;

  constructor(queue: WorkQueue, reader: Port<ReaderCalls>) {
    this.#queue = queue;
    this.#reader = reader;
  }

  async add(entry: AuditEntry): Promise<void> {
    requireStorable(entry);
    const outcome = await this.#queue.add({ do: "audit", entry });
    if ("failed" in outcome) throw outcome.failed;
  }

  read(range: AuditRange): Promise<AuditPage> {
    return this.#reader.ask("audit", range);
  }
}

/** Writes through one connection, inside a transaction that is already open. */
export class AuditWrites {
  readonly #add: StatementSync;
  readonly #trim: StatementSync;
  readonly #said: StatementSync;
  readonly #file: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare("INSERT INTO audit (entry) VALUES (?)");
    this.#trim = db.prepare("DELETE FROM audit WHERE n <= ?");
    this.#said = db.prepare(
      "SELECT uid, user FROM event WHERE conversation = ? AND seq = ? AND kind = 'said'",
    );
    this.#file = db.prepare("SELECT detail FROM file WHERE id = ? AND conversation = ?");
  }

  add(entry: AuditEntry): Done {
    const { lastInsertRowid } = this.#add.run(JSON.stringify(entry));
    this.#trim.run(Number(lastInsertRowid) - limits.auditMax);
    return 0;
  }

  /** Takes note of an event of a room, if it is a moderator's, before it changes anything. */
  note(room: { readonly id: number; readonly name: string }, event: LogEvent): void {
    if (!isAudited(event)) return;
    const entry = auditOf(event, room.name, this.#taken(room.id, event));
    if (entry) this.add(entry);
  }

  #taken(conversation: number, event: LogEvent): Taken | undefined {
    if (event.t === "deleted") {
      const row = this.#said.get(conversation, event.target);
      return row && { user: textIn(row, "user"), uid: textIn(row, "uid") as Uid };
    }
    const row = event.t === "removed" ? this.#file.get(event.file, conversation) : undefined;
    if (row === undefined) return undefined;
    const file = parseLine(textIn(row, "detail"));
    const { user, uid, name } = file ?? {};
    if (typeof user !== "string" || typeof uid !== "string") return undefined;
    return { user, uid: uid as Uid, ...typeof name === "string" && { name } };
  }
}

/** Reads through one connection. */
export class AuditReads {
  readonly #page: StatementSync;

  constructor(db: DatabaseSync) {
    this.#page = db.prepare("SELECT n, entry FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?");
  }

  read({ before = Number.MAX_SAFE_INTEGER, limit }: AuditRange): AuditPage {
    const rows = this.#page.all(before, limit + 1);
    const page = rows.slice(0, limit);
    const entries = page.flatMap((row) => {
      const json = parseLine(textIn(row, "entry"));
      return json && checkFields(auditFields, json) || [];
    });
    const last = page.at(-1);
    const isMore = rows.length > limit && last !== undefined;
    return { entries, ...isMore && { next: integerIn(last, "n") } };
  }
}
