/** What a screen reader is told of while messages come: at once where it is little, else in sum. */

import type { Clock, Stop } from "../../lib/clock.ts";

/** Something that happened. */
export interface Heard {
  /** Who did it. */
  readonly who: string;
  /** What is read where there is time for it. */
  readonly sentence: string;
}

/** What {@linkcode Announcing} needs. */
export interface AnnouncingOptions {
  readonly clock: Pick<Clock, "now" | "after">;
  /** Has a sentence read. */
  say(sentence: string): void;
}

/** What comes this soon one after the other is told together. */
const gatherMs = 400;
/** Silence after words, and after a sum: whoever listens has other things to hear. */
const pauseMs = 4_000;
const pauseAfterSumMs = 20_000;
/** More than these are told as a sum. */
const wordsMax = 2;
const namesMax = 2;

/** Gathers what happened, and tells of it now and then. */
export class Announcing {
  readonly #options: AnnouncingOptions;
  #count = 0;
  #newest: readonly Heard[] = [];
  #names = new Set<string>();
  /** Before this nothing is told. */
  #quietUntil = 0;
  #stop: Stop | undefined;

  constructor(options: AnnouncingOptions) {
    this.#options = options;
  }

  /** Something happened. */
  take(heard: readonly Heard[]): void {
    if (heard.length === 0) return;
    this.#count += heard.length;
    this.#newest = [...this.#newest, ...heard].slice(-wordsMax);
    for (const { who } of heard) {
      // One more than is told is enough to say that there are others.
      if (this.#names.size <= namesMax) this.#names.add(who);
    }
    if (this.#stop) return;
    const { clock } = this.#options;
    const ms = Math.max(gatherMs, this.#quietUntil - clock.now());
    this.#stop = clock.after(ms, () => this.#tell());
  }

  /** What was gathered is of no use any more: one has gone elsewhere. */
  forget(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#count = 0;
    this.#newest = [];
    this.#names = new Set();
  }

  #tell(): void {
    const { clock, say } = this.#options;
    const isSum = this.#count > wordsMax;
    const words = this.#newest.map(({ sentence }) => sentence).join(". ");
    const sentence = isSum ? sumOf(this.#count, [...this.#names]) : words;
    this.forget();
    this.#quietUntil = clock.now() + (isSum ? pauseAfterSumMs : pauseMs);
    say(sentence);
  }
}

function sumOf(count: number, names: readonly string[]): string {
  const named = names.slice(0, namesMax);
  const whom = names.length > namesMax ? `${named.join(", ")} and others` : named.join(" and ");
  return `${count} new messages from ${whom}`;
}
