/** What the page does so that it opens without a network, and is never an old one for long. */

import type { Clock } from "../../lib/clock.ts";
import type { LinkStatus } from "../../lib/client/link.ts";
import { isUnderWay, type TransferView } from "../../lib/client/transfer_state.ts";
import type { Browser } from "../browser.ts";
import type { FileShelf } from "../file_shelf.ts";
import type { Filing } from "../filing.ts";
import type { Going } from "../going.ts";
import type { Keep } from "./keep.ts";
import { readLogin } from "../login.ts";
import type { Draft } from "../model.ts";
import { Newer, type PageHost } from "./newer.ts";
import type { Notices } from "../notices.ts";
import { OfflineChat } from "./offline_chat.ts";
import type { ChatShelf } from "./offline_shelf.ts";
import type { Talking } from "../talking.ts";

/** What of it only a browser has. */
export interface OfflinePlace {
  readonly shelf: ChatShelf;
  readonly host: PageHost;
  /** Calls `run` when the browser has nothing else to do. */
  whenIdle(run: () => void): void;
  /** Lets the browser keep the page itself, where it may. */
  keepPage(): void;
}

/** What {@linkcode Offline} is made with. */
export interface OfflineOptions {
  readonly place: OfflinePlace;
  readonly talking: Talking;
  readonly going: Going;
  readonly filing: Filing;
  readonly notices: Notices;
  readonly clock: Clock;
  readonly browser: Browser;
  readonly keep: Keep;
  /** What the browser keeps for this tab alone. */
  readonly tabKeep: Keep;
  /** Where files are kept that are being sent. */
  readonly files: FileShelf;
}

/** The page of one user, without a network and over versions. */
export class Offline {
  readonly #options: OfflineOptions;
  readonly #chat: OfflineChat;
  readonly #newer: Newer;

  constructor(options: OfflineOptions) {
    this.#options = options;
    const { place, talking, clock, browser, keep, notices, tabKeep } = options;
    this.#chat = new OfflineChat({
      ...{ chat: talking.chat, shelf: place.shelf, clock, browser },
      whenIdle: (run) => place.whenIdle(run),
      user: () => readLogin(keep)?.uid,
    });
    this.#newer = new Newer({
      ...{ host: place.host, clock, browser, notices, keep: tabKeep },
      isBusy: () => this.#isBusy(),
    });
  }

  /** Shows what the last visit knew, unless the server was faster. */
  async restore(): Promise<void> {
    const { talking, going } = this.#options;
    const kept = await this.#chat.read();
    if (kept && talking.restore(kept)) going.restored();
  }

  /** The server lets this user in. */
  async online(): Promise<void> {
    this.#options.place.keepPage();
    await this.#newer.check();
  }

  async close(): Promise<void> {
    this.#newer.close();
    await this.#chat.close();
  }

  /** Its user leaves for good: nothing is kept of them. */
  async forget(): Promise<void> {
    await this.#chat.forget();
    await this.#options.files.sweep(new Set());
  }

  #isBusy(): boolean {
    const { talking: { status, drafts }, filing: { transfers } } = this.#options;
    return isBusy({
      status: status.peek(),
      draft: drafts.here.peek(),
      transfers: transfers.peek(),
    });
  }
}

/** Whether a page that is loaded anew now would disturb something. */
export function isBusy({ status, draft, transfers }: {
  readonly status: LinkStatus;
  readonly draft: Draft;
  readonly transfers: readonly TransferView[];
}): boolean {
  const { text, quote, editing } = draft;
  const isWriting = text !== "" || quote !== undefined || editing !== undefined;
  // Without a connection the old one may be all that there is. What was said and isn't stored is
  // said again afterwards.
  return status.is !== "online" || isWriting || transfers.some(isUnderWay);
}
