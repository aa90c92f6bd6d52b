/**
 * What this user does with files: sends those that were chosen, goes on with what an earlier visit
 * left, and answers those that others send.
 */

import { signal } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import { waitingIn } from "../lib/client/file_list.ts";
import { fileName } from "../lib/client/find_file.ts";
import { keptTransfersOf, keptTransfersText } from "../lib/client/kept_transfers.ts";
import type { Dial } from "../lib/client/link.ts";
import {
  isUnderWay,
  type KeptTransfer,
  type KeptUpload,
  type TransferView,
} from "../lib/client/transfer_state.ts";
import type { Transfers } from "../lib/client/transfers.ts";
import { type Clock, randomText } from "../lib/clock.ts";
import { ChatError } from "../lib/errors.ts";
import type { Place, SharedFile, StoredEvent } from "../lib/events.ts";
import type { FileId } from "../lib/names.ts";
import type { Command, Ok } from "../lib/protocol.ts";
import type { FileShelf } from "./file_shelf.ts";
import { type Chosen, FileSource, stampOf } from "./file_source.ts";
import type { Keep } from "./keep.ts";
import type { Resting } from "./model.ts";
import type { Notices } from "./notices.ts";
import type { Tabs } from "./tabs.ts";

/** What moves files. */
export type Moving = Pick<typeof import("./moving.ts"), "Transfers" | "sha256">;

/** What {@linkcode Filing} is made with. */
export interface FilingOptions {
  readonly chat: Chat;
  readonly dial: Dial;
  readonly clock: Clock;
  random(): number;
  /** What moves files: it is loaded when the first one is to be moved. */
  loadMoving(): Promise<Moving>;
  /** How the connection for files comes in; `undefined` before the user is known. */
  hello(): Command<"hello"> | undefined;
  readonly keep: Keep;
  readonly tabs: Tabs;
  readonly shelf: FileShelf;
  readonly notices: Notices;
  nextFrame(draw: () => void): void;
}

/** Copies of larger files would fill a disk; those are asked for again after a reload. */
const copyBytesMax = 256 * 1024 * 1024;
/** Smaller files are mostly sent before anybody could reload. */
const copySoonBytes = 1024 * 1024;
const copyLaterMs = 1000;
/** Files of others that wait for an answer, the newest. */
const askedMax = 200;
const start = "up.";

/** The files of one visit. */
export class Filing {
  readonly transfers = signal<readonly TransferView[]>([]);
  readonly resting = signal<readonly Resting[]>([]);
  readonly asked = signal<readonly SharedFile[]>([]);
  readonly #options: FilingOptions;
  #transfers: Transfers | undefined;
  #loading: Promise<Transfers> | undefined;
  readonly #origins = new Map<number, string>();
  #under: readonly KeptTransfer[] = [];
  /** Uploads of an earlier visit that don't go on yet. */
  #left: readonly KeptUpload[] = [];
  #restored: Promise<void> | undefined;
  #isRestored = false;
  #isDrawing = false;

  constructor(options: FilingOptions) {
    this.#options = options;
  }

  /** The server lets this user in: what was under way goes on. */
  async online({ rooms }: Ok<"hello">): Promise<void> {
    this.#transfers?.known();
    this.#restored ??= this.#options.notices.attempt(() => this.#restore()).then(() => {});
    await this.#options.notices.attempt(async () => {
      for (const row of rooms) {
        if (row.with === undefined || row.seq <= row.read) continue;
        for (const file of await waitingIn(this.#options.chat, row)) this.#ask(file);
      }
    });
  }

  /** Sends files to a conversation. */
  async send(files: readonly Chosen[], { room, with: other }: Place): Promise<void> {
    const place = other === undefined ? { room } : { room, with: other };
    const transfers = await this.#moving();
    for (const chosen of files) {
      const origin = randomText(12);
      const { number } = this.#begin(transfers, new FileSource(chosen, origin), place);
      const { size } = chosen.file;
      const kept = chosen.handle ?? (size <= copyBytesMax ? chosen.file : undefined);
      if (kept === undefined) continue;
      const put = () => {
        if (this.#origins.has(number)) void this.#options.shelf.put(origin, kept);
      };
      if (size >= copySoonBytes) put();
      else this.#options.clock.after(copyLaterMs, put);
    }
  }

  async cancel(number: number): Promise<void> {
    await this.#transfers?.cancel(number);
  }

  /** Goes on with an upload of an earlier visit; `choose` asks for the file where it is needed. */
  async resume(id: string, choose: () => Promise<readonly File[]>): Promise<void> {
    const upload = this.#left.find(({ origin }) => origin === id);
    if (upload === undefined) return;
    const kept = await this.#options.shelf.get(id);
    const file = kept !== undefined && "getFile" in kept
      ? await opened(kept, "ask")
      : (await choose()).at(0);
    if (file === undefined) return;
    if (await this.#goOn(upload, file)) return;
    const sentence = `This isn't the "${fileName(upload)}" that was being sent, or it was changed`;
    this.#options.notices.tell(sentence, "trouble");
  }

  /** Gives up an upload of an earlier visit. */
  async forget(id: string): Promise<void> {
    const upload = this.#left.find(({ origin }) => origin === id);
    if (upload === undefined) return;
    this.#rest(this.#left.filter((each) => each !== upload));
    void this.#options.shelf.remove(id);
    const transfers = await this.#moving();
    await transfers.withdraw(upload);
  }

  /** Somebody waits for an answer about a file no more. */
  answered(file: FileId): void {
    this.asked.value = this.asked.peek().filter((each) => each.file !== file);
  }

  /** A stored event; `own`: done by this user. */
  take(event: StoredEvent, own: boolean): void {
    if (event.t === "shared" && event.with !== undefined && !own) {
      this.#ask({ ...event.file, room: event.room, with: event.with });
    }
    if (event.t === "removed" || event.t === "declined" || event.t === "taken") {
      this.answered(event.file);
    }
  }

  async close(): Promise<void> {
    await this.#transfers?.close();
  }

  #moving(): Promise<Transfers> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Transfers> {
    const { dial, clock, chat, loadMoving } = this.#options;
    const { Transfers, sha256 } = await loadMoving().catch(() => {
      this.#loading = undefined;
      throw new ChatError("unavailable", "Cannot send files now: try it again with a connection");
    });
    this.#transfers = new Transfers({
      ...{ dial, clock, sha256 },
      hello: () => this.#options.hello(),
      random: () => this.#options.random(),
      keep: (transfers) => {
        this.#under = transfers;
        this.#keep();
      },
      onChange: (transfer) => this.#changed(transfer),
      // Both connections are to one server: the other one may be waiting for its next try.
      onOnline: () => chat.state.status.is === "waiting" && chat.reconnect(),
    });
    return this.#transfers;
  }

  #ask(file: SharedFile): void {
    const others = this.asked.peek().filter((each) => each.file !== file.file);
    this.asked.value = [...others, file].slice(-askedMax);
  }

  #begin(
    transfers: Transfers,
    source: FileSource,
    place: Place,
    begun?: KeptUpload,
  ): TransferView {
    const view = transfers.upload(source, place, begun);
    this.#origins.set(view.number, source.origin);
    return view;
  }

  #changed(transfer: TransferView): void {
    const { number, standing } = transfer;
    const origin = this.#origins.get(number);
    if (!isUnderWay(transfer) && origin !== undefined) {
      this.#origins.delete(number);
      void this.#options.shelf.remove(origin);
      if (standing.is === "failed") {
        const name = fileName(transfer);
        const { message } = standing.error;
        const whole = message.includes(`"${name}"`) ? message : `"${name}": ${message}`;
        this.#options.notices.tell(`Not sent: ${whole}`, "trouble");
      }
    }
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    this.#options.nextFrame(() => {
      this.#isDrawing = false;
      this.transfers.value = this.#transfers?.all ?? [];
    });
  }

  // What outlives a visit.

  #keep(): void {
    // Before it is known which other tabs there are, this name may be another's.
    if (!this.#isRestored) return;
    const { keep, tabs } = this.#options;
    const all = [...this.#under, ...this.#left];
    if (all.length === 0) keep.remove(start + tabs.id);
    else keep.set(start + tabs.id, keptTransfersText(all));
  }

  async #restore(): Promise<void> {
    const { keep, tabs, shelf } = this.#options;
    const others = await tabs.others();
    const names = keep.names(start);
    const closed = names.filter((name) => !others.has(name.slice(start.length)));
    const left = closed.flatMap((name) => uploadsIn(keep, name));
    this.#isRestored = true;
    this.#rest(left);
    for (const name of closed) if (name !== start + tabs.id) keep.remove(name);
    for (const upload of left) {
      const kept = await shelf.get(upload.origin);
      const file = kept && await opened(kept, "don't ask");
      if (file === undefined || !await this.#goOn(upload, file)) {
        this.#show(upload, kept !== undefined);
      }
    }
    const inUse = [...keep.names(start).flatMap((name) => uploadsIn(keep, name)), ...this.#left];
    await shelf.sweep(new Set(inUse.map(({ origin }) => origin)));
  }

  /** Whether that is the file. */
  async #goOn(upload: KeptUpload, file: File): Promise<boolean> {
    const { origin, folder, place, stamp, name } = upload;
    if (stampOf(file) !== stamp || file.name !== name) return false;
    const transfers = await this.#moving();
    const source = new FileSource(folder === undefined ? { file } : { file, folder }, origin);
    this.#begin(transfers, source, place, upload);
    this.#rest(this.#left.filter((each) => each !== upload));
    return true;
  }

  #rest(left: readonly KeptUpload[]): void {
    this.#left = left;
    this.resting.value = this.resting.peek().filter(({ id }) =>
      left.some(({ origin }) => origin === id)
    );
    this.#keep();
  }

  #show(upload: KeptUpload, isKept: boolean): void {
    const { origin: id, name, folder, place: { room } } = upload;
    const needs = isKept ? "permission" as const : "file" as const;
    const resting = { id, name, room, needs, ...folder !== undefined && { folder } };
    this.resting.value = [...this.resting.peek(), resting];
  }
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
