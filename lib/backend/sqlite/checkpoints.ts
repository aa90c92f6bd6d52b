/**
 * When what is in the file beside the database is copied into it: when it has grown, and at once
 * when something was deleted, so that the text is gone from the disk.
 */

import type { Clock, Stop } from "../../clock.ts";

/** Bytes beside the database that are worth copying. */
export const walBytesMax = 16 * 1024 * 1024;
/** Commits until the next copying, at least: a file that has kept its size says little. */
const commitsMin = 100;
/** Bytes that the writer itself copies without making commits wait for long. */
const walBytesQuick = 1024 * 1024;
/** Time until what a reader has blocked is tried again. */
const retryMs = 100;

/** The two threads that can copy. */
export interface Copiers {
  /** Copies what it can without making anybody wait. */
  aside(): Promise<unknown>;
  /** Copies the rest between two commits; the file's size, `null` where a reader blocked it. */
  finish(how: "PASSIVE" | "TRUNCATE"): Promise<number | null>;
}

/**
 * Runs one copying at a time.
 *
 * The file keeps its size when it is written from its start again (cutting it would hold up a commit
 * for tens of milliseconds), so how much is in it shows only while it grows. After that, as many
 * commits as have filled it once are taken to fill it again.
 */
export class Checkpoints {
  readonly #copiers: Copiers;
  readonly #clock: Pick<Clock, "after">;
  #wal = 0;
  /** The file's size when all of it was copied last. */
  #walCopied = 0;
  /** Commits since then, and how many fill the file. */
  #commits = 0;
  #commitsMax = commitsMin;
  #erasing = false;
  /** Whether the copying under way is for something that was deleted. */
  #erasingNow = false;
  #running = false;
  #closed = false;
  #retry: Stop | undefined;
  #erased: (() => void)[] = [];

  constructor(copiers: Copiers, clock: Pick<Clock, "after">) {
    this.#copiers = copiers;
    this.#clock = clock;
  }

  /** Takes note of a commit. */
  onCommit({ wal, erased }: { readonly wal: number; readonly erased: boolean }): void {
    this.#wal = wal;
    this.#commits++;
    if (erased) this.#erasing = true;
    this.#begin();
  }

  /** Resolves when nothing that was deleted is left in the file beside the database. */
  async erased(): Promise<void> {
    if (this.#erasing || this.#erasingNow) {
      await new Promise<void>((resolve) => this.#erased.push(resolve));
    }
  }

  /** Begins nothing more. */
  close(): void {
    this.#closed = true;
    this.#retry?.();
    this.#done();
  }

  #begin(): void {
    if (this.#running || this.#closed || this.#retry !== undefined) return;
    if (!this.#erasing && !this.#isFull()) return;
    this.#running = true;
    void this.#run();
  }

  #isFull(): boolean {
    if (this.#wal < walBytesMax) return false;
    return this.#wal > this.#walCopied || this.#commits >= this.#commitsMax;
  }

  async #run(): Promise<void> {
    const erasing = this.#erasing;
    // What is deleted from here on needs another turn.
    this.#erasing = false;
    this.#erasingNow = erasing;
    const complete = await this.#copy(erasing);
    this.#erasingNow = false;
    this.#running = false;
    if (complete) {
      if (!this.#erasing) this.#done();
      this.#begin();
      return;
    }
    this.#erasing ||= erasing;
    if (this.#closed) return;
    this.#retry = this.#clock.after(retryMs, () => {
      this.#retry = undefined;
      this.#begin();
    });
  }

  /** A failure (of a full disk, of a thread that has died) shows where something is stored next. */
  async #copy(erasing: boolean): Promise<boolean> {
    const commits = this.#commits;
    const grown = this.#wal > this.#walCopied;
    try {
      if (this.#wal > walBytesQuick) await this.#copiers.aside();
      const wal = await this.#copiers.finish(erasing ? "TRUNCATE" : "PASSIVE");
      if (wal === null) return false;
      // It may have grown since the last commit that told its size.
      this.#wal = this.#walCopied = wal;
      if (grown && !erasing) this.#commitsMax = Math.max(commitsMin, commits);
      this.#commits = 0;
      return true;
    } catch {
      return false;
    }
  }

  #done(): void {
    for (const resolve of this.#erased.splice(0)) resolve();
  }
}
