/**
 * How a worker that does nothing but answer is called: it sleeps on a doorbell in shared memory and
 * takes what lies before its door. On one busy core its event loop cost more than a short call did.
 */

import { type MessagePort as NodePort, receiveMessageOnPort } from "node:worker_threads";

/** Places in {@linkcode Door.bell}: how often it was rung, and whether nobody will come any more. */
const rung = 0;
const ended = 1;

/** What a worker is handed at its start. */
export interface Door {
  readonly bell: Int32Array<SharedArrayBuffer>;
  /** Where calls lie until they are taken. */
  readonly calls: MessagePort;
}

/** The side that rings. */
export class Caller {
  readonly #bell = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #calls: MessagePort;

  /** Hands the other side to a worker, which is to {@linkcode answerDoor}. */
  constructor(worker: { postMessage(door: Door, transfer: Transferable[]): void }) {
    const { port1, port2 } = new MessageChannel();
    this.#calls = port1;
    worker.postMessage({ bell: this.#bell, calls: port2 }, [port2]);
  }

  /** Calls, behind all earlier calls. */
  call(message: string): void {
    this.#calls.postMessage(message);
    Atomics.add(this.#bell, rung, 1);
    Atomics.notify(this.#bell, rung);
  }

  /** Lets the worker go back to its event loop; calls that it hasn't taken are lost. */
  end(): void {
    Atomics.store(this.#bell, ended, 1);
    Atomics.add(this.#bell, rung, 1);
    Atomics.notify(this.#bell, rung);
    this.#calls.close();
  }
}

/**
 * Takes every call until there will be no more; blocks the thread. `rest` runs after each, and when
 * the thread has slept for as many milliseconds as `rest` said.
 */
export function answerDoor(door: Door, take: (call: string) => void, rest: () => number): void {
  const { bell, calls } = door;
  while (Atomics.load(bell, ended) === 0) {
    // Whoever rings from here on is heard below.
    const heard = Atomics.load(bell, rung);
    const call = callAt(door);
    if (call !== undefined) take(call);
    const restMs = rest();
    if (call === undefined) Atomics.wait(bell, rung, heard, restMs);
  }
  calls.close();
}

/** Takes the oldest call, if there is one. */
export function callAt({ calls }: Door): string | undefined {
  // The types know two kinds of ports; at run time there is one.
  return receiveMessageOnPort(calls as unknown as NodePort)?.message;
}
