/** The trail of what moderators did, in an array. */

import { limits } from "../../limits.ts";
import type { AuditEntry } from "../../moderation/audit_entry.ts";
import type { Audit, AuditPage, AuditRange } from "../../store.ts";
import { requireStorable } from "../storable.ts";

/** The trail; hears of what is in logs from the log. */
export class MemoryAudit implements Audit {
  /** The oldest first; the first one's number is one more than those that are gone. */
  readonly #entries: AuditEntry[] = [];
  #gone = 0;

  // deno-lint-ignore require-await -- what is refused rejects
  async add(entry: AuditEntry): Promise<void> {
    requireStorable(entry);
    this.keep(entry);
  }

  /** Adds an entry that is in a log. */
  keep(entry: AuditEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length <= limits.auditMax) return;
    this.#entries.shift();
    this.#gone++;
  }

  read({ before = Infinity, limit }: AuditRange): Promise<AuditPage> {
    const end = Math.max(0, Math.min(before - 1 - this.#gone, this.#entries.length));
    const from = Math.max(0, end - limit);
    const entries = this.#entries.slice(from, end).reverse();
    return Promise.resolve({ entries, ...from > 0 && { next: from + 1 + this.#gone } });
  }
}
