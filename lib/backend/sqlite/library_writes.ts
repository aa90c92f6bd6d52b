/** Keeps transfers and files, as a part of a transaction that is already open. */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LogEvent, LogFile } from "../../events.ts";
import type { TransferRecord } from "../../file_store.ts";
import type { FileId, TransferId } from "../../names.ts";
import { integerIn, textIn } from "./database.ts";
import type { Places } from "./places.ts";
import type { Done } from "./work.ts";

/** Writes through one connection. */
export class LibraryWrites {
  readonly #twin: StatementSync;
  readonly #keep: StatementSync;
  readonly #finishing: StatementSync;
  readonly #drop: StatementSync;
  readonly #sender: StatementSync;
  readonly #shared: StatementSync;
  readonly #add: StatementSync;
  readonly #remove: StatementSync;
  readonly #freed: StatementSync;
  readonly #take: StatementSync;
  readonly #keepThumb: StatementSync;
  readonly #shareThumb: StatementSync;
  readonly #dropThumb: StatementSync;
  readonly #removeThumb: StatementSync;

  readonly #thumbOf: StatementSync;
  readonly #places: Pick<Places, "pictured" | "unpictured">;

  /** `places` hears which thumbnails there are. */
  constructor(db: DatabaseSync, places: Pick<Places, "pictured" | "unpictured">) {
    this.#places = places;
    this.#thumbOf = db.prepare("SELECT transfer FROM thumb WHERE file = ?");
    this.#twin = db.prepare(
      "SELECT 1 FROM transfer WHERE conversation = ? AND uid = ? AND cid = ? AND id <> ?",
    );
    this.#keep = db.prepare(
      `INSERT INTO transfer (id, conversation, uid, user, guest, name, folder, size, mime, picture,
         cid, at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET at = excluded.at`,
    );
    this.#finishing = db.prepare(
      "UPDATE transfer SET file = ?, detail = ? WHERE id = ? AND seq IS NULL",
    );
    this.#drop = db.prepare("DELETE FROM transfer WHERE id = ? AND seq IS NULL");
    this.#sender = db.prepare("SELECT n, id, guest FROM transfer WHERE file = ? AND seq IS NULL");
    this.#shared = db.prepare("UPDATE transfer SET seq = ?, shared = ?, detail = ? WHERE n = ?");
    this.#add = db.prepare(
      `INSERT OR REPLACE INTO file
         (n, id, conversation, seq, folder, name, size, uid, guest, answer, gone, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?)`,
    );
    this.#remove = db.prepare(
      "UPDATE file SET gone = 1 WHERE id = ? AND conversation = ? AND gone = 0",
    );
    this.#freed = db.prepare("UPDATE file SET gone = 2 WHERE id = ? AND gone = 1");
    this.#take = db.prepare("UPDATE file SET answer = 'taken' WHERE id = ? AND conversation = ?");
    this.#keepThumb = db.prepare("INSERT OR IGNORE INTO thumb (transfer, bytes) VALUES (?, ?)");
    this.#shareThumb = db.prepare("UPDATE thumb SET file = ? WHERE transfer = ?");
    this.#dropThumb = db.prepare("DELETE FROM thumb WHERE transfer = ? AND file IS NULL");
    this.#removeThumb = db.prepare("DELETE FROM thumb WHERE file = ?");
  }

  keep(record: TransferRecord, thumb: string | undefined): Done {
    const { transfer, conversation, by, isGuest, name, folder, size, mime, cid, at } = record;
    if (cid !== undefined && this.#twin.get(conversation, by.uid, cid, transfer) !== undefined) {
      return { is: "cid taken" };
    }
    const guest = isGuest ? 1 : 0;
    const path = [name, folder ?? null] as const;
    const picture = record.picture === undefined ? null : JSON.stringify(record.picture);
    const rest = [size, mime, picture, cid ?? null, at] as const;
    this.#keep.run(transfer, conversation, by.uid, by.user, guest, ...path, ...rest);
    if (thumb === undefined) return 0;
    const { changes } = this.#keepThumb.run(transfer, Uint8Array.fromBase64(thumb));
    if (changes > 0) this.#places.pictured(transfer);
    return 0;
  }

  finishing(transfer: TransferId, file: LogFile): Done {
    this.#finishing.run(file.file, JSON.stringify(file), transfer);
    return 0;
  }

  drop(transfer: TransferId): Done {
    this.#drop.run(transfer);
    if (this.#dropThumb.run(transfer).changes > 0) this.#places.unpictured(transfer);
    return 0;
  }

  freed(file: FileId): Done {
    this.#freed.run(file);
    return 0;
  }

  /** A file is there: the event number `n` says so. */
  share(conversation: number, n: number, event: LogEvent & { readonly t: "shared" }): void {
    const { file, seq, at } = event;
    const detail = JSON.stringify(file);
    const sender = this.#sender.get(file.file);
    if (sender !== undefined) {
      this.#shared.run(seq, at, detail, integerIn(sender, "n"));
      if (file.picture?.thumb !== undefined) this.#shareThumb.run(file.file, textIn(sender, "id"));
    }
    const guest = sender === undefined ? 0 : integerIn(sender, "guest");
    const place = [file.folder ?? "", file.name] as const;
    const rest = [file.size, file.uid, guest, detail] as const;
    this.#add.run(n, file.file, conversation, seq, ...place, ...rest);
  }

  /** A file is there no more; whether what there was to see of it had to be taken out. */
  remove(conversation: number, file: FileId): boolean {
    if (this.#remove.run(file, conversation).changes === 0) return false;
    const row = this.#thumbOf.get(file);
    if (row === undefined) return false;
    this.#places.unpictured(textIn(row, "transfer") as TransferId);
    this.#removeThumb.run(file);
    return true;
  }

  take(conversation: number, file: FileId): void {
    this.#take.run(file, conversation);
  }
}
