/** What the threads ask each other, and the side that answers. */

import { ChatError, type RefusalCode } from "../../errors.ts";
import { answerDoor, type Door } from "./doorbell.ts";
import { pack, type Packed, unpack } from "./packed.ts";

/** What a worker can be asked: by name, what goes there and what comes back. */
export type Calls = Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>;

/** A call on its way. */
export type Asked<C extends Calls> = {
  [K in keyof C]: { readonly name: K; readonly ask: C[K]["ask"] };
}[keyof C];

/** A refusal or a failure, as it crosses threads. */
export interface Trouble {
  /** Missing where it is no refusal but a failure. */
  readonly code?: RefusalCode;
  readonly message: string;
}

/** What came of a call. */
export interface Answered {
  readonly answer?: unknown;
  readonly trouble?: Trouble;
}

/** A function for each call. */
export type Handlers<C extends Calls> = {
  readonly [K in keyof C]: (ask: C[K]["ask"]) => C[K]["answer"];
};

/** The part of a worker's global scope that answering needs. */
interface Scope {
  onmessage: ((message: { readonly data: Door }) => void) | null;
  postMessage(packed: Packed<Answered>): void;
}

/**
 * Answers every call with its handler, one after the other; an error goes to whoever asked. `rest`
 * runs after each, and says in how many milliseconds it is to run again where nobody calls.
 */
export function answerCalls<C extends Calls>(
  handlers: Handlers<C>,
  rest: () => number = () => Infinity,
): void {
  // The types of pages and workers can't be loaded together; at run time this is a worker.
  const scope: Scope = globalThis as unknown as Scope;
  scope.onmessage = ({ data: door }) => {
    answerDoor(door, (called) => {
      const { name, ask } = unpack(called as Packed<Asked<C>>);
      scope.postMessage(pack(answered(() => handlers[name](ask))));
    }, rest);
  };
}

function answered(run: () => unknown): Answered {
  try {
    return { answer: run() };
  } catch (error) {
    return { trouble: troubleOf(error) };
  }
}

/** An error as it can cross threads. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ChatError) return { code: error.code, message: error.message };
  return { message: error instanceof Error ? error.message : String(error) };
}

/** The error that crossed: a {@linkcode ChatError} again where it was one. */
export function errorOf(trouble: Trouble): Error {
  return trouble.code === undefined
    ? new Error(trouble.message)
    : new ChatError(trouble.code, trouble.message);
}
