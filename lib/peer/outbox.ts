/** What is queued for one peer, and its bounds. */

import type { Clock } from "../clock.ts";
import { limits } from "../limits.ts";
import { joinedIn, lengthOf } from "../wire/joined.ts";

/**
 * Large buffers that writes are gathered in, and have given back: new ones for each would cost more.
 * Whoever comes when all are lent takes memory of its own length: a large buffer for each of a crowd
 * would be megabytes of garbage in every turn.
 */
const spare: Uint8Array<ArrayBuffer>[] = [];
const spareMax = 16;
const spareBytes = 64 * 1024;
/** From so many bytes on, to copy a part into one with others takes longer than a write of its own. */
const aloneBytes = 16 * 1024;
/** How many there are, lent ones with them. */
let spares = 0;

/** Most outboxes have nobody waiting, and there are many. */
const none = [] as const;
const nothing = new Uint8Array();

/** Who takes what an outbox queues. */
export interface Taker {
  /** Takes the beginning of `bytes` and resolves how many it took. */
  write(bytes: Uint8Array): Promise<number>;
  /** The peer takes too little: called once, after which nothing more is queued. */
  onSlow(): void;
  /** The peer is lost: called once. */
  onLost(): void;
}

/**
 * A queue of bytes with one write in flight. What is pushed in one turn of the event loop, or while
 * a write runs, goes out as one write: the number of writes is what a delivery costs. Only what is
 * large goes by itself, as copying it would cost more.
 */
export class Outbox {
  readonly #taker: Taker;
  readonly #clock: Clock;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #writing = false;
  /** What is being written, and the buffer that it is in. */
  #underWay: Uint8Array = nothing;
  #borrowed: Uint8Array<ArrayBuffer> | undefined;
  #scheduled = false;
  #ended = false;
  /** When the peer last took something, or had nothing to take. */
  #progressAt = 0;
  #waiting: readonly { readonly bytesMax: number; readonly resolve: () => void }[] = none;

  constructor(taker: Taker, clock: Clock) {
    this.#taker = taker;
    this.#clock = clock;
  }

  /** Bytes that the peer hasn't taken. */
  get bytes(): number {
    return this.#queued;
  }

  /** Queues whole frames. The bytes may be shared with other outboxes and must not change. */
  push(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#queued === 0) this.#progressAt = this.#clock.now();
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (this.#queued > limits.outboxBytesMax) return this.#slow();
    if (this.#writing || this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(this.#onDue);
  }

  /** Drops the peer where it has taken nothing for too long; to be called now and then. */
  checkProgress(): void {
    if (this.#queued === 0 || this.#ended) return;
    const stalled = this.#clock.now() - this.#progressAt;
    if (stalled > limits.outboxStallMs) this.#slow();
  }

  /** Resolves when at most `bytesMax` bytes are queued, or the outbox has ended. */
  below(bytesMax: number): Promise<void> {
    if (this.#queued <= bytesMax || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, { bytesMax, resolve }];
    });
  }

  /** Drops what is queued; nothing can be pushed any more. */
  end(): void {
    this.#ended = true;
    this.#queue = [];
    this.#queued = 0;
    this.#wake();
  }

  #slow(): void {
    this.end();
    this.#taker.onSlow();
  }

  /**
   * Writes what is queued. No function here waits: with hundreds of peers each promise more is felt,
   * as one of the largest parts of what a delivery costs.
   */
  #flush(): void {
    const parts = this.#queue;
    if (parts.length === 0) return;
    this.#writing = true;
    const count = togetherIn(parts);
    // The array is kept: nearly always there is one part.
    if (count === 1) return this.#write(parts.shift()!);
    const together = parts.splice(0, count);
    const buffer = borrowed();
    this.#write(joinedIn(buffer ?? new Uint8Array(lengthOf(together)), together), buffer);
  }

  /** Writes all of `bytes`, which are in `buffer`, where one was borrowed; then what came since. */
  #write(bytes: Uint8Array, buffer?: Uint8Array<ArrayBuffer>): void {
    this.#underWay = bytes;
    this.#borrowed = buffer;
    this.#taker.write(bytes).then(this.#onTaken, this.#onLost);
  }

  // These are made once for each peer: made for each write, they would be felt, too.
  readonly #onDue = (): void => {
    this.#scheduled = false;
    if (!this.#writing) this.#flush();
  };

  readonly #onTaken = (taken: number): void => {
    this.#progressAt = this.#clock.now();
    if (!this.#ended) this.#queued -= taken;
    this.#wake();
    const rest = this.#underWay.length - taken;
    const buffer = this.#borrowed;
    if (rest > 0 && !this.#ended) return this.#write(this.#underWay.subarray(taken), buffer);
    this.#written();
    this.#flush();
  };

  readonly #onLost = (): void => {
    this.#written();
    const wasLive = !this.#ended;
    this.end();
    if (wasLive) this.#taker.onLost();
  };

  /** Nothing is under way any more, and what was borrowed for it goes back. */
  #written(): void {
    if (this.#borrowed) spare.push(this.#borrowed);
    this.#underWay = nothing;
    this.#borrowed = undefined;
    this.#writing = false;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((one) => this.#ended || this.#queued <= one.bytesMax);
    this.#waiting = this.#waiting.filter((one) => !ready.includes(one));
    for (const { resolve } of ready) resolve();
  }
}

/** How many parts, from the first one on, go out as one write. */
function togetherIn(parts: readonly Uint8Array[]): number {
  let count = 0;
  for (let length = 0; count < parts.length; count++) {
    const part = parts[count].length;
    length += part;
    if (part >= aloneBytes || length > spareBytes) break;
  }
  return Math.max(count, 1);
}

/** A large buffer, where one is spare or may be made. */
function borrowed(): Uint8Array<ArrayBuffer> | undefined {
  if (spare.length > 0 || spares === spareMax) return spare.pop();
  spares++;
  return new Uint8Array(spareBytes);
}
