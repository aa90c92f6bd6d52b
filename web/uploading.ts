/** Sends files that were chosen, and goes on with those that an earlier visit left. */

import { sha256 } from "@noble/hashes/sha2.js";
import { fileName } from "../lib/client/find_file.ts";
import { keptTransfersOf, keptTransfersText } from "../lib/client/kept_transfers.ts";
import {
  type Hash,
  isUnderWay,
  type KeptTransfer,
  type KeptUpload,
  type TransferView,
} from "../lib/client/transfer_state.ts";
import { failureText } from "../lib/client/transferring.ts";
import { Transfers } from "../lib/client/transfers.ts";
import { randomText, type Stop } from "../lib/clock.ts";
import { type Place, placeOf } from "../lib/events.ts";
import type { FileShelf } from "./file_shelf.ts";
import { type Chosen, FileSource, type Look, stampOf } from "./file_source.ts";
import { type FilingOptions, keptStart } from "./filing.ts";
import type { Keep } from "./offline/keep.ts";
import type { Resting } from "./model.ts";
import { Tabs } from "./tabs.ts";
import { Thumbnails } from "./thumbs/thumbnails.ts";

/** What {@linkcode Uploading} is made with. */
export interface UploadingOptions extends Omit<FilingOptions, "behind" | "shelf"> {
  readonly shelf: FileShelf;
}

/** What {@linkcode Uploading} tells. */
export interface UploadingNews {
  transfers(all: readonly TransferView[]): void;
  resting(all: readonly Resting[]): void;
}

/** Copies at once; files beyond them are asked for again after a reload. */
const copyBytesMax = 256 * 1024 * 1024;
/** Smaller files are mostly sent before anybody could reload. */
const copySoonBytes = 1024 * 1024;
const copyLaterMs = 1000;
/** So many uploads are kept as soon as they change; of more, all together and at most so often. */
const fewMax = 100;
const keepApartMs = 1000;

/** The uploads of one visit. */
export class Uploading {
  readonly #options: UploadingOptions;
  readonly #news: UploadingNews;
  readonly #transfers: Transfers;
  readonly #tabs: Tabs;
  readonly #look: Look;
  /** Of each upload under way what its file is kept under. */
  readonly #origins = new Map<number, string>();
  /** Bytes of those whose file is copied. */
  readonly #copies = new Map<string, number>();
  #under: readonly KeptTransfer[] = [];
  /** Uploads of an earlier visit that don't go on yet, and those that are shown. */
  #left: readonly KeptUpload[] = [];
  #resting: readonly Resting[] = [];
  /** Whether what an earlier visit left was taken over, or there was nothing. */
  #isRestored: boolean;
  #isDrawing = false;
  #stopKeeping: Stop | undefined;

  constructor(options: UploadingOptions, news: UploadingNews) {
    this.#options = options;
    this.#news = news;
    const { dial, clock, chat, keep, tab } = options;
    const thumbnails = new Thumbnails();
    this.#look = (file) => thumbnails.of(file);
    this.#isRestored = keep.names(keptStart).length === 0;
    this.#tabs = new Tabs({ channel: tab.channel(), keep: tab.keep, clock });
    this.#transfers = new Transfers({
      ...{ dial, clock, sha256: hash },
      hello: () => options.hello(),
      random: () => options.random(),
      keep: (transfers) => {
        this.#under = transfers;
        this.#keep();
      },
      onChange: (transfer) => this.#changed(transfer),
      // Both connections are to one server: the other one may be waiting for its next try.
      onOnline: () => chat.state.status.is === "waiting" && chat.reconnect(),
    });
  }

  /** The server lets this user in, perhaps after it was away. */
  known(): void {
    this.#transfers.known();
  }

  /** Sends files to a conversation. */
  send(files: readonly Chosen[], to: Place): void {
    const place = placeOf(to);
    const { shelf, clock } = this.#options;
    for (const chosen of files) {
      const origin = randomText(12);
      const { number } = this.#begin(new FileSource(chosen, origin, this.#look), place);
      const put = () => {
        if (!this.#origins.has(number)) return;
        const kept = chosen.handle ?? this.#copyOf(chosen.file, origin);
        if (kept) void shelf.put(origin, kept);
      };
      if (chosen.file.size >= copySoonBytes) put();
      else clock.after(copyLaterMs, put);
    }
  }

  async cancel(number: number): Promise<void> {
    await this.#transfers.cancel(number);
  }

  /** Goes on with an upload of an earlier visit; `choose` asks for the file where it is needed. */
  async resume(id: string, choose: () => Promise<readonly File[]>): Promise<void> {
    const upload = this.#left.find(({ origin }) => origin === id);
    if (upload === undefined) return;
    const { shelf, notices } = this.#options;
    const kept = await shelf.get(id);
    const file = kept !== undefined && "getFile" in kept
      ? await opened(kept, "ask")
      : (await choose()).at(0);
    if (file === undefined || this.#goOn(upload, file)) return;
    const sentence = `This isn't the "${fileName(upload)}" that was being sent, or it was changed`;
    notices.tell(sentence, "trouble");
  }

  /** Gives up an upload of an earlier visit. */
  async forget(id: string): Promise<void> {
    const upload = this.#left.find(({ origin }) => origin === id);
    if (upload === undefined) return;
    this.#rest(this.#left.filter((each) => each !== upload));
    await this.#options.shelf.remove(id);
    await this.#transfers.withdraw(upload);
  }

  /** What closed tabs left goes on, here and now. */
  async restore(): Promise<void> {
    if (this.#isRestored) return;
    const { keep, shelf } = this.#options;
    const others = await this.#tabs.others();
    const names = keep.names(keptStart);
    const closed = names.filter((name) => !others.has(name.slice(keptStart.length)));
    const left = closed.flatMap((name) => uploadsIn(keep, name));
    this.#isRestored = true;
    this.#rest(left);
    for (const name of closed) if (name !== keptStart + this.#tabs.id) keep.remove(name);
    for (const upload of left) {
      const kept = await shelf.get(upload.origin);
      const file = kept && await opened(kept, "don't ask");
      if (file === undefined || !this.#goOn(upload, file)) this.#show(upload, kept !== undefined);
    }
    const all = keep.names(keptStart).flatMap((name) => uploadsIn(keep, name));
    await shelf.sweep(new Set([...all, ...this.#left].map(({ origin }) => origin)));
  }

  async close(): Promise<void> {
    if (this.#stopKeeping) this.#write();
    await this.#transfers.close();
  }

  /** The file, where there is room for a copy. */
  #copyOf(file: File, origin: string): File | undefined {
    const copied = this.#copies.values().reduce((sum, size) => sum + size, 0);
    if (copied + file.size > copyBytesMax) return undefined;
    this.#copies.set(origin, file.size);
    return file;
  }

  #begin(source: FileSource, place: Place, begun?: KeptUpload): TransferView {
    const view = this.#transfers.upload(source, place, begun);
    this.#origins.set(view.number, source.origin);
    return view;
  }

  #changed(transfer: TransferView): void {
    const { number, standing } = transfer;
    const origin = this.#origins.get(number);
    if (!isUnderWay(transfer) && origin !== undefined) {
      this.#origins.delete(number);
      this.#copies.delete(origin);
      void this.#options.shelf.remove(origin);
      if (standing.is === "failed") {
        this.#options.notices.tell(failureText(transfer, standing.error), "trouble");
      }
    }
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    this.#options.nextFrame(() => {
      this.#isDrawing = false;
      this.#news.transfers(this.#transfers.all);
    });
  }

  #keep(): void {
    if (this.#under.length + this.#left.length <= fewMax) return this.#write();
    this.#stopKeeping ??= this.#options.clock.after(keepApartMs, () => this.#write());
  }

  #write(): void {
    this.#stopKeeping?.();
    this.#stopKeeping = undefined;
    // Before it is known which other tabs there are, this name may be another's.
    if (!this.#isRestored) return;
    const { keep } = this.#options;
    const name = keptStart + this.#tabs.id;
    const all = [...this.#under, ...this.#left];
    if (all.length === 0) keep.remove(name);
    else keep.set(name, keptTransfersText(all));
  }

  /** Whether that is the file: then it goes on. */
  #goOn(upload: KeptUpload, file: File): boolean {
    const { origin, folder, place, stamp, name } = upload;
    if (stampOf(file) !== stamp || file.name !== name) return false;
    const chosen = folder === undefined ? { file } : { file, folder };
    const source = new FileSource(chosen, origin, this.#look);
    this.#begin(source, place, upload);
    this.#rest(this.#left.filter((each) => each !== upload));
    return true;
  }

  #rest(left: readonly KeptUpload[]): void {
    this.#left = left;
    this.#resting = this.#resting.filter(({ id }) => left.some(({ origin }) => origin === id));
    this.#news.resting(this.#resting);
    this.#keep();
  }

  #show(upload: KeptUpload, isKept: boolean): void {
    const { origin: id, name, folder, place: { room } } = upload;
    const needs = isKept ? "permission" as const : "file" as const;
    const resting = { id, name, room, needs, ...folder !== undefined && { folder } };
    this.#resting = [...this.#resting, resting];
    this.#news.resting(this.#resting);
  }
}

/** A SHA-256 piece by piece; browsers have none of those, and over plain HTTP none at all. */
function hash(): Hash {
  const pieces = sha256.create();
  return {
    update: (bytes) => void pieces.update(bytes),
    digest: () => pieces.digest().toHex(),
  };
}

function uploadsIn(keep: Keep, name: string): readonly KeptUpload[] {
  return keptTransfersOf(keep.get(name) ?? "").filter((each) => each.way === "up");
}

/** What browsers that have them let handles do. */
interface Permitting {
  queryPermission?(mode: { readonly mode: "read" }): Promise<PermissionState>;
  requestPermission?(mode: { readonly mode: "read" }): Promise<PermissionState>;
}

/** The file, where the browser gives it, or, when it may ask for it, the user does. */
async function opened(
  kept: File | FileSystemFileHandle & Permitting,
  how: "ask" | "don't ask",
): Promise<File | undefined> {
  if (!("getFile" in kept)) return kept;
  const mode = { mode: "read" } as const;
  try {
    const state = how === "ask"
      ? await kept.requestPermission?.(mode)
      : await kept.queryPermission?.(mode);
    return state === "granted" ? await kept.getFile() : undefined;
  } catch {
    // Moved or removed.
    return undefined;
  }
}
