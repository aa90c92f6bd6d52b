/** Takes what was deleted out of the order that several nodes share. */

import { type Clock, pause, type Stop } from "../../../clock.ts";
import type { Order } from "../../order.ts";
import type { WorkQueue } from "../commit_queue.ts";
import { pack } from "../packed.ts";
import type { Port } from "../port.ts";
import type { Erasing, WriterCalls } from "../work.ts";
import { textOf, worksIn } from "./entries.ts";

/** How long the node that deleted something has, until others do it in its place. */
const ownMs = 30_000;
/** Time until what couldn't be done is tried again. */
const retryMs = 1000;

/** What erasing needs. */
export interface EraserOptions {
  readonly order: Order;
  readonly writer: Port<WriterCalls>;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  /** Resolves when everything is here that is in the order now. */
  caughtUp(): Promise<void>;
}

/**
 * Does one entry after the other, and keeps that it was done. Where two nodes do one at once, each
 * looks at what stands there once more, knowing all that was deleted meanwhile.
 */
export class Eraser {
  readonly #options: EraserOptions;
  readonly #positions = new Set<number>();
  #isBusy = false;
  #isClosed = false;
  #idle: (() => void)[] = [];
  #stop: Stop | undefined;
  /** What was open when others' were looked at last. */
  #seen: ReadonlyMap<number, number> = new Map();

  constructor(options: EraserOptions) {
    this.#options = options;
    this.#takeOver();
  }

  /** Something was deleted here: it is done at once. */
  begin(erasing: readonly Erasing[]): void {
    for (const { position } of erasing) this.#positions.add(position);
    if (this.#isBusy || this.#positions.size === 0) return;
    this.#isBusy = true;
    void this.#run();
  }

  /** Something was deleted elsewhere: it is done here if it isn't done there. */
  #takeOver(): void {
    this.#stop ??= this.#options.clock.after(ownMs, async () => {
      this.#stop = undefined;
      const before = this.#seen;
      try {
        const open = await this.#options.writer.ask("erasing", null);
        this.#seen = new Map(open.map(({ position, since }) => [position, since]));
        this.begin(open.filter(({ position, since }) => before.get(position) === since));
      } catch {
        // The store is closed.
        return;
      }
      if (!this.#isClosed) this.#takeOver();
    });
  }

  /** Resolves when nothing is left that this node has to do. */
  async settled(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Does nothing more. */
  close(): void {
    this.#isClosed = true;
    this.#stop?.();
    this.#stop = undefined;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed && this.#positions.size > 0) {
      const [position] = this.#positions;
      // What is deleted from now on begins it once more.
      this.#positions.delete(position);
      try {
        const since = await this.#erase(position);
        await this.#options.queue.add({ do: "erased", position, since });
      } catch {
        // NATS is away, or the store is, or this one entry can't be read: the others go first.
        this.#positions.add(position);
        await pause(this.#options.clock, retryMs);
      }
    }
    this.#isBusy = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Takes out of an entry what was deleted up to the entry that it resolves with. */
  async #erase(position: number): Promise<number> {
    const { order, writer, caughtUp } = this.#options;
    for (;;) {
      await caughtUp();
      const entry = await order.entry(position);
      if (entry === undefined) throw new Error(`Entry ${position} isn't there`);
      // It would be opened again.
      if (this.#isClosed) throw new Error("The store is closed");
      const { works, since } = await writer.ask("blank", { position, works: worksIn(entry) });
      const text = textOf(works.map(pack));
      await order.replace({ position, text });
      // Done when it stands so still, with all that is known by now.
      if (text === entry.text) return since;
    }
  }
}
