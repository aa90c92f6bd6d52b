/** The files and transfers, seen from the main thread. */

import type { LogFile } from "../../events.ts";
import type {
  FilePath,
  Library,
  LibraryEntry,
  LibraryPage,
  TransferRecord,
  Used,
} from "../../file_store.ts";
import type { ConversationId, FileId, TransferId, Uid } from "../../names.ts";
import { cidTaken, requireStorable } from "../storable.ts";
import type { WorkQueue } from "./commit_queue.ts";
import type { Port } from "./port.ts";
import type { ReaderCalls } from "./reads.ts";
import type { Work } from "./work.ts";

/** Writes through the queue and reads from the reader. */
export class SqliteLibrary implements Library {
  readonly #queue: WorkQueue;
  readonly #reader: Port<ReaderCalls>;

  constructor(queue: WorkQueue, reader: Port<ReaderCalls>) {
    this.#queue = queue;
    this.#reader = reader;
  }

  async keep(record: TransferRecord, thumb?: Uint8Array): Promise<void> {
    requireStorable(record);
    await this.#keep({ do: "transfer", record, ...thumb && { thumb: thumb.toBase64() } });
  }

  async finishing(transfer: TransferId, file: LogFile): Promise<void> {
    requireStorable(file);
    await this.#keep({ do: "finishing", transfer, file });
  }

  async drop(transfer: TransferId): Promise<void> {
    await this.#keep({ do: "drop", transfer });
  }

  transfer(transfer: TransferId): Promise<TransferRecord | undefined> {
    return this.#reader.ask("transfer", transfer);
  }

  offered(
    conversation: ConversationId,
    uid: Uid,
    cid: string,
  ): Promise<TransferRecord | undefined> {
    return this.#reader.ask("offered", { conversation, uid, cid });
  }

  unfinished(): Promise<readonly TransferRecord[]> {
    return this.#reader.ask("unfinished", null);
  }

  file(file: FileId): Promise<LibraryEntry | undefined> {
    return this.#reader.ask("file", file);
  }

  async thumb(file: FileId): Promise<Uint8Array | undefined> {
    const thumb = await this.#reader.ask("thumb", file);
    return thumb === undefined ? undefined : Uint8Array.fromBase64(thumb);
  }

  at(path: FilePath): Promise<LibraryEntry | undefined> {
    return this.#reader.ask("at", path);
  }

  async files(
    conversations: ReadonlySet<ConversationId>,
    page: { readonly after?: FileId; readonly limit: number },
  ): Promise<LibraryPage> {
    const asked = { conversations: [...conversations], ...page };
    const entries = await this.#reader.ask("files", asked);
    return { entries: entries.slice(0, page.limit), more: entries.length > page.limit };
  }

  filesOf(uid: Uid): Promise<readonly LibraryEntry[]> {
    return this.#reader.ask("filesOf", uid);
  }

  async used(): Promise<Used> {
    const { accounts, guests } = await this.#reader.ask("used", null);
    return { accounts: new Map(accounts), guests };
  }

  removing(): Promise<readonly LibraryEntry[]> {
    return this.#reader.ask("removing", null);
  }

  async freed(file: FileId): Promise<void> {
    await this.#keep({ do: "freed", file });
  }

  /**
   * @throws {ChatError} `disk_full`, `internal`, `bad_message`
   */
  async #keep(work: Work): Promise<void> {
    const outcome = await this.#queue.add(work);
    if ("failed" in outcome) throw outcome.failed;
    const { done } = outcome;
    if (done !== 0 && done.is === "cid taken") throw cidTaken();
  }
}
