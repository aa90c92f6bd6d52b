/** Connections to the files, and typed reading of what comes from them. */

import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

/** One row of an answer. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** How long somebody else may hold the file before that is an error, in milliseconds. */
const busyMs = 2000;

/** KiB of pages that a connection holds itself: what else is read often, the system has at hand. */
const writerPagesKiB = 8000;
const readerPagesKiB = 4000;

/** The log and the accounts. */
export function logFile(folder: string): string {
  return `${folder}/parley.db`;
}

/** The search index, which can be made again from the log. */
export function indexFile(folder: string): string {
  return `${folder}/search.db`;
}

/** Opens a file to write; the caller says what durability it needs. */
export function openToWrite(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: busyMs, allowExtension: false });
  try {
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA secure_delete = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${writerPagesKiB};
    `);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Opens a file that another connection writes. */
export function openToRead(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: busyMs, allowExtension: false });
  db.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${readerPagesKiB};`);
  return db;
}

/** Whether the disk (or the quota) is full. */
export function isDiskFull(error: unknown): boolean {
  return codeOf(error) === 13 ||
    (error instanceof Error && error.message.includes("database or disk is full"));
}

/** Whether what was to be written can't be, whatever the disk does: it fails in every store alike. */
export function isOfContent(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof TypeError || error instanceof RangeError || code === 19 || code === 20;
}

/** Whether the file isn't what SQLite wrote. */
export function isDamaged(error: unknown): boolean {
  const code = codeOf(error);
  return code === 11 || code === 26 ||
    (error instanceof Error && /malformed|not a database|corrupt/i.test(error.message));
}

/** SQLite's primary result code; Deno gives none for `exec`, hence the looks at messages. */
function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/** Runs a checkpoint; `false` where a reader kept it from being complete. */
export function checkpoint(db: DatabaseSync, how: "PASSIVE" | "TRUNCATE"): boolean {
  // A checkpoint that waits for readers would hold up commits: it is tried again instead.
  db.exec("PRAGMA busy_timeout = 0");
  try {
    const row = db.prepare(`PRAGMA wal_checkpoint(${how})`).get();
    return row !== undefined && row.busy === 0 && row.log === row.checkpointed;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${busyMs}`);
  }
}

/** A column that holds a text. */
export function textIn(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`"${column}" in the database is no text`);
  return value;
}

/** A column that holds an integer. */
export function integerIn(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new TypeError(`"${column}" in the database is no integer`);
  return value;
}

/** A column that may hold a text. */
export function textOrNothing(row: Row, column: string): string | undefined {
  return row[column] === null || row[column] === undefined ? undefined : textIn(row, column);
}

/** A column that may hold an integer. */
export function integerOrNothing(row: Row, column: string): number | undefined {
  return row[column] === null || row[column] === undefined ? undefined : integerIn(row, column);
}
