/** Group commit: what comes while a transaction runs goes into the next one. */

import type { Clock } from "../../clock.ts";
import { ChatError } from "../../errors.ts";
import { type Trouble, troubleOf } from "./calls.ts";
import type { Committed, Done, Kept, Work } from "./work.ts";

/** Things in one transaction: a neighbour's crowd may not hold up one's own `ok` for long. */
const worksMax = 4000;

/** What has become of one thing. */
export type Outcome = { readonly done: Done } | { readonly failed: ChatError };

/** Where work goes. */
export interface WorkQueue {
  /** Queues something; resolves when it is on disk, or isn't going to be. */
  add(work: Work): Promise<Outcome>;
  /** Resolves when nothing is queued or under way. */
  settled(): Promise<void>;
}

interface Queued {
  readonly work: Work;
  readonly settle: (outcome: Outcome) => void;
}

/** What a queue needs beside the writer. */
export interface CommitQueueOptions {
  readonly clock: Pick<Clock, "soon">;
  /** Hears of each transaction that is on disk. */
  readonly onCommit: (kept: Kept) => void;
}

/** Gathers work for the writer; at most one transaction is under way. */
export class CommitQueue implements WorkQueue {
  readonly #commitAll: (works: readonly Work[]) => Promise<Committed>;
  readonly #options: CommitQueueOptions;
  #queued: Queued[] = [];
  #busy = false;
  #idle: (() => void)[] = [];

  /** `commitAll` makes one transaction of what it is given. */
  constructor(
    commitAll: (works: readonly Work[]) => Promise<Committed>,
    options: CommitQueueOptions,
  ) {
    this.#commitAll = commitAll;
    this.#options = options;
  }

  add(work: Work): Promise<Outcome> {
    return new Promise((settle) => {
      this.#queued.push({ work, settle });
      if (this.#busy) return;
      this.#busy = true;
      this.#options.clock.soon(() => void this.#run());
    });
  }

  async settled(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#queued.length > 0) {
      const batch = this.#queued.splice(0, worksMax);
      const committed = await this.#commit(batch.map(({ work }) => work));
      settle(batch, committed);
      if (!("failed" in committed)) this.#options.onCommit(committed);
    }
    this.#busy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #commit(works: readonly Work[]): Promise<Committed> {
    try {
      return await this.#commitAll(works);
    } catch (error) {
      return { failed: { code: "internal", message: troubleOf(error).message } };
    }
  }
}

function settle(batch: readonly Queued[], committed: Committed): void {
  if ("failed" in committed) {
    const failed = failureOf(committed.failed);
    for (const one of batch) one.settle({ failed });
    return;
  }
  for (const [index, one] of batch.entries()) one.settle({ done: committed.done[index] });
}

/** A failure as it is answered: `internal` never tells a peer what went wrong inside: that is the cause, for the log. */
export function failureOf({ code, message }: Trouble): ChatError {
  if (code === "disk_full") return new ChatError(code, message);
  const error = new ChatError(
    "internal",
    "Cannot store that: the server failed, and its log says why",
  );
  error.cause = new Error(message);
  return error;
}
