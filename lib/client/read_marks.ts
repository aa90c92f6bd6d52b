/** Telling the server up to where this user has read, not at every message. */

import type { Clock, Stop } from "../clock.ts";

/** Between two marks of one conversation. */
const markEveryMs = 3000;

/** One conversation's mark. */
export interface Mark {
  readonly key: string;
  readonly seq: number;
}

/** Gathers marks and sends the last of each conversation. */
export class ReadMarks {
  readonly #clock: Clock;
  readonly #send: (mark: Mark) => void;
  readonly #due = new Map<string, number>();
  readonly #sent = new Map<string, number>();
  #stop: Stop | undefined;

  constructor(options: { readonly clock: Clock; send(mark: Mark): void }) {
    this.#clock = options.clock;
    this.#send = (mark) => options.send(mark);
  }

  /** It has been read up to here. */
  mark({ key, seq }: Mark): void {
    if (seq <= (this.#sent.get(key) ?? 0)) return;
    this.#due.set(key, seq);
    this.#stop ??= this.#clock.after(markEveryMs, () => this.flush());
  }

  /** The server knows this mark. */
  known({ key, seq }: Mark): void {
    this.#sent.set(key, seq);
  }

  /** Sends what is due now. */
  flush(): void {
    this.#stop?.();
    this.#stop = undefined;
    for (const [key, seq] of this.#due) {
      this.#sent.set(key, seq);
      this.#send({ key, seq });
    }
    this.#due.clear();
  }

  /** Another server: no mark is known. */
  clear(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#due.clear();
    this.#sent.clear();
  }
}
