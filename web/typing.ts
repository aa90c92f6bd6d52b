/** Who is writing in the conversation in front. */

import type { Clock, Stop } from "../lib/clock.ts";
import { isSamePlace, type Place } from "../lib/events.ts";

/** Somebody counts as writing this long after they were told of. */
const writingMs = 5_000;

/** The writers of one conversation at a time. */
export class Typing {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #writers = new Map<string, Stop>();
  #place: Place | undefined;

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get names(): readonly string[] {
    return [...this.#writers.keys()];
  }

  /** Another conversation is in front. */
  turnTo(place: Place | undefined): void {
    this.#place = place;
    for (const user of this.names) this.stopped(user);
  }

  /** Somebody writes. */
  typed(user: string, place: Place): void {
    if (this.#place === undefined || !isSamePlace(this.#place, place)) return;
    this.#writers.get(user)?.();
    const stop = this.#clock.after(writingMs, () => this.stopped(user));
    const isNew = !this.#writers.has(user);
    this.#writers.set(user, stop);
    if (isNew) this.#changed();
  }

  /** They have said it, or gone. */
  stopped(user: string): void {
    const stop = this.#writers.get(user);
    if (stop === undefined) return;
    stop();
    this.#writers.delete(user);
    this.#changed();
  }
}
