/** What the reader can be asked about files and transfers, and the answers from one connection. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { parseLine } from "../../wire/decode.ts";
import { type LogFile, pictureFields, type SharedPicture } from "../../events.ts";
import { checkFields } from "../../wire/fields.ts";
import type { FilePath, LibraryEntry, TransferRecord, TransferState } from "../../file_store.ts";
import type { ConversationId, TransferId, Uid } from "../../names.ts";
import { integerIn, integerOrNothing, type Row, textIn, textOrNothing } from "./database.ts";

/** An offer, by what its sender called it. */
export interface OfferKey {
  readonly conversation: string;
  readonly uid: string;
  readonly cid: string;
}

/** Which files a page has. */
export interface FilesAsked {
  readonly conversations: readonly string[];
  readonly after?: string;
  readonly limit: number;
}

/** Bytes by owner, as they cross threads. */
export interface UsedRows {
  readonly accounts: readonly (readonly [uid: Uid, bytes: number])[];
  readonly guests: number;
}

/** What the reader can be asked. */
export type LibraryCalls = {
  readonly transfer: { readonly ask: string; readonly answer: TransferRecord | undefined };
  readonly offered: { readonly ask: OfferKey; readonly answer: TransferRecord | undefined };
  readonly unfinished: { readonly ask: null; readonly answer: readonly TransferRecord[] };
  readonly file: { readonly ask: string; readonly answer: LibraryEntry | undefined };
  /** In base64. */
  readonly thumb: { readonly ask: string; readonly answer: string | undefined };
  readonly at: { readonly ask: FilePath; readonly answer: LibraryEntry | undefined };
  /** One more than asked for, where there are more. */
  readonly files: { readonly ask: FilesAsked; readonly answer: readonly LibraryEntry[] };
  readonly filesOf: { readonly ask: string; readonly answer: readonly LibraryEntry[] };
  readonly used: { readonly ask: null; readonly answer: UsedRows };
  readonly removing: { readonly ask: null; readonly answer: readonly LibraryEntry[] };
};

const entries = `SELECT file.*, conversation.key AS place FROM file
  JOIN conversation ON conversation.id = file.conversation`;
const seen = "conversation.key IN (SELECT value FROM json_each(?))";

/** Reads through one connection. */
export class LibraryReads {
  readonly #transfer: StatementSync;
  readonly #offered: StatementSync;
  readonly #unfinished: StatementSync;
  readonly #file: StatementSync;
  readonly #thumb: StatementSync;
  readonly #at: StatementSync;
  readonly #after: StatementSync;
  readonly #files: StatementSync;
  readonly #used: StatementSync;
  readonly #removing: StatementSync;
  readonly #all: StatementSync;
  readonly #filesOf: StatementSync;

  constructor(db: DatabaseSync) {
    this.#transfer = db.prepare("SELECT * FROM transfer WHERE id = ?");
    this.#offered = db.prepare(
      "SELECT * FROM transfer WHERE conversation = ? AND uid = ? AND cid = ?",
    );
    this.#unfinished = db.prepare("SELECT * FROM transfer WHERE seq IS NULL ORDER BY at, n");
    this.#file = db.prepare(`${entries} WHERE file.id = ? AND NOT gone`);
    this.#thumb = db.prepare("SELECT bytes FROM thumb WHERE file = ?");
    this.#at = db.prepare(
      `${entries} WHERE conversation.key = ? AND folder = ? AND file.name = ? AND NOT gone
       ORDER BY n DESC LIMIT 1`,
    );
    this.#after = db.prepare(`${entries} WHERE file.id = ? AND ${seen}`);
    this.#files = db.prepare(
      `${entries} WHERE n < ? AND ${seen} AND NOT gone ORDER BY n DESC LIMIT ?`,
    );
    this.#used = db.prepare(
      `SELECT guest, CASE WHEN guest THEN '' ELSE uid END AS who, sum(size) AS bytes FROM file
       WHERE NOT gone GROUP BY guest, who`,
    );
    this.#removing = db.prepare(`${entries} WHERE gone = 1 ORDER BY n`);
    this.#all = db.prepare(`${entries} WHERE NOT gone ORDER BY n`);
    this.#filesOf = db.prepare(`${entries} WHERE file.uid = ? AND NOT gone ORDER BY n`);
  }

  /** Every file that is there, the oldest first. */
  all(): LibraryEntry[] {
    return this.#all.all().map(entryOf);
  }

  transfer(id: string): TransferRecord | undefined {
    const row = this.#transfer.get(id);
    return row && recordOf(row);
  }

  offered({ conversation, uid, cid }: OfferKey): TransferRecord | undefined {
    const row = this.#offered.get(conversation, uid, cid);
    return row && recordOf(row);
  }

  unfinished(): TransferRecord[] {
    return this.#unfinished.all().map(recordOf);
  }

  file(id: string): LibraryEntry | undefined {
    const row = this.#file.get(id);
    return row && entryOf(row);
  }

  thumb(file: string): string | undefined {
    const bytes = this.#thumb.get(file)?.bytes;
    return bytes instanceof Uint8Array ? bytes.toBase64() : undefined;
  }

  at({ conversation, folder = "", name }: FilePath): LibraryEntry | undefined {
    const row = this.#at.get(conversation, folder, name);
    return row && entryOf(row);
  }

  files({ conversations, after, limit }: FilesAsked): LibraryEntry[] {
    const keys = JSON.stringify(conversations);
    let before = Number.MAX_SAFE_INTEGER;
    if (after !== undefined) {
      const row = this.#after.get(after, keys);
      if (row === undefined) return [];
      before = integerIn(row, "n");
    }
    return this.#files.all(before, keys, limit + 1).map(entryOf);
  }

  removing(): LibraryEntry[] {
    return this.#removing.all().map(entryOf);
  }

  filesOf(uid: string): LibraryEntry[] {
    return this.#filesOf.all(uid).map(entryOf);
  }

  used(): UsedRows {
    const rows = this.#used.all();
    const guests = rows.find((row) => integerIn(row, "guest") === 1);
    const accounts = rows.filter((row) => row !== guests).map((row) =>
      [textIn(row, "who") as Uid, integerIn(row, "bytes")] as const
    );
    return { accounts, guests: guests === undefined ? 0 : integerIn(guests, "bytes") };
  }
}

function recordOf(row: Row): TransferRecord {
  const folder = textOrNothing(row, "folder");
  const cid = textOrNothing(row, "cid");
  const picture = textOrNothing(row, "picture");
  return {
    transfer: textIn(row, "id") as TransferId,
    conversation: textIn(row, "conversation") as ConversationId,
    by: { user: textIn(row, "user"), uid: textIn(row, "uid") as Uid },
    isGuest: integerIn(row, "guest") === 1,
    name: textIn(row, "name"),
    ...folder !== undefined && { folder },
    size: integerIn(row, "size"),
    mime: textIn(row, "mime"),
    ...picture !== undefined && { picture: pictureOf(picture) },
    ...cid !== undefined && { cid },
    at: integerIn(row, "at"),
    state: stateOf(row),
  };
}

function stateOf(row: Row): TransferState {
  if (textOrNothing(row, "file") === undefined) return { is: "unfinished" };
  const seq = integerOrNothing(row, "seq");
  const file = fileOf(row);
  if (seq === undefined) return { is: "finishing", file };
  return { is: "shared", file, seq, at: integerIn(row, "shared") };
}

function entryOf(row: Row): LibraryEntry {
  return {
    conversation: textIn(row, "place") as ConversationId,
    file: fileOf(row),
    seq: integerIn(row, "seq"),
    isGuest: integerIn(row, "guest") === 1,
    ...textOrNothing(row, "answer") !== undefined && { answer: "taken" },
  };
}

function pictureOf(detail: string): SharedPicture {
  const picture = checkFields(pictureFields, parseLine(detail) ?? {});
  if (picture === undefined) throw new TypeError("A picture in the database isn't one");
  return picture;
}

/** What is in the file was checked before it came there. */
function fileOf(row: Row): LogFile {
  const file: object | undefined = parseLine(textIn(row, "detail"));
  if (file === undefined) throw new TypeError("A file in the database is no JSON object");
  return file as LogFile;
}
