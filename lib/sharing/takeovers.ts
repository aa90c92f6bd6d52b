/**
 * Transfers that pass from one node to another: one that its sender goes on with elsewhere, and one
 * that a node had begun to finish which is gone.
 */

import type { Claims } from "./claims.ts";
import { ChatError } from "../errors.ts";
import { completeRemoval, type FileSteps, type Finished } from "./file_steps.ts";
import type { FileId, TransferId } from "../names.ts";
import { hopeless, type Upload } from "./upload.ts";

/** What {@linkcode Takeovers} need. */
export interface TakeoversOptions {
  readonly steps: FileSteps;
  readonly claims: Claims;
  readonly live: ReadonlyMap<TransferId, Upload>;
  /** Goes on with a transfer of which so many bytes are on disk. */
  receive(upload: Upload, stored: number): void;
  /** Goes on with one that was being finished. */
  finish(upload: Upload): Promise<Finished>;
  /** Ends one without a file. */
  drop(upload: Upload): Promise<void>;
  onTrouble(error: unknown): void;
}

/** Takes over what other nodes had. */
export class Takeovers {
  readonly #options: TakeoversOptions;
  /** Files that were on their way out when this was looked at last. */
  #leaving: ReadonlySet<FileId> = new Set();

  constructor(options: TakeoversOptions) {
    this.#options = options;
  }

  /**
   * Makes a transfer this node's; it may be finished, then.
   *
   * @throws {ChatError} `unavailable` while the other nodes can't be reached, `moved`
   */
  async take(upload: Upload): Promise<void> {
    const { claims } = this.#options;
    if (claims.isCut) throw cutError();
    const { receiving, coming, record } = upload;
    if (claims.holds(record.transfer) && !coming && !receiving.isMoved) return;
    upload.coming ??= this.#take(upload).finally(() => upload.coming = undefined);
    await upload.coming;
  }

  /** Makes a transfer this node's, and ends it without a file. */
  async drop(upload: Upload): Promise<void> {
    await this.take(upload);
    const { live, drop } = this.#options;
    if (live.get(upload.record.transfer) === upload) await drop(upload);
  }

  /** Finishes what nodes that are gone had begun to; to be called now and then, by one node. */
  async complete(): Promise<void> {
    const { claims, live, onTrouble } = this.#options;
    for (const upload of [...live.values()]) {
      const { transfer, state } = upload.record;
      if (state.is !== "finishing" || !claims.isAbandoned(transfer)) continue;
      await this.take(upload).catch(onTrouble);
    }
    await this.#completeRemovals().catch(onTrouble);
  }

  /** Frees bytes that belong to nothing; to be called seldom, by one node. */
  async sweep(): Promise<void> {
    const { steps: { blobs, library }, claims } = this.#options;
    // In this order nothing is swept that has just begun to come.
    const there = await blobs.unfinished();
    const claimed = [...claims.claimed];
    // What this node can't know of now isn't left behind.
    if (!await claims.caughtUp()) return;
    const kept = new Set((await library.unfinished()).map(({ transfer }) => transfer));
    for (const transfer of there.keys()) if (!kept.has(transfer)) await blobs.discard(transfer);
    for (const transfer of claimed) if (!kept.has(transfer)) claims.end(transfer);
  }

  async #take(upload: Upload): Promise<void> {
    const { claims, steps: { blobs, library }, live, receive, finish } = this.#options;
    const { transfer } = upload.record;
    await claims.claim(transfer);
    if (live.get(transfer) !== upload) return;
    upload.record = await library.transfer(transfer) ?? upload.record;
    if (upload.record.state.is !== "unfinished") {
      await finish(upload).catch((error) => {
        if (!(error instanceof ChatError && hopeless.has(error.code))) throw error;
      });
      return;
    }
    await upload.receiving.close();
    await using incoming = await blobs.receive(transfer);
    receive(upload, Math.min(incoming.offset, upload.record.size));
  }

  /** Whoever takes a file out frees its bytes; what is still there the next time was left behind. */
  async #completeRemovals(): Promise<void> {
    const { steps, onTrouble } = this.#options;
    const removing = await steps.library.removing();
    for (const entry of removing) {
      if (!this.#leaving.has(entry.file.file)) continue;
      await completeRemoval(steps, entry).catch(onTrouble);
    }
    this.#leaving = new Set(removing.map(({ file: { file } }) => file));
  }
}

function cutError(): ChatError {
  return new ChatError(
    "unavailable",
    "Cannot take a file now: this node can't reach the others; try again",
    { retryMs: 1000 },
  );
}
