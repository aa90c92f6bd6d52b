/** The bytes of one transfer as they come: written in order, one part while the next one comes. */

import { ChatError, refusalOf } from "../errors.ts";
import type { PassingEvent } from "../events.ts";
import type { Blobs, Incoming, TransferRecord } from "../file_store.ts";
import { type PartAt, requireDisk, Sending } from "../files.ts";
import { gunzip } from "../wire/gzip.ts";
import type { Bounds } from "../limits.ts";
import type { TransferId } from "../names.ts";
import type { PartBytes } from "../wire/part_bytes.ts";

/** A connection that sends files. */
export interface Sender {
  /** Tells something about a transfer that it sends. */
  tell(event: PassingEvent): void;
  /** A part that it was to send isn't taken; said some time after it came. */
  refuse(transfer: TransferId, error: unknown): void;
  /** When bytes of a part came last that isn't whole yet, in milliseconds since 1970. */
  readonly bodyAt: number;
}

/** What a {@linkcode Receiving} needs. */
export interface ReceivingOptions {
  readonly blobs: Blobs;
  readonly bounds: Pick<Bounds, "diskFreeBytes">;
  onTrouble(error: unknown): void;
}

/** A part that came. */
export interface Part extends PartBytes, PartAt {
  /** Its bytes aren't needed any more. */
  done?(): void;
}

/** The disk's room is asked for each time that a transfer has got so much. */
const diskCheckBytes = 4 * 1024 * 1024;

/** A transfer that gets its bytes. It holds at most one part that is written, and one that waits. */
export class Receiving {
  readonly sending: Sending<Sender>;
  readonly #options: ReceivingOptions;
  #incoming: Incoming | undefined;
  /** The end of the line of parts that are to be written. */
  #turn: Promise<void> = Promise.resolve();
  /** Bytes that came since the disk's room was asked for. */
  #unchecked = 0;
  #isOver = false;
  #isMoved = false;

  /** `stored` bytes are on disk already. */
  constructor(record: TransferRecord, stored: number, options: ReceivingOptions) {
    this.sending = new Sending(record, stored);
    this.#options = options;
  }

  /** Whether its file is open. */
  get isOpen(): boolean {
    return this.#incoming !== undefined;
  }

  /** Whether another node has written some of it, so that other bytes are stored than this knows. */
  get isMoved(): boolean {
    return this.#isMoved;
  }

  /** Takes note of an error that may say so. */
  failed(error: unknown): void {
    if (error instanceof ChatError && error.code === "moved") this.#isMoved = true;
  }

  /**
   * Takes a part; `undefined` where it is dropped. Resolves when the part before it is written.
   *
   * @throws {ChatError} `moved`, `not_granted`, `bad_offset`, `file_size`
   */
  part(sender: Sender, part: Part, isGranted: boolean): Promise<void> | undefined {
    if (!this.sending.part(sender, part, isGranted)) return undefined;
    const before = this.#turn;
    this.#turn = before.then(() => this.#write(part));
    return before;
  }

  /** Resolves when everything that came is written, or was refused. */
  settled(): Promise<void> {
    return this.#turn;
  }

  /** Hands over the open file, if any, once everything is written: nothing is written here then. */
  async release(): Promise<Incoming | undefined> {
    await this.#turn;
    const incoming = this.#incoming;
    this.#incoming = undefined;
    return incoming;
  }

  /** Closes the file once everything that came is written. Never rejects. */
  close(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      const incoming = this.#incoming;
      this.#incoming = undefined;
      await incoming?.[Symbol.asyncDispose]();
    }).catch((error) => this.#options.onTrouble(error));
    return this.#turn;
  }

  /** What waits isn't written any more: the bytes are about to go. */
  end(): Promise<void> {
    this.#isOver = true;
    return this.close();
  }

  /** Writes a part, unless one before it couldn't be. Never rejects. */
  async #write(part: Part): Promise<void> {
    const { sending, sending: { record: { transfer } } } = this;
    if (this.#isOver || sending.stored !== part.offset) return;
    try {
      const bytes = part.isGzip ? await gunzip(part.bytes, part.length) : part.bytes;
      await this.#requireDisk(bytes.length);
      this.#incoming ??= await this.#options.blobs.receive(transfer);
      // A failed write may have left something that couldn't be cut.
      const { offset } = this.#incoming;
      if (offset !== part.offset) {
        this.#isMoved = true;
        throw new Error(`Transfer ${transfer} has ${offset} bytes on disk, not ${part.offset}`);
      }
      await this.#incoming.append(bytes);
    } catch (error) {
      this.failed(error);
      sending.failed();
      if (sending.peer) sending.peer.refuse(transfer, error);
      else if (refusalOf(error) !== error) this.#options.onTrouble(error);
      return;
    } finally {
      part.done?.();
    }
    const offset = sending.wrote(part.length);
    if (offset !== undefined) sending.peer?.tell({ t: "stored", transfer, offset });
  }

  async #requireDisk(bytes: number): Promise<void> {
    this.#unchecked += bytes;
    if (this.#incoming && this.#unchecked < diskCheckBytes) return;
    const { blobs, bounds } = this.#options;
    requireDisk(await blobs.free() - bytes, bounds);
    this.#unchecked = 0;
  }
}
