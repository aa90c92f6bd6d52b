/**
 * What a client does with files: sends those on its disk, fetches others into its folder, goes on
 * with what an earlier run left, and keeps who waits for an answer.
 */

import { createHash } from "node:crypto";
import { sizeText } from "../client/amounts.ts";
import { fileName } from "../client/find_file.ts";
import type { Dial } from "../client/link.ts";
import type { TakeMode } from "../client/slash_row.ts";
import { failureText } from "../client/transferring.ts";
import { Transfers } from "../client/transfers.ts";
import {
  isUnderWay,
  type KeptTransfer,
  type KeptUpload,
  type Source,
  type TransferView,
} from "../client/transfer_state.ts";
import type { Clock } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import {
  isSamePlace,
  type Place,
  type SharedFile,
  sharedFile,
  type StoredEvent,
} from "../events.ts";
import type { FileId } from "../names.ts";
import type { Command } from "../protocol.ts";
import type { Received } from "./received.ts";
import { sourceKept, sourcesAt } from "./sources.ts";
import type { TransferJournal } from "./transfer_journal.ts";

/** What becomes of files that others send. */
export interface TakeRule {
  readonly mode: TakeMode;
  /** Larger ones aren't fetched by themselves. */
  readonly bytesMax: number;
}

/** What a {@linkcode Desk} is made with. */
export interface DeskOptions {
  readonly dial: Dial;
  /** How the connection for files comes in; `undefined` before the user is known. */
  hello(): Command<"hello"> | undefined;
  readonly clock: Clock;
  random(): number;
  readonly received: Received;
  readonly journal: TransferJournal;
  readonly take: TakeRule;
  /** Something for people to read. */
  tell(sentence: string, kind: "notice" | "trouble"): void;
  /** How a transfer stands has changed, perhaps only by some bytes. */
  onChange?(transfer: TransferView): void;
  /** The connection for files is there. */
  onOnline?(): unknown;
  /** The connection for files isn't let in. */
  onRefused?(error: ChatError): void;
}

/** Files of others that wait for an answer are kept up to here, the newest. */
const askedMax = 200;

/** The files of one run. */
export class Desk {
  readonly transfers: Transfers;
  rule: TakeRule;
  /** What `/files` listed last. */
  listed: readonly SharedFile[] = [];
  readonly #options: DeskOptions;
  readonly #asked = new Map<FileId, SharedFile>();
  readonly #told = new Set<number>();
  /** Uploads that can't go on in this run. */
  #resting: readonly KeptTransfer[] = [];
  #under: readonly KeptTransfer[] = [];
  #server: string | undefined;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.rule = options.take;
    const { dial, clock } = options;
    this.transfers = new Transfers({
      dial,
      clock,
      hello: () => options.hello(),
      random: () => options.random(),
      sha256: () => {
        const hash = createHash("sha256");
        return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
      },
      keep: (transfers) => {
        this.#under = transfers;
        this.#keep();
      },
      onChange: (transfer) => this.#changed(transfer),
      onOnline: () => options.onOnline?.(),
      onRefused: (error) => options.onRefused?.(error),
    });
  }

  /** Transfers under way. */
  get underWay(): readonly TransferView[] {
    return this.transfers.all.filter(isUnderWay);
  }

  /** Files of others that wait for an answer, the newest last. */
  get asked(): readonly SharedFile[] {
    return [...this.#asked.values()];
  }

  /** Files are those of the server with this id, and what an earlier run left stays as it is. */
  atServer(server: string): void {
    this.#server = server;
    this.#resting = this.#options.journal.read();
  }

  /** The user is known to the server with this id: what an earlier run left goes on. */
  async known(server: string): Promise<void> {
    const isFirst = this.#server === undefined;
    this.#server = server;
    this.transfers.known();
    if (isFirst) await this.#restore(server);
  }

  /**
   * Sends what a path names to a conversation.
   *
   * @throws {ChatError} where it can't be read.
   */
  async send(path: string, to: Place): Promise<readonly TransferView[]> {
    const sources = await sourcesAt(path, (hidden) => {
      const what = hidden === 1
        ? "1 file or folder was left out, its name begins"
        : `${hidden} files or folders were left out, their names begin`;
      this.#options.tell(`${what} with a dot: name one to send it`, "notice");
    });
    return sources.map((source) => this.transfers.upload(source, to, this.#begun(source, to)));
  }

  /** Fetches a file; `undefined` where that is under way. */
  fetch(file: SharedFile): TransferView | undefined {
    this.#asked.delete(file.file);
    this.#resting = this.#resting.filter((kept) =>
      kept.way === "up" || kept.file.file !== file.file
    );
    if (this.transfers.isFetching(file.file)) return undefined;
    const sink = this.#options.received.sink(file, this.#server ?? "");
    return this.transfers.download(file, sink);
  }

  /** A stored event; `own`: done by this user. Whether it was told so that nothing is left to say. */
  take(event: StoredEvent, own: boolean): boolean {
    switch (event.t) {
      case "shared":
        return !own && this.offered(sharedFile(event));
      case "removed":
      case "declined":
      case "taken":
        this.#asked.delete(event.file);
    }
    return false;
  }

  /** Somebody has sent a file, or put one into a room; whether the user was asked about it. */
  offered(file: SharedFile): boolean {
    const isPrivate = file.with !== undefined;
    const { mode, bytesMax } = this.rule;
    // Told already, live or while one was away.
    if (this.#asked.has(file.file)) return true;
    if (isPrivate) {
      this.#asked.set(file.file, file);
      for (const old of [...this.#asked.keys()].slice(0, -askedMax)) this.#asked.delete(old);
    }
    if (mode === "all" && file.size <= bytesMax) {
      this.fetch(file);
      return false;
    }
    if (!isPrivate || mode === "none") return false;
    const what = `${file.user} sends you "${fileName(file)}" (${sizeText(file.size)})`;
    this.#options.tell(`${what}: /accept takes it, /decline doesn't`, "notice");
    return true;
  }

  /** Nobody waits for an answer about this file any more. */
  answered(file: FileId): void {
    this.#asked.delete(file);
  }

  /** Tells what the next run will go on with. */
  tellLeft(): void {
    const left = this.underWay.length;
    if (left === 0 || !this.#options.journal.isKept) return;
    const what = left === 1 ? "1 file goes on" : `${left} files go on`;
    this.#options.tell(`${what} at the next start`, "notice");
  }

  /** Leaves what is under way for the next run. */
  async close(): Promise<void> {
    await this.transfers.close();
    this.#options.journal.flush();
  }

  #begun(source: Source, to: Place): KeptUpload | undefined {
    const found = this.#resting.filter((kept) => kept.way === "up").find((kept) =>
      kept.origin === source.origin && isSamePlace(kept.place, to)
    );
    if (found === undefined) return undefined;
    this.#resting = this.#resting.filter((kept) => kept !== found);
    if (found.stamp === source.stamp) return found;
    void this.transfers.withdraw(found);
    return undefined;
  }

  #keep(): void {
    this.#options.journal.keep([...this.#under, ...this.#resting]);
  }

  async #restore(server: string): Promise<void> {
    const { journal, received, clock, tell } = this.#options;
    const kept = journal.read();
    const files = kept.flatMap((each) => each.way === "down" ? [each.file] : []);
    await received.sweep(files, server, clock.now());
    if (kept.length === 0) return;
    // Until each is found or given up, a new start would look for it as well.
    const uploads = kept.filter((each) => each.way === "up");
    this.#resting = uploads;
    for (const file of files) this.fetch(file);
    for (const upload of uploads) await this.#goOnWith(upload);
    const count = this.transfers.underWay;
    if (count > 0) tell(count === 1 ? "1 file goes on" : `${count} files go on`, "notice");
    this.#keep();
  }

  async #goOnWith(upload: KeptUpload): Promise<void> {
    const { tell } = this.#options;
    const query = { name: "read", path: upload.origin } as const;
    if (Deno.permissions.querySync(query).state !== "granted") {
      const how = `/send ${upload.origin} goes on with it`;
      tell(
        `"${fileName(upload)}" isn't sent whole, and Deno has to be told again: ${how}`,
        "notice",
      );
      return;
    }
    const source = await sourceKept(upload);
    this.#resting = this.#resting.filter((each) => each !== upload);
    if (source === undefined) {
      tell(`"${fileName(upload)}" isn't sent: "${upload.origin}" isn't there any more`, "trouble");
      void this.transfers.withdraw(upload);
    } else if (source.stamp === upload.stamp) {
      this.transfers.upload(source, upload.place, upload);
    } else {
      tell(`"${fileName(upload)}" was changed meanwhile: it is sent from its beginning`, "notice");
      void this.transfers.withdraw(upload);
      this.transfers.upload(source, upload.place);
    }
  }

  #changed(transfer: TransferView): void {
    const { number, standing } = transfer;
    if (!isUnderWay(transfer) && !this.#told.has(number)) {
      this.#told.add(number);
      const name = fileName(transfer);
      if (standing.is === "failed") {
        this.#options.tell(failureText(transfer, standing.error), "trouble");
      }
      if (standing.is === "cancelled") this.#options.tell(`"${name}" was cancelled`, "notice");
      if (standing.is === "done" && standing.path !== undefined) {
        const size = sizeText(transfer.size);
        this.#options.tell(`"${name}" (${size}) is in ${standing.path}`, "notice");
      }
    }
    this.#options.onChange?.(transfer);
  }
}
