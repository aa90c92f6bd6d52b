/**
 * Files on their way, several at once, over a connection of their own: it is opened when the first
 * one needs it, closed when none has for a while, and so chat never waits behind a file.
 */

import type { Clock, Stop } from "../clock.ts";
import type { ChatError } from "../errors.ts";
import type { ChatEvent, Place, SharedFile } from "../events.ts";
import { limits } from "../limits.ts";
import type { Command } from "../protocol.ts";
import { Download } from "./download.ts";
import type { UnknownEvent } from "./exchange.ts";
import { Fetches } from "./fetches.ts";
import { type Dial, Link, type LinkStatus } from "./link.ts";
import {
  type Hash,
  type KeptTransfer,
  type Sink,
  type Source,
  type TransferView,
} from "./transfer_state.ts";
import type { Line, TransferHost } from "./transferring.ts";
import { Upload, type UploadBegun } from "./upload.ts";

/** What {@linkcode Transfers} is made with. */
export interface TransfersOptions {
  readonly dial: Dial;
  /** How the connection comes in: as who one is already; `undefined` while that isn't known. */
  hello(): Command<"hello"> | undefined;
  readonly clock: Clock;
  /** At least 0 and under 1, for the spread of attempts. */
  random(): number;
  sha256(): Hash;
  /** A transfer has changed, perhaps only by some bytes. */
  onChange(transfer: TransferView): void;
  /** What has to be known to go on after a restart has changed. */
  keep(transfers: readonly KeptTransfer[]): void;
  /** The connection is there: whoever waits before trying the same server needn't. */
  onOnline?(): unknown;
  /** The server doesn't let the connection in: transfers wait for {@linkcode Transfers.known}. */
  onRefused?(error: ChatError): void;
}

/** Uploads that are offered at once: the server has few places, and its queue is told of the rest. */
const uploadsMax = 12;
/** How long the connection stays when nothing needs it. */
const idleMs = 20_000;
/** Transfers that have ended are listed up to here. */
const endedMax = 50;

interface Entry {
  readonly number: number;
  readonly transferring: Upload | Download;
  isRunning: boolean;
}

/** Every transfer of a client. */
export class Transfers {
  readonly #options: TransfersOptions;
  readonly #entries: Entry[] = [];
  #last = 0;
  #link: Link | undefined;
  #line: Line | undefined;
  #stopIdle: Stop | undefined;
  #waiting: ((line: Line | undefined) => void)[] = [];
  #closed = false;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  /** Those under way and those that ended lately, in the order in which they began. */
  get all(): readonly TransferView[] {
    return this.#entries.map(viewOf);
  }

  /** How many are under way. */
  get underWay(): number {
    return this.#entries.filter(({ transferring }) => !transferring.isOver).length;
  }

  /** Sends a file; `begun`: what is known of it from an earlier run. */
  upload(source: Source, to: Place, begun?: UploadBegun): TransferView {
    return this.#add((host) => new Upload(host, source, to, begun));
  }

  /** Fetches a file. */
  download(file: SharedFile, sink: Sink): TransferView {
    return this.#add((host) => new Download(host, file, sink));
  }

  /** Whether a file is being fetched. */
  isFetching(file: string): boolean {
    return this.#entries.some(({ transferring }) =>
      transferring instanceof Download && !transferring.isOver && transferring.file.file === file
    );
  }

  /** Ends one for good; `false` where none of that number is under way. */
  async cancel(number: number): Promise<boolean> {
    const entry = this.#entries.find((each) => each.number === number);
    if (entry === undefined || entry.transferring.isOver) return false;
    await entry.transferring.cancel();
    return true;
  }

  /** Takes back on its server what an earlier run began and nobody goes on with. Never rejects. */
  async withdraw({ transfer, server }: UploadBegun): Promise<void> {
    if (transfer === undefined) return;
    const line = await this.#lineOf();
    // What can't be taken back now is dropped by the server after a while.
    if (line?.server === server) {
      await line?.link.send("cancel", { transfer }, { once: true }).catch(() => {});
    }
    this.#rest();
  }

  /** Resolves how a transfer has ended, or stands when all is closed. */
  async ended(number: number): Promise<TransferView | undefined> {
    const entry = this.#entries.find((each) => each.number === number);
    if (entry === undefined) return undefined;
    await entry.transferring.over;
    return viewOf(entry);
  }

  /**
   * The user is known, perhaps another one than before, and the server is there: who waits for a
   * connection gets one now.
   */
  known(): void {
    if (this.#link?.status.is === "ended") this.#link = undefined;
    if (this.#link?.status.is === "waiting") this.#link.reconnect();
    if (this.#waiting.length > 0) this.#open();
  }

  /** Leaves what is under way for later. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopIdle?.();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
    await this.#link?.close();
    this.#lose();
  }

  #add(make: (host: TransferHost) => Upload | Download): TransferView {
    const { clock, random, sha256 } = this.#options;
    const host: TransferHost = {
      clock,
      random: () => random(),
      sha256: () => sha256(),
      line: () => this.#lineOf(),
      changed: (change) => this.#changed(entry, change?.kept ?? false),
    };
    const entry: Entry = { number: ++this.#last, transferring: make(host), isRunning: false };
    this.#entries.push(entry);
    this.#keep();
    this.#options.onChange(viewOf(entry));
    this.#next();
    return viewOf(entry);
  }

  /** Begins those for which there is room. */
  #next(): void {
    for (
      const [kind, most] of [[Upload, uploadsMax], [Download, limits.fetchesAtOnceMax]] as const
    ) {
      const all = this.#entries.filter(({ transferring }) => transferring instanceof kind);
      const running = all.filter(({ isRunning }) => isRunning).length;
      const idle = all.filter(({ isRunning, transferring }) => !isRunning && !transferring.isOver);
      for (const entry of idle.slice(0, Math.max(0, most - running))) void this.#run(entry);
    }
  }

  async #run(entry: Entry): Promise<void> {
    entry.isRunning = true;
    await entry.transferring.run();
    entry.isRunning = false;
    if (this.#closed) return;
    const ended = this.#entries.filter(({ transferring }) => transferring.isOver);
    for (const old of ended.slice(0, Math.max(0, ended.length - endedMax))) {
      this.#entries.splice(this.#entries.indexOf(old), 1);
    }
    this.#next();
    this.#rest();
  }

  #changed(entry: Entry, kept: boolean): void {
    if (kept) this.#keep();
    this.#options.onChange(viewOf(entry));
  }

  #keep(): void {
    // What a closed client leaves is for the next one.
    if (this.#closed) return;
    const open = this.#entries.filter(({ transferring }) => !transferring.isOver);
    this.#options.keep(open.map(({ transferring }) => transferring.kept));
  }

  // The connection.

  #lineOf(): Promise<Line | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    this.#stopIdle?.();
    this.#stopIdle = undefined;
    if (this.#line && !this.#line.isLost()) return Promise.resolve(this.#line);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#open();
    });
  }

  #open(): void {
    const hello = this.#options.hello();
    if (this.#link || hello === undefined) return;
    const { dial, clock, random } = this.#options;
    const link = new Link({
      // Where the chat goes; it is the one that looks for another address.
      dial: () => dial(),
      hello: { ...hello, quiet: true, features: ["gzip"] },
      clock,
      random: () => random(),
      onlyAsBefore: true,
      onStatus: (status) => this.#status(link, status),
      onEvent: (event) => this.#event(event),
      onPartRefused: (error) => this.#refused(error),
      newFetches: () => new Fetches(),
    });
    this.#link = link;
    link.start();
  }

  #status(link: Link, status: LinkStatus): void {
    if (link !== this.#link) return;
    this.#lose();
    // Whoever is known by then opens it again.
    if (status.is === "ended" && !this.#closed) {
      this.#link = undefined;
      if (status.error) this.#options.onRefused?.(status.error);
    }
    if (status.is !== "online") return;
    const { id: server, features } = status.hello.server;
    const isLost = () => this.#line !== line || !link.isOnline;
    const line: Line = { link, server, gzip: features.includes("gzip"), isLost };
    this.#line = line;
    for (const resolve of this.#waiting.splice(0)) resolve(line);
    this.#rest();
    this.#options.onOnline?.();
  }

  #lose(): void {
    this.#line = undefined;
    for (const { transferring } of this.#entries) transferring.lost();
  }

  /** Closes the connection when nothing has needed it for a while. */
  #rest(): void {
    this.#stopIdle?.();
    this.#stopIdle = undefined;
    if (this.underWay > 0 || this.#closed) return;
    this.#stopIdle = this.#options.clock.after(idleMs, () => {
      const link = this.#link;
      this.#link = undefined;
      this.#lose();
      void link?.close();
    });
  }

  #event(event: ChatEvent | UnknownEvent): void {
    if (event.t !== "queued" && event.t !== "granted" && event.t !== "stored") return;
    this.#uploadOf(event.transfer)?.take(event);
  }

  #refused(error: ChatError): void {
    this.#uploadOf(error.transfer)?.refused(error);
  }

  #uploadOf(transfer: string | undefined): Upload | undefined {
    if (transfer === undefined) return undefined;
    for (const { transferring } of this.#entries) {
      const isIt = transferring instanceof Upload && transferring.transfer === transfer;
      if (isIt && !transferring.isOver) return transferring;
    }
    return undefined;
  }
}

function viewOf({ number, transferring }: Entry): TransferView {
  return { number, ...transferring.view };
}
