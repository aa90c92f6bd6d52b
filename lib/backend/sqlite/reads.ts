/** What the reader can be asked, and the answers from one connection. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Person } from "../../events.ts";
import { isObject } from "../../wire/fields.ts";
import { limits } from "../../limits.ts";
import type { ConversationId, NameKey, Uid } from "../../names.ts";
import { type Role, roles } from "../../wire/command_row.ts";
import type { Room } from "../../rooms.ts";
import type {
  AuditPage,
  AuditRange,
  Login,
  Mark,
  Page,
  Range,
  SaidPage,
  SaidRange,
  StoredRecord,
  User,
} from "../../store.ts";
import { AuditReads } from "./audit.ts";
import { integerIn, integerOrNothing, type Row, textIn } from "./database.ts";
import { rulesOf } from "./kept_rules.ts";
import { type LibraryCalls, LibraryReads } from "./library_reads.ts";
import { type Head, headOf, type MessageRow, Standing } from "./standing.ts";

/** Events looked through for what one user said, some milliseconds' work. */
const eventsAtOnce = 20_000;

/** A room as it crosses threads. */
export interface RoomRow extends Head {
  readonly members: readonly Person[];
}

/** The room that crossed. */
export function roomOf({ key, members, rules, ...room }: RoomRow): Room {
  const { name, topic, seq, first } = room;
  return {
    ...{ id: key as ConversationId, name, topic, seq, first },
    members: new Map(members.map((person) => [person.uid, person])),
    rules: rulesOf(rules),
  };
}

/** What the reader can be asked. */
export type ReaderCalls = LibraryCalls & {
  readonly open: { readonly ask: string; readonly answer: null };
  readonly rooms: { readonly ask: null; readonly answer: readonly RoomRow[] };
  readonly room: { readonly ask: string; readonly answer: RoomRow | undefined };
  readonly page: {
    readonly ask: { readonly conversation: string; readonly range: Range & { bytes: number } };
    readonly answer: Page;
  };
  readonly message: {
    readonly ask: { readonly conversation: string; readonly seq: number };
    readonly answer: MessageRow | undefined;
  };
  readonly said: {
    readonly ask: { readonly uid: string; readonly range: SaidRange };
    readonly answer: SaidPage;
  };
  readonly pairs: {
    readonly ask: { readonly uid: string; readonly limit: number };
    readonly answer: readonly RoomRow[];
  };
  readonly unread: {
    readonly ask: { readonly uid: string; readonly marks: readonly Mark[] };
    readonly answer: readonly number[];
  };
  readonly holders: { readonly ask: null; readonly answer: readonly User[] };
  readonly users: { readonly ask: readonly string[]; readonly answer: readonly User[] };
  readonly credential: { readonly ask: string; readonly answer: string | undefined };
  readonly login: { readonly ask: string; readonly answer: Login | undefined };
  readonly logins: { readonly ask: string; readonly answer: readonly Login[] };
  readonly marks: { readonly ask: string; readonly answer: readonly Mark[] };
  readonly audit: { readonly ask: AuditRange; readonly answer: AuditPage };
  readonly records: { readonly ask: string; readonly answer: readonly StoredRecord[] };
  readonly close: { readonly ask: null; readonly answer: null };
};

/** Reads through one connection. */
export class Reads {
  readonly library: LibraryReads;
  readonly audit: AuditReads;
  readonly #standing: Standing;
  readonly #rooms: StatementSync;
  readonly #members: StatementSync;
  readonly #said: StatementSync;
  readonly #lastEvent: StatementSync;
  readonly #pairs: StatementSync;
  readonly #unread: StatementSync;
  readonly #holders: StatementSync;
  readonly #user: StatementSync;
  readonly #credential: StatementSync;
  readonly #login: StatementSync;
  readonly #logins: StatementSync;
  readonly #marks: StatementSync;
  readonly #records: StatementSync;

  constructor(db: DatabaseSync) {
    this.library = new LibraryReads(db);
    this.audit = new AuditReads(db);
    this.#standing = new Standing(db);
    this.#rooms = db.prepare(
      `SELECT * FROM conversation
       WHERE id IN (SELECT DISTINCT conversation FROM member) OR key = 'lobby' ORDER BY id`,
    );
    this.#members = db.prepare("SELECT uid, user FROM member WHERE conversation = ?");
    this.#said = db.prepare(
      `SELECT event.n, key, event.seq FROM event JOIN conversation ON id = event.conversation
       LEFT JOIN revised ON revised.n = event.n
       WHERE event.n > ? AND event.n <= ? AND uid = ? AND kind = 'said' AND deleted IS NULL
         AND event.seq >= first
       ORDER BY event.n LIMIT ?`,
    );
    this.#lastEvent = db.prepare("SELECT max(n) AS n FROM event");
    this.#pairs = db.prepare(
      `SELECT conversation.* FROM pair JOIN conversation ON id = pair.conversation
       WHERE uid = ? ORDER BY last DESC LIMIT ?`,
    );
    this.#unread = db.prepare(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM event INDEXED BY event_order
         WHERE conversation = ? AND seq > ? AND shown AND kind = 'said' AND uid <> ? LIMIT ?
       )`,
    );
    this.#holders = db.prepare("SELECT * FROM user WHERE holds");
    this.#user = db.prepare("SELECT * FROM user WHERE uid = ?");
    this.#credential = db.prepare("SELECT text FROM credential WHERE uid = ?");
    this.#login = db.prepare("SELECT * FROM login WHERE hash = ?");
    this.#logins = db.prepare("SELECT * FROM login WHERE uid = ? ORDER BY at DESC");
    this.#marks = db.prepare("SELECT conversation, seq FROM mark WHERE uid = ?");
    this.#records = db.prepare("SELECT key, value FROM record WHERE kind = ?");
  }

  rooms(): RoomRow[] {
    return this.#rooms.all().map((row) => this.#withMembers(headOf(row)));
  }

  room(key: string): RoomRow | undefined {
    const head = this.#standing.head(key);
    return head && this.#withMembers(head);
  }

  page(key: string, range: Range & { bytes: number }): Page {
    const head = this.#standing.head(key);
    if (head === undefined) return { events: [], more: false, seq: 0, first: 1 };
    return { ...this.#standing.page(head, range), seq: head.seq, first: head.first };
  }

  message(key: string, seq: number): MessageRow | undefined {
    const head = this.#standing.head(key);
    return head && this.#standing.message(head, seq);
  }

  /** Looks through a part of all events: no index knows who said what, which is asked rarely. */
  said(uid: string, { after = 0, limit }: SaidRange): SaidPage {
    const row = this.#lastEvent.get();
    const last = row && integerOrNothing(row, "n") || 0;
    const until = after + eventsAtOnce;
    const rows = this.#said.all(after, until, uid, limit);
    const messages = rows.map((row) => ({
      conversation: textIn(row, "key") as ConversationId,
      seq: integerIn(row, "seq"),
    }));
    const next = rows.length < limit ? until : integerIn(rows[rows.length - 1], "n");
    return next >= last ? { messages } : { messages, next };
  }

  pairs(uid: string, limit: number): RoomRow[] {
    return this.#pairs.all(uid, limit).map((row) => ({ ...headOf(row), members: [] }));
  }

  unread(uid: string, marks: readonly Mark[]): number[] {
    return marks.map(({ conversation, seq }) => {
      const head = this.#standing.head(conversation);
      if (head === undefined) return 0;
      const after = Math.max(seq, head.first - 1);
      const row = this.#unread.get(head.id, after, uid, limits.unreadMax);
      return row ? integerIn(row, "n") : 0;
    });
  }

  holders(): User[] {
    return this.#holders.all().map(userOf);
  }

  users(uids: readonly string[]): User[] {
    return uids.flatMap((uid) => this.#user.all(uid)).map(userOf);
  }

  login(hash: string): Login | undefined {
    const row = this.#login.get(hash);
    return row && loginOf(row);
  }

  logins(uid: string): Login[] {
    return this.#logins.all(uid).map(loginOf);
  }

  credential(uid: string): string | undefined {
    const row = this.#credential.get(uid);
    return row && textIn(row, "text");
  }

  records(kind: string): StoredRecord[] {
    return this.#records.all(kind).map((row) => {
      const value: unknown = JSON.parse(textIn(row, "value"));
      if (!isObject(value)) throw new TypeError(`A record of "${kind}" in the database is none`);
      return { key: textIn(row, "key"), value };
    });
  }

  marks(uid: string): Mark[] {
    return this.#marks.all(uid).map((row) => ({
      conversation: textIn(row, "conversation") as ConversationId,
      seq: integerIn(row, "seq"),
    }));
  }

  #withMembers(head: Head): RoomRow {
    const members = this.#members.all(head.id).map((row) => ({
      user: textIn(row, "user"),
      uid: textIn(row, "uid") as Uid,
    }));
    return { ...head, members };
  }
}

function userOf(row: Row): User {
  return {
    uid: textIn(row, "uid") as Uid,
    name: textIn(row, "name"),
    key: textIn(row, "key") as NameKey,
    role: roleOf(textIn(row, "role")),
    holds: integerIn(row, "holds") === 1,
  };
}

function loginOf(row: Row): Login {
  return {
    hash: textIn(row, "hash"),
    uid: textIn(row, "uid") as Uid,
    agent: textIn(row, "agent"),
    at: integerIn(row, "at"),
  };
}

function roleOf(text: string): Role {
  const role = roles.find((known) => known === text);
  if (role === undefined) throw new TypeError(`There is no role "${text}"`);
  return role;
}
