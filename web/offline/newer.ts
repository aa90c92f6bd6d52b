/** Notices that the server has a newer version of the page, and takes it when that is welcome. */

import type { Clock, Stop } from "../../lib/clock.ts";
import type { Browser } from "../browser.ts";
import type { Keep } from "./keep.ts";
import type { Notice } from "../model.ts";
import type { Notices } from "../notices.ts";

/** The version of the page, as its browser has it. */
export interface PageHost {
  /** What tells the version that is open from others. */
  readonly mark: string | undefined;
  /** The same of the version that the server has; `undefined` where that can't be told now. */
  served(): Promise<string | undefined>;
  /** The server has another one: what keeps the page for days without a network gets it, too. */
  update(): void;
  /** Whether something is played, or being typed. */
  isBusy(): boolean;
  reload(): void;
}

/** What {@linkcode Newer} is made with. */
export interface NewerOptions {
  readonly host: PageHost;
  readonly clock: Clock;
  readonly browser: Pick<Browser, "isSeen" | "onSeen">;
  readonly notices: Notices;
  /** What the browser keeps for this tab alone, over reloads. */
  readonly keep: Keep;
  /** Whether something is being written or sent. */
  isBusy(): boolean;
}

/** Nobody has looked for so long. */
const unseenMs = 10_000;
const takenName = "taken";

/** Watches for a newer version. */
export class Newer {
  readonly #options: NewerOptions;
  readonly #stopSeen: Stop;
  #served: string | undefined;
  #notice: Notice | undefined;
  #stopWaiting: Stop | undefined;

  constructor(options: NewerOptions) {
    this.#options = options;
    this.#stopSeen = options.browser.onSeen(() => this.#wait());
  }

  /** The server may have another one now. */
  async check(): Promise<void> {
    const { host, notices } = this.#options;
    const served = await host.served();
    if (served === undefined || host.mark === undefined || served === this.#served) return;
    this.#served = served;
    if (this.#notice) notices.dismiss(this.#notice);
    if (served === host.mark) return;
    host.update();
    this.#notice = notices.offer("There is a new version of this page", {
      label: "Take it",
      accept: () => this.#take(),
    });
    this.#wait();
  }

  close(): void {
    this.#stopSeen();
    this.#stopWaiting?.();
  }

  /** Takes it once nobody has looked for a while. */
  #wait(): void {
    const { host, browser, clock } = this.#options;
    this.#stopWaiting?.();
    const isNewer = this.#served !== undefined && this.#served !== host.mark;
    if (!isNewer || browser.isSeen()) return;
    this.#stopWaiting = clock.after(unseenMs, () => {
      if (this.#isFree()) this.#take();
      else this.#wait();
    });
  }

  #isFree(): boolean {
    const { host, keep, isBusy } = this.#options;
    // Where taking it has led to the old one again, it isn't tried for ever.
    return keep.get(takenName) !== this.#served && !isBusy() && !host.isBusy();
  }

  #take(): void {
    const { host, keep } = this.#options;
    if (this.#served !== undefined) keep.set(takenName, this.#served);
    host.reload();
  }
}
