/** Work that takes a processor for a while: some of it at once, the rest waits its turn. */

import { ChatError } from "../errors.ts";

/** Whose work it is. */
export interface Whose {
  /** No two with one name run at once. */
  readonly name: string;
  /** Addresses take turns: one that asks for much waits behind itself. */
  readonly address: string;
}

interface Waiting extends Whose {
  /** Never rejects. */
  run(): Promise<void>;
  /** It won't be run. */
  refuse(): void;
}

/** The turns. */
export class Turns {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  #waiting: Waiting[] = [];
  readonly #running = new Set<string>();
  /** When an address had its last turn, counted in turns, while any wait; the latest is last. */
  readonly #lastTurns = new Map<string, number>();
  #turn = 0;

  constructor(atOnce: number, waitingMax: number) {
    this.#atOnce = atOnce;
    this.#waitingMax = waitingMax;
  }

  /** Of how many addresses is known that they had a turn. */
  get size(): number {
    return this.#lastTurns.size;
  }

  /**
   * Does `work` when its turn comes, and resolves what it resolves. Where more wait than may, the
   * last one goes of the address of which the most wait.
   *
   * @throws {ChatError} `slow_down` to whoever goes, as a rejection; what `work` throws
   */
  take<T>(whose: Whose, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const run = () => work().then(resolve, reject);
    this.#waiting.push({ ...whose, run, refuse: () => reject(tooMany()) });
    this.#next();
    if (this.#waiting.length > this.#waitingMax) this.#dropOne();
    return promise;
  }

  #dropOne(): void {
    const counts = new Map<string, number>();
    for (const { address } of this.#waiting) counts.set(address, (counts.get(address) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const last = this.#waiting.findLast(({ address }) => counts.get(address) === most);
    this.#waiting = this.#waiting.filter((one) => one !== last);
    last?.refuse();
  }

  #next(): void {
    while (this.#running.size < this.#atOnce) {
      const next = this.#waiting
        .filter(({ name }) => !this.#running.has(name))
        .reduce<Waiting | undefined>((first, one) => {
          return first && this.#lastTurn(first) <= this.#lastTurn(one) ? first : one;
        }, undefined);
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      this.#tookTurn(next);
      this.#running.add(next.name);
      void next.run().then(() => {
        this.#running.delete(next.name);
        // Nobody has to be waited for behind whom nobody waits.
        if (this.#waiting.length === 0) this.#lastTurns.clear();
        this.#next();
      });
    }
  }

  #tookTurn({ address }: Whose): void {
    this.#lastTurns.delete(address);
    this.#lastTurns.set(address, ++this.#turn);
    if (this.size <= this.#waitingMax) return;
    // The one whose turn was longest ago is as good as new.
    for (const oldest of this.#lastTurns.keys()) return void this.#lastTurns.delete(oldest);
  }

  #lastTurn({ address }: Whose): number {
    return this.#lastTurns.get(address) ?? 0;
  }
}

function tooMany(): ChatError {
  return new ChatError("slow_down", "Too many ask for that at once: try again in some seconds", {
    retryMs: 3000,
  });
}
