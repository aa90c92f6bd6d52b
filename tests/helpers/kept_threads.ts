/**
 * Stores at a third of their cost: the threads of one that was closed are lent to the next one. Each
 * store has a folder of its own, and modules that were made for it; what is saved is to start three
 * threads, and to load what those modules import.
 */

import type { Loan } from "./kept_thread.ts";

/** A thread, and how often it was lent. */
interface Kept {
  readonly thread: Worker;
  loans: number;
}

/**
 * Has the workers of a test file run in threads that are kept until it ends. Whoever ends one has
 * had the answers to all that it was asked. It isn't for tests of threads that die.
 */
export function keepThreads(): void {
  const RealWorker = globalThis.Worker;
  const host = new URL("./kept_thread.ts", import.meta.url);
  const idle = new Map<string, Kept[]>();

  class KeptWorker {
    onmessage: ((event: MessageEvent) => void) | null = null;
    onerror: ((event: ErrorEvent) => void) | null = null;
    readonly #idle: Kept[];
    readonly #kept: Kept;
    /** What is said before the module is there. */
    #early: [message: unknown, transfer: Transferable[]][] | undefined = [];
    #hasFailed = false;

    constructor({ href }: URL) {
      this.#idle = idle.get(href) ?? [];
      idle.set(href, this.#idle);
      this.#kept = this.#idle.pop() ??
        { thread: new RealWorker(host, { type: "module" }), loans: 0 };
      const { thread } = this.#kept;
      thread.onmessage = () => this.#begin();
      thread.onerror = (event) => {
        this.#hasFailed = true;
        this.onerror?.(event);
      };
      thread.postMessage({ url: `${href}?loan=${++this.#kept.loans}` } satisfies Loan);
    }

    postMessage(message: unknown, transfer: Transferable[]): void {
      if (this.#early) this.#early.push([message, transfer]);
      else this.#kept.thread.postMessage(message, transfer);
    }

    terminate(): void {
      const { thread } = this.#kept;
      thread.onmessage = thread.onerror = null;
      if (this.#hasFailed || this.#early) thread.terminate();
      else this.#idle.push(this.#kept);
    }

    #begin(): void {
      const { thread } = this.#kept;
      thread.onmessage = (event) => this.onmessage?.(event);
      for (const early of this.#early ?? []) thread.postMessage(...early);
      this.#early = undefined;
    }
  }

  Object.assign(globalThis, { Worker: KeptWorker });
  Deno.test.afterAll(() => {
    Object.assign(globalThis, { Worker: RealWorker });
    for (const { thread } of [...idle.values()].flat()) thread.terminate();
  });
}
