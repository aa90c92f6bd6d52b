/** The thread that writes the log and the accounts: one transaction at a time, each synced. */

import type { DatabaseSync } from "node:sqlite";
import { answerCalls, type Trouble, troubleOf } from "./calls.ts";
import { Commits } from "./commits.ts";
import { checkpoint, isDiskFull, isOfContent, logFile, openToWrite, textIn } from "./database.ts";
import type { Repeat } from "../../store.ts";
import { migrate } from "./schema.ts";
import type {
  Applied,
  Committed,
  EntryWorks,
  Erasing,
  Opened,
  Taken,
  Work,
  WriterCalls,
} from "./work.ts";

/** Time between two looks at the size of the file beside the database, each as dear as a statement. */
const walEveryMs = 20;

/** A connection and what was prepared on it. */
interface Connection {
  readonly db: DatabaseSync;
  readonly commits: Commits;
}

/** Owns the one connection that writes, and makes another where it has failed. */
class Writer {
  #path = "";
  #isCopy = false;
  #open: Connection | undefined;
  /** The size of the file beside the database, and when to look again. */
  #walBytes = 0;
  #walDue = 0;

  open({ folder, id, isCopy }: WriterCalls["open"]["ask"]): Opened {
    this.#path = logFile(folder);
    this.#isCopy = isCopy;
    const { db, commits } = this.#connection();
    db.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('id', ?)").run(id);
    const row = db.prepare(
      `SELECT value, NOT (EXISTS (SELECT 1 FROM conversation) OR EXISTS (SELECT 1 FROM user) OR
         EXISTS (SELECT 1 FROM record)) AS empty
       FROM meta WHERE key = 'id'`,
    ).get();
    if (row === undefined) throw new Error("it names no store");
    const { n, position, newest } = commits;
    const isEmpty = row.empty === 1;
    return { id: textIn(row, "value"), n, isEmpty, position, ...newest && { newest } };
  }

  adopt(id: string): null {
    this.#connection().db.prepare("UPDATE meta SET value = ? WHERE key = 'id'").run(id);
    return null;
  }

  commit(works: readonly Work[]): Committed {
    try {
      const { commits } = this.#connection();
      const { done, erased } = commits.run(works);
      return { done, erased, n: commits.n, wal: this.#wal() };
    } catch (error) {
      return { failed: this.#recover(error) };
    }
  }

  apply(entries: readonly EntryWorks[]): Applied {
    try {
      return this.#applied(entries);
    } catch (error) {
      const failed = this.#recover(error);
      if (!isOfContent(error)) return { failed };
    }
    try {
      return this.#appliedSingly(entries);
    } catch (error) {
      return { failed: this.#recover(error) };
    }
  }

  #applied(entries: readonly EntryWorks[]): Taken {
    const { commits } = this.#connection();
    const { done, erased, erasing } = commits.apply(entries);
    return { entries: done, erased, erasing, n: commits.n, wal: this.#wal() };
  }

  /**
   * What no store can hold is left out, on every node alike, and harms no neighbour. Where one fails
   * otherwise, those before it are kept, and it isn't among what was taken.
   */
  #appliedSingly(entries: readonly EntryWorks[]): Taken {
    const all: Taken[] = [];
    for (const entry of entries) {
      try {
        all.push(this.#appliedOne(entry));
      } catch (error) {
        if (all.length === 0) throw error;
        this.#recover(error);
        break;
      }
    }
    return {
      entries: all.flatMap((taken) => taken.entries),
      erased: all.some(({ erased }) => erased),
      erasing: all.flatMap(({ erasing }) => erasing),
      n: all[all.length - 1].n,
      wal: this.#wal(),
    };
  }

  #appliedOne(entry: EntryWorks): Taken {
    try {
      return this.#applied([entry]);
    } catch (error) {
      this.#recover(error);
      if (!isOfContent(error)) throw error;
      return { ...this.#applied([{ ...entry, works: [] }]), entries: [null] };
    }
  }

  blank(entry: WriterCalls["blank"]["ask"]): WriterCalls["blank"]["answer"] {
    const { commits } = this.#connection();
    return { works: commits.blank(entry), since: commits.position };
  }

  erasing(): readonly Erasing[] {
    return this.#connection().commits.erasing();
  }

  checkpoint({ how }: WriterCalls["checkpoint"]["ask"]): WriterCalls["checkpoint"]["answer"] {
    const isComplete = checkpoint(this.#connection().db, how);
    this.#walDue = 0;
    return isComplete ? this.#wal() : null;
  }

  repeat({ conversation, uid, cid }: WriterCalls["repeat"]["ask"]): Repeat | undefined {
    return this.#connection().commits.repeat(conversation, { uid, cid });
  }

  close(): null {
    if (this.#open !== undefined) {
      checkpoint(this.#open.db, "TRUNCATE");
      this.#close();
    }
    return null;
  }

  #connection(): Connection {
    if (this.#open !== undefined) return this.#open;
    const db = openToWrite(this.#path);
    try {
      // Copying from the file beside the database is begun from outside, away from this thread.
      db.exec(`PRAGMA synchronous = ${this.#isCopy ? "NORMAL" : "FULL"}`);
      db.exec("PRAGMA wal_autocheckpoint = 0");
      migrate(db);
      this.#open = { db, commits: new Commits(db) };
      return this.#open;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Leaves no transaction open and nothing cached that may not be so. */
  #recover(error: unknown): Trouble {
    const full = isDiskFull(error);
    try {
      // A full disk, and some other errors, have rolled back by themselves.
      if (this.#open?.db.isTransaction) this.#open.db.exec("ROLLBACK");
      // What can be copied into the database makes room beside it.
      if (full && this.#open !== undefined) checkpoint(this.#open.db, "TRUNCATE");
    } catch {
      // Closing the connection ends the transaction too, and there may be no room at all.
    }
    this.#close();
    if (!full) return { code: "internal", message: troubleOf(error).message };
    return { code: "disk_full", message: "Cannot store that: the server's disk is full" };
  }

  #close(): void {
    try {
      this.#open?.db.close();
    } finally {
      this.#open = undefined;
    }
  }

  #wal(): number {
    const now = performance.now();
    if (now < this.#walDue) return this.#walBytes;
    this.#walDue = now + walEveryMs;
    this.#walBytes = sizeOf(`${this.#path}-wal`);
    return this.#walBytes;
  }
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    // Without a size nothing is copied this time; the next commit looks again.
    return 0;
  }
}

const writer = new Writer();

answerCalls<WriterCalls>({
  open: (ask) => writer.open(ask),
  adopt: (id) => writer.adopt(id),
  commit: (works) => writer.commit(works),
  blank: (entry) => writer.blank(entry),
  erasing: () => writer.erasing(),
  apply: (entries) => writer.apply(entries),
  checkpoint: (ask) => writer.checkpoint(ask),
  repeat: (ask) => writer.repeat(ask),
  close: () => writer.close(),
});
