/** Sentences that are shown for a while. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { Clock } from "../lib/clock.ts";
import { ChatError } from "../lib/errors.ts";
import type { Notice } from "./model.ts";

/** How long each kind stays. */
const shownMs = { notice: 6_000, trouble: 12_000 } as const;
/** More than this hide the page; the oldest go. */
const shownMax = 4;

/** The page's notices. */
export class Notices {
  readonly #clock: Clock;
  readonly #list = signal<readonly Notice[]>([]);
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get list(): ReadonlySignal<readonly Notice[]> {
    return this.#list;
  }

  /** Shows a sentence; one that is shown already stays longer instead. */
  tell(text: string, kind: Notice["kind"] = "notice"): void {
    const notice: Notice = { id: ++this.#last, kind, text };
    const others = this.#list.value.filter((each) => each.text !== text);
    this.#list.value = [...others, notice].slice(-shownMax);
    this.#clock.after(shownMs[kind], () => this.dismiss(notice));
  }

  /** Shows a sentence with something to do about it; it stays until it is dismissed. */
  offer(text: string, offer: NonNullable<Notice["offer"]>): Notice {
    const notice: Notice = { id: ++this.#last, kind: "notice", text, offer };
    this.#list.value = [...this.#list.value, notice].slice(-shownMax);
    return notice;
  }

  dismiss({ id }: Pick<Notice, "id">): void {
    const rest = this.#list.value.filter((each) => each.id !== id);
    if (rest.length < this.#list.value.length) this.#list.value = rest;
  }

  /** What was refused is told; a mistake in the program goes on to whoever looks for those. */
  complain(error: unknown): void {
    if (!(error instanceof ChatError)) throw error;
    this.tell(error.message, "trouble");
  }

  /** Does something; its refusal is told. Resolves whether it was done. */
  async attempt(work: Promise<unknown> | (() => unknown)): Promise<boolean> {
    try {
      await (typeof work === "function" ? work() : work);
      return true;
    } catch (error) {
      this.complain(error);
      return false;
    }
  }
}
