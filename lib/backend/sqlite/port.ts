/** The main thread's side of a worker. */

import { type Answered, type Asked, type Calls, errorOf } from "./calls.ts";
import { pack, type Packed, unpack } from "./packed.ts";

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** Asks one worker; owns it until {@linkcode Port.end}. */
export class Port<C extends Calls> {
  /** Resolves, at most once, when the worker has died by itself. */
  readonly failed: Promise<Error>;
  readonly #worker: Worker;
  /** In the order of what was asked, which is the order of the answers. */
  #waiting: Waiting[] = [];
  readonly #fail: (error: Error) => void;
  #error: Error | undefined;

  constructor(worker: Worker, name: string) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
    this.#worker = worker;
    worker.onmessage = (message: MessageEvent<Packed<Answered>>) => this.#take(message.data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(new Error(`The storage's ${name} has died: ${event.message}`));
    };
  }

  /**
   * Asks, and resolves with the answer.
   *
   * @throws what the worker threw; an `Error` when it has died.
   */
  ask<K extends keyof C & string>(name: K, ask: C[K]["ask"]): Promise<C[K]["answer"]> {
    const asked: Asked<Calls> = { name, ask };
    return this.#send(pack(asked));
  }

  /** The same with what is packed already. */
  askPacked<K extends keyof C & string>(
    name: K,
    ask: Packed<C[K]["ask"]>,
  ): Promise<C[K]["answer"]> {
    return this.#send(`{"name":${pack(name)},"ask":${ask}}` as Packed<Asked<Calls>>);
  }

  /** Ends the worker; what is still waiting is rejected. */
  end(): void {
    this.#worker.terminate();
    this.#refuse(new Error("The storage is closed"));
  }

  #send<K extends keyof C>(asked: Packed<Asked<Calls>>): Promise<C[K]["answer"]> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const { promise, resolve, reject } = Promise.withResolvers<C[K]["answer"]>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(asked);
    return promise;
  }

  #take(packed: Packed<Answered>): void {
    const { answer, trouble } = unpack(packed);
    const waiting = this.#waiting.shift();
    if (trouble === undefined) waiting?.resolve(answer);
    else waiting?.reject(errorOf(trouble));
  }

  #end(error: Error): void {
    this.#refuse(error);
    this.#fail(error);
  }

  #refuse(error: Error): void {
    this.#error ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
