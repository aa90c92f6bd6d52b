/** Who is writing in the conversation in front, as far as was told lately. */

import type { PassingEvent } from "../events.ts";

/** Somebody counts as writing this long. */
const writingMs = 5_000;

/** Those who write. */
export class Writers {
  readonly #until = new Map<string, number>();

  /** Whether anybody writes. */
  get isAny(): boolean {
    return this.#until.size > 0;
  }

  /** Their names at a time, in milliseconds since 1970. */
  at(now: number): readonly string[] {
    for (const [user, until] of this.#until) if (until <= now) this.#until.delete(user);
    return [...this.#until.keys()];
  }

  /** Somebody writes. */
  take({ user }: Extract<PassingEvent, { t: "typed" }>, now: number): void {
    this.#until.set(user, now + writingMs);
  }

  /** Somebody has written. */
  done(user: string): void {
    this.#until.delete(user);
  }

  /** Another conversation is in front. */
  clear(): void {
    this.#until.clear();
  }
}
