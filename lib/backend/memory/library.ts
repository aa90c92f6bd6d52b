/** Files and transfers in maps. */

import type { LogEvent, LogFile } from "../../events.ts";
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

/** A file, in the order of sharing; one that is gone still marks a place in lists. */
interface Kept {
  entry: LibraryEntry;
  gone: boolean;
  /** Whether it is gone and its bytes, too. */
  freed: boolean;
}

/** Which files there are; hears of the log's events from the log. */
export class MemoryLibrary implements Library {
  readonly #transfers = new Map<TransferId, TransferRecord>();
  readonly #files = new Map<FileId, Kept>();
  /** Of transfers, and of the files that they have become. */
  readonly #thumbs = new Map<TransferId | FileId, Uint8Array>();

  /** An event is kept: what it says of files is so from now on. */
  apply(conversation: ConversationId, event: LogEvent): void {
    switch (event.t) {
      case "shared":
        this.#share(conversation, event);
        return;
      case "removed":
      case "declined": {
        const kept = this.#kept(conversation, event.file);
        if (!kept) return;
        kept.gone = true;
        this.#thumbs.delete(event.file);
        return;
      }
      case "taken": {
        const kept = this.#kept(conversation, event.file);
        if (kept) kept.entry = { ...kept.entry, answer: "taken" };
        return;
      }
    }
  }

  /** A file of a conversation, as it was shared. */
  shared(conversation: ConversationId, file: FileId): LogFile | undefined {
    return this.#kept(conversation, file)?.entry.file;
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async keep(record: TransferRecord, thumb?: Uint8Array): Promise<void> {
    requireStorable(record);
    const { transfer, conversation, by, cid } = record;
    const same = cid === undefined ? undefined : this.#offered(conversation, by.uid, cid);
    if (same && same.transfer !== transfer) throw cidTaken();
    if (thumb && !this.#transfers.has(transfer)) this.#thumbs.set(transfer, thumb);
    const state = this.#transfers.get(transfer)?.state ?? { is: "unfinished" };
    this.#transfers.set(transfer, { ...record, state });
  }

  // deno-lint-ignore require-await -- what is refused rejects
  async finishing(transfer: TransferId, file: LogFile): Promise<void> {
    requireStorable(file);
    const record = this.#transfers.get(transfer);
    if (!record || record.state.is === "shared") return;
    this.#transfers.set(transfer, { ...record, state: { is: "finishing", file } });
  }

  drop(transfer: TransferId): Promise<void> {
    if (this.#transfers.get(transfer)?.state.is !== "shared") {
      this.#transfers.delete(transfer);
      this.#thumbs.delete(transfer);
    }
    return Promise.resolve();
  }

  transfer(transfer: TransferId): Promise<TransferRecord | undefined> {
    return Promise.resolve(this.#transfers.get(transfer));
  }

  offered(
    conversation: ConversationId,
    uid: Uid,
    cid: string,
  ): Promise<TransferRecord | undefined> {
    return Promise.resolve(this.#offered(conversation, uid, cid));
  }

  unfinished(): Promise<readonly TransferRecord[]> {
    const open = [...this.#transfers.values()].filter(({ state }) => state.is !== "shared");
    return Promise.resolve(open.sort((one, other) => one.at - other.at));
  }

  file(file: FileId): Promise<LibraryEntry | undefined> {
    const kept = this.#files.get(file);
    return Promise.resolve(kept?.gone ? undefined : kept?.entry);
  }

  thumb(file: FileId): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#thumbs.get(file));
  }

  at({ conversation, folder, name }: FilePath): Promise<LibraryEntry | undefined> {
    const there = [...this.#files.values()].findLast(({ gone, entry }) =>
      !gone && entry.conversation === conversation && entry.file.folder === folder &&
      entry.file.name === name
    );
    return Promise.resolve(there?.entry);
  }

  files(
    conversations: ReadonlySet<ConversationId>,
    { after, limit }: { readonly after?: FileId; readonly limit: number },
  ): Promise<LibraryPage> {
    const all = [...this.#files.values()].toReversed();
    const seen = all.filter(({ entry }) => conversations.has(entry.conversation));
    const from = after === undefined
      ? 0
      : 1 + seen.findIndex(({ entry }) => entry.file.file === after);
    const rest = after !== undefined && from === 0 ? [] : seen.slice(from);
    const entries = rest.filter(({ gone }) => !gone).map(({ entry }) => entry);
    return Promise.resolve({ entries: entries.slice(0, limit), more: entries.length > limit });
  }

  filesOf(uid: Uid): Promise<readonly LibraryEntry[]> {
    const own = [...this.#files.values()].filter(({ gone, entry }) =>
      !gone && entry.file.uid === uid
    );
    return Promise.resolve(own.map(({ entry }) => entry));
  }

  used(): Promise<Used> {
    const accounts = new Map<Uid, number>();
    let guests = 0;
    for (const { gone, entry: { file, isGuest } } of this.#files.values()) {
      if (gone) continue;
      if (isGuest) guests += file.size;
      else accounts.set(file.uid, (accounts.get(file.uid) ?? 0) + file.size);
    }
    return Promise.resolve({ accounts, guests });
  }

  removing(): Promise<readonly LibraryEntry[]> {
    const removing = [...this.#files.values()].filter(({ gone, freed }) => gone && !freed);
    return Promise.resolve(removing.map(({ entry }) => entry));
  }

  freed(file: FileId): Promise<void> {
    const kept = this.#files.get(file);
    if (kept?.gone) kept.freed = true;
    return Promise.resolve();
  }

  #offered(conversation: ConversationId, uid: Uid, cid: string): TransferRecord | undefined {
    return [...this.#transfers.values()].find((record) =>
      record.cid === cid && record.by.uid === uid && record.conversation === conversation
    );
  }

  #kept(conversation: ConversationId, file: FileId): Kept | undefined {
    const kept = this.#files.get(file);
    return kept?.entry.conversation === conversation ? kept : undefined;
  }

  #share(conversation: ConversationId, event: LogEvent & { readonly t: "shared" }): void {
    const { file, seq, at } = event;
    const record = [...this.#transfers.values()].find(({ state }) =>
      state.is === "finishing" && state.file.file === file.file
    );
    if (record) {
      this.#transfers.set(record.transfer, { ...record, state: { is: "shared", file, seq, at } });
      const thumb = this.#thumbs.get(record.transfer);
      if (thumb) this.#thumbs.set(file.file, thumb);
      this.#thumbs.delete(record.transfer);
    }
    const entry = { conversation, file, seq, isGuest: record?.isGuest ?? false };
    this.#files.delete(file.file);
    this.#files.set(file.file, { entry, gone: false, freed: false });
  }
}
