/** What was under way when a client ended, kept beside its saved login for the next start. */

import type { Clock, Stop } from "../clock.ts";
import type { KeptTransfer } from "../client/transfer_state.ts";
import { keptTransfersOf, keptTransfersText } from "../client/kept_transfers.ts";

/** So many are written as soon as they change: that takes less time than one part of a file. */
const fewMax = 100;
/** More of them are written at most this often, in milliseconds. */
const apartMs = 1000;

/** One client's journal; without a path nothing is kept. */
export class TransferJournal {
  readonly #path: string | undefined;
  readonly #clock: Clock;
  #wroteAt = -Infinity;
  #due: readonly KeptTransfer[] | undefined;
  #stop: Stop | undefined;

  constructor(path: string | undefined, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Whether anything is kept. */
  get isKept(): boolean {
    return this.#path !== undefined;
  }

  /** What was under way; nothing where that can't be read. */
  read(): readonly KeptTransfer[] {
    if (this.#path === undefined) return [];
    try {
      return keptTransfersOf(Deno.readTextFileSync(this.#path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** Keeps what is under way now: few at once, so that a crash loses none of them, many soon. */
  keep(transfers: readonly KeptTransfer[]): void {
    if (this.#path === undefined) return;
    this.#due = transfers;
    const ms = transfers.length <= fewMax ? 0 : this.#wroteAt + apartMs - this.#clock.now();
    if (ms <= 0) this.flush();
    else this.#stop ??= this.#clock.after(ms, () => this.flush());
  }

  /** Writes what is due, whole or not at all. */
  flush(): void {
    this.#stop?.();
    this.#stop = undefined;
    if (this.#due === undefined || this.#path === undefined) return;
    const unfinished = `${this.#path}.new`;
    const text = keptTransfersText(this.#due);
    Deno.writeTextFileSync(unfinished, `${text}\n`, { mode: 0o600 });
    Deno.renameSync(unfinished, this.#path);
    this.#due = undefined;
    this.#wroteAt = this.#clock.now();
  }
}
