/** What one connection says: lines that differ in a few digits, made without JSON. */

import type { Ledger } from "./ledger.ts";
import type { Order } from "./order.ts";
import { messageDigits, type Payload, writeHex } from "./payload.ts";
import type { Peer } from "./peer.ts";

const encoder = new TextEncoder();

/** What a {@linkcode Sender} works with. */
export interface SenderOptions {
  readonly index: number;
  readonly room: string;
  readonly order: Order;
  readonly peer: Peer;
  readonly ledger: Pick<Ledger, "send" | "outstanding">;
  readonly payload: Payload;
}

/** Says things over one peer; everything that is due goes out as one write. */
export class Sender {
  said = 0;
  readonly #options: SenderOptions;
  readonly #line: Uint8Array;
  /** Where in the line the message's number stands, beside in the text. */
  readonly #numbersAt: readonly number[];
  readonly #payloadAt: number;
  #due: Uint8Array[] = [];
  #writing: Promise<void> | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { index, room, order, payload } = options;
    const zeros = "0".repeat(messageDigits);
    const names = order.named ? { id: zeros, cid: `bench-${index}-${zeros}` } : {};
    const text = payload.blank(index);
    const line = JSON.stringify({ t: "say", ...names, room, text });
    this.#line = encoder.encode(`${line}\n`);
    this.#payloadAt = line.indexOf(text);
    this.#numbersAt = [...line.slice(0, this.#payloadAt).matchAll(/0{8}(?=")/g)].map((found) =>
      found.index
    );
  }

  /** Says one thing more; `due` is when it was to be said, in microseconds. */
  say(due: number): void {
    const { index, ledger, payload } = this.#options;
    const seq = ledger.send(index);
    const line = this.#line.slice();
    payload.write(line, this.#payloadAt, seq, due);
    for (const at of this.#numbersAt) writeHex(line, at, seq, messageDigits);
    this.said++;
    this.#due.push(line);
    this.#writing ??= this.#write();
  }

  /** Says as much as may be under way at once. */
  fill(): void {
    const { index, ledger, order } = this.#options;
    while (ledger.outstanding[index] < order.window) this.say(0);
  }

  /** Resolves when all that was said is on its way. */
  async sent(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // What is said in this turn goes with it.
    await Promise.resolve();
    while (this.#due.length > 0) {
      const lines = new Uint8Array(this.#due.length * this.#line.length);
      for (const [index, line] of this.#due.entries()) lines.set(line, index * this.#line.length);
      this.#due = [];
      await this.#options.peer.write(lines);
    }
    this.#writing = undefined;
  }
}
