/** Tells the search thread, now and then, that there is something new to index. */

import type { Clock, Stop } from "../../clock.ts";
import type { Kept } from "./work.ts";

/** Time between two tellings: often enough to search what was just said from the index. */
const everyMs = 200;
/** Events in that time from which on indexing can wait, and from which on it takes little time. */
const busyEvents = 60;
const crowdedEvents = 600;

/** How much is being said. */
export type Pace = "quiet" | "busy" | "crowded";

/** What is told. */
export interface Told {
  /** The number of the last event committed. */
  readonly n: number;
  readonly pace: Pace;
  /** Whether something was deleted since the last telling. */
  readonly erased: boolean;
}

/** Passes on the newest number; runs a timer only while commits come in. */
export class News {
  readonly #tell: (told: Told) => Promise<unknown>;
  readonly #clock: Pick<Clock, "after">;
  #n = 0;
  #told = 0;
  #pace: Pace = "quiet";
  #erased = false;
  #stop: Stop | undefined;

  constructor(tell: (told: Told) => Promise<unknown>, clock: Pick<Clock, "after">) {
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Takes note of the number of the last event, and of what was deleted. */
  onCommit({ n, erased }: Pick<Kept, "n" | "erased">): void {
    this.#n = n;
    if (erased) this.#erased = true;
    if (this.#stop === undefined) this.#pass();
  }

  /** Tells nothing more. */
  close(): void {
    this.#stop?.();
    this.#n = this.#told;
    this.#erased = false;
  }

  #pass(): void {
    this.#stop = undefined;
    const news = this.#n - this.#told;
    if (news === 0 && this.#pace === "quiet" && !this.#erased) return;
    // Many at once, as at the start, say nothing about the time to come.
    this.#pace = this.#told > 0 ? paceOf(news) : "quiet";
    const told = { n: this.#n, pace: this.#pace, erased: this.#erased };
    this.#told = this.#n;
    this.#erased = false;
    // A thread that has died is found out by whoever asks it something.
    this.#tell(told).catch(() => {});
    this.#stop = this.#clock.after(everyMs, () => this.#pass());
  }
}

function paceOf(events: number): Pace {
  if (events > crowdedEvents) return "crowded";
  return events > busyEvents ? "busy" : "quiet";
}
