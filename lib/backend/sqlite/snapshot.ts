/** Copies of the log's file as it was at one moment, and what makes a store of such a copy. */

import { backup, DatabaseSync } from "node:sqlite";
import type { LibraryEntry } from "../../file_store.ts";
import { integerIn, logFile, openToRead } from "./database.ts";
import { LibraryReads } from "./library_reads.ts";
import { migrate } from "./schema.ts";

/** Pages copied at once: less than a millisecond's work. */
const pagesAtOnce = 200;

/** What a copy holds. */
export interface Held {
  /** The store that it is of. */
  readonly id: string;
  readonly events: number;
  readonly conversations: number;
  /** Every file that is shared in it. */
  readonly files: readonly LibraryEntry[];
}

/**
 * Copies a data folder's log and accounts as they are now into one new file, also while a server
 * writes them; what was committed before the call is in it. Commits don't wait for that, only what
 * takes deleted texts off the disk does.
 *
 * @throws {Error} where nothing is there, or a newer program has written it.
 */
export async function takeSnapshot(folder: string, to: string): Promise<Held> {
  const from = openToRead(logFile(folder));
  try {
    // An open transaction sees one moment: without it each commit would begin the copy again.
    from.exec("BEGIN");
    from.prepare("SELECT count(*) FROM sqlite_schema").get();
    await backup(from, to, { rate: pagesAtOnce });
  } finally {
    from.close();
  }
  using copy = openCopy(to);
  return heldIn(copy.db);
}

/**
 * Makes another store of a copy: its clients notice that it isn't the one they knew. Bytes of what
 * was on its way aren't there, so that whoever sent it has to begin again. Of a node's copy it makes
 * a store that stands alone, and may be the first of other nodes.
 */
export function renew(path: string, id: string): Held {
  using copy = openCopy(path);
  const { db } = copy;
  db.exec("BEGIN IMMEDIATE");
  db.prepare("UPDATE meta SET value = ? WHERE key = 'id'").run(id);
  db.exec(`
    DELETE FROM transfer WHERE seq IS NULL;
    DELETE FROM thumb WHERE file IS NULL;
    DELETE FROM meta WHERE key = 'position';
    DELETE FROM node;
    DELETE FROM entry;
    DELETE FROM refused;
    DELETE FROM thumb_entry;
    DELETE FROM erasing;
    COMMIT;
  `);
  return heldIn(db);
}

/** Opens a copy as one file, without any beside it, and of the newest layout. */
function openCopy(path: string): { readonly db: DatabaseSync } & Disposable {
  const db = new DatabaseSync(path, { allowExtension: false });
  try {
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
    migrate(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, [Symbol.dispose]: () => db.close() };
}

function heldIn(db: DatabaseSync): Held {
  const row = db.prepare(
    `SELECT (SELECT value FROM meta WHERE key = 'id') AS id,
       (SELECT count(*) FROM event) AS events,
       (SELECT count(*) FROM conversation) AS conversations`,
  ).get();
  if (typeof row?.id !== "string") throw new Error("it names no store");
  return {
    id: row.id,
    events: integerIn(row, "events"),
    conversations: integerIn(row, "conversations"),
    files: new LibraryReads(db).all(),
  };
}
