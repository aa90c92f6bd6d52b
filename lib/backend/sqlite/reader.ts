/** The thread that reads the log and the accounts, so that commits don't wait behind reading. */

import type { DatabaseSync } from "node:sqlite";
import { answerCalls } from "./calls.ts";
import { logFile, openToRead } from "./database.ts";
import { type ReaderCalls, Reads } from "./reads.ts";

/** Owns a connection that only reads, and makes another where it has failed. */
class Reader {
  #path = "";
  #open: { readonly db: DatabaseSync; readonly reads: Reads } | undefined;

  open(folder: string): null {
    this.#path = logFile(folder);
    return this.ask(() => null);
  }

  /** Reads in one transaction: all of an answer is of one moment. */
  ask<T>(read: (reads: Reads) => T): T {
    const { db, reads } = this.#connection();
    try {
      db.exec("BEGIN");
      const answer = read(reads);
      db.exec("COMMIT");
      return answer;
    } catch (error) {
      this.#open = undefined;
      db.close();
      throw error;
    }
  }

  close(): null {
    this.#open?.db.close();
    this.#open = undefined;
    return null;
  }

  #connection(): { readonly db: DatabaseSync; readonly reads: Reads } {
    if (this.#open !== undefined) return this.#open;
    const db = openToRead(this.#path);
    this.#open = { db, reads: new Reads(db) };
    return this.#open;
  }
}

const reader = new Reader();

answerCalls<ReaderCalls>({
  open: (folder) => reader.open(folder),
  rooms: () => reader.ask((reads) => reads.rooms()),
  room: (key) => reader.ask((reads) => reads.room(key)),
  page: ({ conversation, range }) => reader.ask((reads) => reads.page(conversation, range)),
  message: ({ conversation, seq }) => reader.ask((reads) => reads.message(conversation, seq)),
  said: ({ uid, range }) => reader.ask((reads) => reads.said(uid, range)),
  pairs: ({ uid, limit }) => reader.ask((reads) => reads.pairs(uid, limit)),
  unread: ({ uid, marks }) => reader.ask((reads) => reads.unread(uid, marks)),
  holders: () => reader.ask((reads) => reads.holders()),
  users: (uids) => reader.ask((reads) => reads.users(uids)),
  credential: (uid) => reader.ask((reads) => reads.credential(uid)),
  logins: (uid) => reader.ask((reads) => reads.logins(uid)),
  login: (hash) => reader.ask((reads) => reads.login(hash)),
  marks: (uid) => reader.ask((reads) => reads.marks(uid)),
  audit: (range) => reader.ask(({ audit }) => audit.read(range)),
  records: (kind) => reader.ask((reads) => reads.records(kind)),
  transfer: (id) => reader.ask(({ library }) => library.transfer(id)),
  offered: (offer) => reader.ask(({ library }) => library.offered(offer)),
  unfinished: () => reader.ask(({ library }) => library.unfinished()),
  file: (id) => reader.ask(({ library }) => library.file(id)),
  thumb: (file) => reader.ask(({ library }) => library.thumb(file)),
  at: (path) => reader.ask(({ library }) => library.at(path)),
  files: (page) => reader.ask(({ library }) => library.files(page)),
  filesOf: (uid) => reader.ask(({ library }) => library.filesOf(uid)),
  used: () => reader.ask(({ library }) => library.used()),
  removing: () => reader.ask(({ library }) => library.removing()),
  close: () => reader.close(),
});
