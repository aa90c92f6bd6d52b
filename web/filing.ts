/** What this user does with files: sends some, and answers those that others send. */

import { signal } from "@preact/signals";
import type { Chat } from "../lib/client/chat.ts";
import type { Dial } from "../lib/client/link.ts";
import type { TransferView } from "../lib/client/transfer_state.ts";
import type { Clock } from "../lib/clock.ts";
import { type SharedFile, sharedFile, type StoredEvent } from "../lib/events.ts";
import type { FileId } from "../lib/names.ts";
import type { Command, Ok } from "../lib/protocol.ts";
import type { Behind } from "./behind.ts";
import type { FileShelf } from "./file_shelf.ts";
import type { Keep } from "./offline/keep.ts";
import type { Resting } from "./model.ts";
import type { Notices } from "./notices.ts";
import type { Channel } from "./tabs.ts";
import type { Uploading } from "./uploading.ts";

/** What a tab has for itself. */
export interface Tab {
  /** What the browser keeps for it alone, over reloads. */
  readonly keep: Keep;
  /** Makes what reaches the other tabs, about one subject; about files without a name. */
  channel(about?: string): Channel;
}

/** What {@linkcode Filing} is made with. */
export interface FilingOptions {
  readonly chat: Chat;
  readonly dial: Dial;
  readonly clock: Clock;
  random(): number;
  /** How the connection for files comes in; `undefined` before the user is known. */
  hello(): Command<"hello"> | undefined;
  readonly keep: Keep;
  readonly tab: Tab;
  /** Where files are kept; `make` makes a place in the browser's database. */
  shelf(make: Behind["databaseShelf"]): FileShelf;
  readonly notices: Notices;
  nextFrame(draw: () => void): void;
  /** What sends files is loaded when the first one is to be sent. */
  behind(): Promise<Pick<Behind, "Uploading" | "databaseShelf" | "waitingIn">>;
}

/** What uploads are kept under, with the name of their tab behind it. */
export const keptStart = "up.";
/** Files of others that wait for an answer, the newest. */
const askedMax = 200;

/** The files of one visit. */
export class Filing {
  readonly transfers = signal<readonly TransferView[]>([]);
  readonly resting = signal<readonly Resting[]>([]);
  readonly asked = signal<readonly SharedFile[]>([]);
  readonly #options: FilingOptions;
  #uploading: Promise<Uploading> | undefined;

  constructor(options: FilingOptions) {
    this.#options = options;
  }

  /** The server lets this user in: what was under way goes on. */
  async online({ rooms }: Ok<"hello">): Promise<void> {
    const { chat, keep, notices } = this.#options;
    await notices.attempt(async () => {
      const isLeft = keep.names(keptStart).length > 0;
      if (isLeft || this.#uploading) (await this.uploading()).known();
      for (const row of rooms) {
        if (row.with === undefined || row.seq <= row.read) continue;
        const { waitingIn } = await this.#options.behind();
        for (const file of await waitingIn(chat, row)) this.#ask(file);
      }
    });
  }

  /**
   * What sends files.
   *
   * @throws {ChatError} where it can't be loaded.
   */
  uploading(): Promise<Uploading> {
    this.#uploading ??= this.#load().catch((error) => {
      this.#uploading = undefined;
      throw error;
    });
    return this.#uploading;
  }

  /** Somebody waits for an answer about a file no more. */
  answered(file: FileId): void {
    this.asked.value = this.asked.peek().filter((each) => each.file !== file);
  }

  /** A stored event; `own`: done by this user. */
  take(event: StoredEvent, own: boolean): void {
    if (event.t === "shared" && event.with !== undefined && !own) {
      this.#ask(sharedFile(event));
    }
    if (event.t === "removed" || event.t === "declined" || event.t === "taken") {
      this.answered(event.file);
    }
  }

  async close(): Promise<void> {
    const uploading = await this.#uploading?.catch(() => undefined);
    await uploading?.close();
  }

  async #load(): Promise<Uploading> {
    const { Uploading, databaseShelf } = await this.#options.behind();
    const shelf = this.#options.shelf(databaseShelf);
    const uploading = new Uploading({ ...this.#options, shelf }, {
      transfers: (all) => this.transfers.value = all,
      resting: (all) => this.resting.value = all,
    });
    void this.#options.notices.attempt(uploading.restore());
    return uploading;
  }

  #ask(file: SharedFile): void {
    const others = this.asked.peek().filter((each) => each.file !== file.file);
    this.asked.value = [...others, file].slice(-askedMax);
  }
}
