/** The bytes of a request on their way into a transfer. */

import { ChatError } from "../errors.ts";
import { limits } from "../limits.ts";
import type { TransferId } from "../names.ts";
import type { Visit } from "../peer/visit.ts";

/** Where the bytes go. */
export interface Target {
  readonly transfer: TransferId;
  /** Where the first of them belongs. */
  readonly offset: number;
}

/**
 * Waits until a transfer may send.
 *
 * @throws {ChatError} `not_granted` where that takes too long: its sender is to come again
 */
export async function requireTurn(visit: Visit, place: number): Promise<void> {
  if (place === 0 || await visit.granted(limits.webQueuedMs)) return;
  const many = "as many files as may are being sent";
  throw new ChatError("not_granted", `Cannot take it yet: ${many}; try again in some seconds`, {
    retryMs: limits.webRetryMs,
  });
}

/**
 * Hands a body over to a transfer, as much at a time as our own clients send. What came is handed
 * over also where the rest doesn't come.
 *
 * @throws {ChatError} why it isn't taken; whatever the body throws
 */
export async function pour(
  visit: Visit,
  target: Target,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const parts = new Parts(visit, target);
  try {
    for await (const chunk of body) await parts.take(chunk);
  } finally {
    await parts.send();
  }
  if (visit.refusal) throw visit.refusal;
}

/** Gathers what comes into parts. */
class Parts {
  readonly #visit: Visit;
  readonly #transfer: TransferId;
  #offset: number;
  #part = new Uint8Array(limits.partBytesUsual);
  #length = 0;

  constructor(visit: Visit, { transfer, offset }: Target) {
    this.#visit = visit;
    this.#transfer = transfer;
    this.#offset = offset;
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.#visit.heard();
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.subarray(at, at + this.#part.length - this.#length);
      this.#part.set(taken, this.#length);
      this.#length += taken.length;
      at += taken.length;
      if (this.#length === this.#part.length) await this.send();
    }
  }

  /** Sends what was gathered. */
  async send(): Promise<void> {
    if (this.#length === 0) return;
    if (this.#visit.refusal) throw this.#visit.refusal;
    const bytes = this.#part.subarray(0, this.#length);
    const offset = this.#offset;
    this.#offset += bytes.length;
    this.#length = 0;
    // The one before may still be written.
    this.#part = new Uint8Array(limits.partBytesUsual);
    const fields = { transfer: this.#transfer, offset, bytes: bytes.length };
    await this.#visit.run("part", fields, bytes);
  }
}
