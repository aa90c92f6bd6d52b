/** What the log's file holds, and how older files become newer ones. */

import type { DatabaseSync } from "node:sqlite";
import { integerIn } from "./database.ts";

/** What brings a file on: SQL, or what gives it where it depends on the file. */
export type Step = string | ((db: DatabaseSync) => string);

/**
 * Each step brings a file to its number in this list, from 1. A step that was released is never
 * changed: what comes later is a new step.
 */
export const migrations: readonly Step[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

  -- last: the n of its last event. first: the oldest seq kept.
  CREATE TABLE conversation (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, topic TEXT NOT NULL,
    seq INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
  );
  CREATE TABLE pair (uid TEXT, conversation INTEGER, PRIMARY KEY (uid, conversation)) WITHOUT ROWID;

  -- n orders the events of all conversations and is never used again. detail is the JSON of
  -- whatever has no column. Rows are added at the end and never change their length: SQLite leaves
  -- copies of rows that it moves between pages, and secure_delete doesn't know of them. So a text
  -- that goes, and the digest with it, is written over in place by as many bytes.
  CREATE TABLE event (
    n INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, seq INTEGER NOT NULL,
    at INTEGER NOT NULL, kind TEXT NOT NULL, shown INTEGER NOT NULL,
    uid TEXT NOT NULL, user TEXT NOT NULL, text TEXT, target INTEGER, detail TEXT,
    cid TEXT, digest TEXT
  );
  -- What has become of messages and their edits. newest: the n of the event that has the text now.
  CREATE TABLE revised (n INTEGER PRIMARY KEY, newest INTEGER, edited INTEGER, deleted INTEGER);
  CREATE UNIQUE INDEX event_seq ON event (conversation, seq);
  CREATE INDEX event_shown ON event (conversation, seq) WHERE shown;
  CREATE UNIQUE INDEX event_cid ON event (conversation, uid, cid) WHERE cid IS NOT NULL;
  CREATE INDEX event_edit ON event (conversation, target) WHERE kind = 'edited';
  CREATE INDEX event_edited ON event (kind) WHERE kind = 'edited';

  CREATE TABLE member (
    conversation INTEGER, uid TEXT, user TEXT NOT NULL, PRIMARY KEY (conversation, uid)
  ) WITHOUT ROWID;
  CREATE TABLE reaction (
    conversation INTEGER, target INTEGER, emoji TEXT, uid TEXT, user TEXT NOT NULL,
    n INTEGER NOT NULL, PRIMARY KEY (conversation, target, emoji, uid)
  ) WITHOUT ROWID;
  CREATE TABLE speaker (uid TEXT PRIMARY KEY) WITHOUT ROWID;

  CREATE TABLE user (
    uid TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, role TEXT NOT NULL,
    holds INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX user_holder ON user (key) WHERE holds;
  CREATE TABLE login (
    hash TEXT PRIMARY KEY, uid TEXT NOT NULL, agent TEXT NOT NULL, at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX login_uid ON login (uid);
  CREATE TABLE mark (
    uid TEXT, conversation TEXT, seq INTEGER NOT NULL, PRIMARY KEY (uid, conversation)
  ) WITHOUT ROWID;
  `,
  `
  -- Unfinished: file is NULL. Finishing: seq is NULL. Shared: neither; shared is when. detail is the
  -- file as JSON.
  CREATE TABLE transfer (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, conversation TEXT NOT NULL, uid TEXT NOT NULL,
    user TEXT NOT NULL, guest INTEGER NOT NULL, name TEXT NOT NULL, folder TEXT,
    size INTEGER NOT NULL, mime TEXT NOT NULL, cid TEXT, at INTEGER NOT NULL,
    file TEXT, detail TEXT, seq INTEGER, shared INTEGER
  );
  CREATE UNIQUE INDEX transfer_id ON transfer (id);
  CREATE UNIQUE INDEX transfer_cid ON transfer (conversation, uid, cid) WHERE cid IS NOT NULL;
  CREATE INDEX transfer_open ON transfer (at) WHERE seq IS NULL;
  CREATE INDEX transfer_file ON transfer (file) WHERE file IS NOT NULL AND seq IS NULL;

  -- n is that of its shared event: it orders lists, also for those who stand at one that is gone.
  -- gone: 0 it is there, 1 it was taken out and its bytes may be there, 2 they aren't.
  CREATE TABLE file (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL, conversation INTEGER NOT NULL, seq INTEGER NOT NULL,
    folder TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, uid TEXT NOT NULL,
    guest INTEGER NOT NULL, answer TEXT, gone INTEGER NOT NULL, detail TEXT NOT NULL
  );
  CREATE UNIQUE INDEX file_id ON file (id);
  CREATE INDEX file_listed ON file (conversation, n) WHERE NOT gone;
  CREATE INDEX file_place ON file (conversation, folder, name) WHERE NOT gone;
  CREATE INDEX file_removing ON file (n) WHERE gone = 1;
  `,
  // For some days the first step itself made this table, and neither the index nor digests.
  (db) =>
    hasTable(db, "filed") ? "" : `
  -- The events that have cids, by the hash of conversation, user and cid, but the newest: cids.ts.
  CREATE TABLE filed (hash INTEGER, n INTEGER, PRIMARY KEY (hash, n)) WITHOUT ROWID;
  DROP INDEX event_cid;
  -- A repeat is compared with the event itself; what was kept for that is written over in place.
  UPDATE event SET digest = '--------------' WHERE digest IS NOT NULL;
  `,
  `
  -- JSON, of pictures and films.
  ALTER TABLE transfer ADD COLUMN picture TEXT;
  -- Of transfers that had one. file: once it is shared.
  CREATE TABLE thumb (transfer TEXT PRIMARY KEY, file TEXT, bytes BLOB NOT NULL);
  CREATE UNIQUE INDEX thumb_file ON thumb (file) WHERE file IS NOT NULL;
  `,
  `
  -- Small things that are read whole at a start. value is JSON.
  CREATE TABLE record (
    kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
  `,
  `
  -- What the passwords of accounts are verified by.
  CREATE TABLE credential (uid TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What moderators have made of it, as JSON; NULL where nothing.
  ALTER TABLE conversation ADD COLUMN rules TEXT;
  -- What moderators did; entry is JSON.
  CREATE TABLE audit (n INTEGER PRIMARY KEY, entry TEXT NOT NULL);
  `,
  `
  -- Where there are several nodes: places.ts. Up to which of its entries each of them was taken.
  CREATE TABLE node (name TEXT PRIMARY KEY, number INTEGER NOT NULL, position INTEGER NOT NULL)
    WITHOUT ROWID;
  -- Which entry the events from n on came with.
  CREATE TABLE entry (n INTEGER PRIMARY KEY, position INTEGER NOT NULL);
  -- Entries with texts for a conversation that weren't kept there.
  CREATE TABLE refused (conversation INTEGER, position INTEGER, PRIMARY KEY (conversation, position))
    WITHOUT ROWID;
  -- Entries with the thumbnails that there are.
  CREATE TABLE thumb_entry (transfer TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
  -- Entries that have something of what was deleted, at last by the entry since.
  CREATE TABLE erasing (position INTEGER PRIMARY KEY, since INTEGER NOT NULL);
  `,
  `
  -- Works of entries that are appends which came behind a later seq than they knew of.
  CREATE TABLE moved (position INTEGER, work INTEGER, behind INTEGER NOT NULL, PRIMARY KEY (position, work))
    WITHOUT ROWID;
  `,
  `
  -- What isn't shown is rare: it is passed over in the one index, a million in a row in 70 ms, and
  -- each commit has an index less to write.
  DROP INDEX event_shown;
  CREATE UNIQUE INDEX event_order ON event (conversation, seq, shown);
  DROP INDEX event_seq;
  `,
];

/** Which step a file is at; 0: nothing is in it. */
export function versionOf(db: DatabaseSync): number {
  const row = db.prepare("PRAGMA user_version").get();
  return row === undefined ? 0 : integerIn(row, "user_version");
}

/**
 * Brings a file to the newest step, each step whole or not at all.
 *
 * @throws {Error} where the file is newer than this program.
 */
export function migrate(db: DatabaseSync, steps: readonly Step[] = migrations): void {
  const from = versionOf(db);
  if (from > steps.length) {
    throw new Error(
      `it was written by a newer Parley (version ${from} of its layout, this one knows ` +
        `${steps.length}); start that one, or name another folder with --data`,
    );
  }
  for (let step = from; step < steps.length; step++) {
    db.exec("BEGIN IMMEDIATE");
    try {
      const made = steps[step];
      db.exec(typeof made === "string" ? made : made(db));
      db.exec(`PRAGMA user_version = ${step + 1}`);
      db.exec("COMMIT");
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !==
    undefined;
}
