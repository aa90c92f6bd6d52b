/** The main thread's side of a worker. */

import type { Clock } from "../../clock.ts";
import { type Answered, type Asked, type Calls, errorOf } from "./calls.ts";
import { Caller, type Door } from "./doorbell.ts";
import { pack, type Packed, unpack } from "./packed.ts";

/**
 * Asked of a worker at once. Answers that are there are all taken in one turn of the event loop, and
 * large ones take a millisecond: whoever says something meanwhile isn't to wait for hundreds.
 */
export const askedMax = 8;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** What asking needs of a worker. */
export interface AskedWorker {
  onmessage: ((message: MessageEvent<Packed<Answered>>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(door: Door, transfer: Transferable[]): void;
  terminate(): void;
}

/** Asks one worker; owns it until {@linkcode Port.end}. */
export class Port<C extends Calls> {
  /** Resolves, at most once, when the worker has died by itself. */
  readonly failed: Promise<Error>;
  readonly #worker: AskedWorker;
  readonly #caller: Caller;
  readonly #clock: Pick<Clock, "soon">;
  /** In the order of what was asked, which is the order of the answers. */
  #waiting: Waiting[] = [];
  /** What the worker hasn't been asked yet. */
  #unasked: Packed<Asked<Calls>>[] = [];
  /** Answers taken in this turn. */
  #taken = 0;
  readonly #fail: (error: Error) => void;
  #error: Error | undefined;

  constructor(worker: AskedWorker, name: string, clock: Pick<Clock, "soon">) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
    this.#worker = worker;
    this.#caller = new Caller(worker);
    this.#clock = clock;
    worker.onmessage = (message) => this.#take(message.data);
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
    this.#caller.end();
    this.#worker.terminate();
    this.#refuse(new Error("The storage is closed"));
  }

  #send<K extends keyof C>(asked: Packed<Asked<Calls>>): Promise<C[K]["answer"]> {
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const { promise, resolve, reject } = Promise.withResolvers<C[K]["answer"]>();
    this.#waiting.push({ resolve, reject });
    this.#unasked.push(asked);
    this.#askMore();
    return promise;
  }

  #askMore(): void {
    const underWay = this.#waiting.length - this.#unasked.length;
    const room = askedMax - underWay - this.#taken;
    for (const asked of this.#unasked.splice(0, room)) this.#caller.call(asked);
  }

  #take(packed: Packed<Answered>): void {
    const { answer, trouble } = unpack(packed);
    const waiting = this.#waiting.shift();
    if (++this.#taken === 1) this.#clock.soon(this.#onTurn);
    if (trouble === undefined) waiting?.resolve(answer);
    else waiting?.reject(errorOf(trouble));
  }

  readonly #onTurn = (): void => {
    this.#taken = 0;
    this.#askMore();
  };

  #end(error: Error): void {
    this.#refuse(error);
    this.#fail(error);
  }

  #refuse(error: Error): void {
    this.#error ??= error;
    this.#unasked = [];
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
