/** Puts work into the order that several nodes share; what comes meanwhile goes into the next entry. */

import { type Clock, pause } from "../../../clock.ts";
import { awayError, type ChatError } from "../../../errors.ts";
import { utf8Length } from "../../../wire/fields.ts";
import type { Entry, Order } from "../../order.ts";
import { failureOf, type Outcome, type WorkQueue } from "../commit_queue.ts";
import { pack, type Packed } from "../packed.ts";
import type { Done, Work } from "../work.ts";
import { textOf } from "./entries.ts";

/** Works in one entry: a neighbour's crowd may not hold up one's own `ok` for long. */
const worksMax = 4000;
/** Characters of an entry: as a crowd's it takes NATS and the nodes some milliseconds. */
const charsMax = 256 * 1024;
/** What fits into an entry of NATS's usual million bytes, whatever the characters. */
export const appendCharsMax = 192 * 1024;
/** UTF-8 bytes of a character, at most. */
const bytesEach = 3;
/** What an entry has around its works. */
const aroundBytes = 100;
/** Time until what couldn't be published is tried again. */
const retryMs = 100;

interface Queued {
  readonly packed: Packed<Work>;
  readonly settle: (outcome: Outcome) => void;
}

/** An entry that hasn't come back yet. */
interface Out {
  readonly batch: readonly Queued[];
  readonly cameBack: PromiseWithResolvers<void>;
}

/**
 * One entry is on its way at a time, and published again until it is known to be kept, under its own
 * number: so this node's entries stand in the order of their numbers, and one that stands there twice
 * is taken once. Whoever asked is answered when the entry has come back and is applied here.
 */
export class Publishing implements WorkQueue {
  readonly #order: Pick<Order, "publish" | "entryBytesMax">;
  readonly #clock: Clock;
  #queued: Queued[] = [];
  readonly #out = new Map<number, Out>();
  #number = 0;
  #isBusy = false;
  #isClosed = false;
  #refusal: ChatError | undefined;
  #idle: (() => void)[] = [];

  constructor(
    order: Pick<Order, "publish" | "entryBytesMax">,
    clock: Clock,
  ) {
    this.#order = order;
    this.#clock = clock;
  }

  add(work: Work): Promise<Outcome> {
    const packed = pack(work);
    const failed = this.#refusal ?? this.#tooMuch(packed);
    if (failed) return Promise.resolve({ failed });
    return new Promise((settle) => {
      this.#queued.push({ packed, settle });
      if (this.#isBusy) return;
      this.#isBusy = true;
      this.#clock.soon(() => void this.#run());
    });
  }

  /** While there is a reason, what comes is refused with it and not published. */
  refuse(reason: ChatError | undefined): void {
    if (!this.#isClosed) this.#refusal = reason;
  }

  /** An entry of this node's is applied, and with it all before it. */
  applied(number: number, done: readonly Done[] | null): void {
    for (const [one, { batch, cameBack }] of this.#out) {
      if (one > number) break;
      this.#out.delete(one);
      cameBack.resolve();
      const isIt = one === number && done !== null;
      for (const [index, { settle }] of batch.entries()) {
        settle(isIt ? { done: done[index] } : { failed: lost() });
      }
    }
    this.#look();
  }

  async settled(): Promise<void> {
    if (this.#isBusy || this.#out.size > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /**
   * Publishes nothing more; of what is under way nobody here will know what becomes of it. Whoever
   * asked may ask another node for it: it is the same by its `cid`.
   */
  close(): void {
    this.#isClosed = true;
    this.#refusal = awayError();
    const batches = [...this.#out.values()].map(({ batch }) => batch);
    for (const { settle } of [...batches.flat(), ...this.#queued.splice(0)]) {
      settle({ failed: this.#refusal });
    }
    for (const { cameBack } of this.#out.values()) cameBack.resolve();
    this.#out.clear();
    this.#look();
  }

  async #run(): Promise<void> {
    while (this.#queued.length > 0) {
      const batch = this.#gather();
      const text = textOf(batch.map(({ packed }) => packed));
      const cameBack = Promise.withResolvers<void>();
      this.#number++;
      this.#out.set(this.#number, { batch, cameBack });
      await this.#publish({ number: this.#number, text });
    }
    this.#isBusy = false;
    this.#look();
  }

  #gather(): readonly Queued[] {
    const most = Math.min(charsMax, this.#bytesMax / bytesEach);
    let chars = 0;
    let count = 0;
    for (const { packed } of this.#queued) {
      chars += packed.length + 1;
      if (count > 0 && (chars > most || count === worksMax)) break;
      count++;
    }
    return this.#queued.splice(0, count);
  }

  async #publish(entry: Pick<Entry, "number" | "text">): Promise<void> {
    const isOut = () => this.#out.has(entry.number);
    const cameBack = this.#out.get(entry.number)?.cameBack.promise;
    while (isOut()) {
      try {
        // Where only the answer got lost, the entry itself says it.
        await Promise.race([this.#order.publish(entry), cameBack]);
        return;
      } catch {
        await Promise.race([pause(this.#clock, retryMs), cameBack]);
      }
    }
  }

  get #bytesMax(): number {
    return this.#order.entryBytesMax - aroundBytes;
  }

  #tooMuch(packed: string): ChatError | undefined {
    if (packed.length * bytesEach <= this.#bytesMax) return undefined;
    if (utf8Length(packed) <= this.#bytesMax) return undefined;
    return failureOf({ message: `${packed.length} characters are more than an entry holds` });
  }

  #look(): void {
    if (this.#isBusy && !this.#isClosed || this.#out.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function lost(): ChatError {
  return failureOf({
    message: "the order has lost an entry that it had kept, or took another one in its place",
  });
}
