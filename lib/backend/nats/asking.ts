/** Asking NATS for as long as somebody may wait, and what it refuses. */

import {
  JetStreamApiError,
  type JetStreamClient,
  JetStreamError,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { type Clock, pause } from "../../clock.ts";
import { ChatError } from "../../errors.ts";
import { fullError } from "../disk_full.ts";
import { mayPass } from "./dial.ts";
import type { FileLayout } from "./file_layout.ts";

/** What everything needs that keeps files in NATS. */
export interface FileStreams {
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly layout: FileLayout;
  readonly clock: Clock;
}

/** What NATS has answered. */
export interface Answered<T> {
  readonly value: T;
  /** Whether it was asked once: else it may have done the same before, or do it still. */
  readonly isFirst: boolean;
}

/** How long whoever waits isn't told to come again: mostly another server leads by then. */
const patienceMs = 10_000;
const retryMs = 250;
/** What NATS calls it where there is no room: for this user of it, or on its servers. */
const full: readonly number[] = [10002, 10023, 10028, 10047];
/** That the stream couldn't take something; why is in the message. */
const notStored = 10077;

const unheard = [
  JetStreamError,
  errors.TimeoutError,
  errors.RequestError,
  errors.NoRespondersError,
  errors.ConnectionError,
] as const;

/**
 * Asks until there is an answer. What is asked has to be the same when it is done twice.
 *
 * @throws {ChatError} `unavailable`, `disk_full`; anything else as it came
 */
export async function insist<T>(ask: () => Promise<T>, clock: Clock): Promise<Answered<T>> {
  const end = clock.now() + patienceMs;
  for (let isFirst = true;; isFirst = false) {
    try {
      return { value: await ask(), isFirst };
    } catch (error) {
      if (isFull(error)) throw fullError();
      if (!isUnheard(error)) throw error;
      if (clock.now() > end) throw away(error);
      await pause(clock, retryMs);
    }
  }
}

/** Does something with each of many, of which so many are under way at once. */
export async function eachOf<T>(
  all: readonly T[],
  most: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  while (waiting.length > 0) await Promise.all(waiting.splice(0, most).map(act));
}

/** Whether NATS has no room. */
export function isFull(error: unknown): error is JetStreamApiError {
  if (!(error instanceof JetStreamApiError)) return false;
  return full.includes(error.code) ||
    (error.code === notStored && /maximum bytes|no space/.test(error.message));
}

/** Whether nobody has answered, or nobody could. */
function isUnheard(error: unknown): boolean {
  // A server that is about to end has closed its stream.
  if (error instanceof JetStreamApiError) return mayPass(error) || error.code === notStored;
  // Where JetStream isn't there, just now, the error that says so has that as its cause.
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.some((cause) => unheard.some((kind) => cause instanceof kind));
}

function away(cause: unknown): ChatError {
  const error = new ChatError(
    "unavailable",
    "Cannot do that now: where the files are kept doesn't answer; try again",
    { retryMs: 1000 },
  );
  error.cause = cause;
  return error;
}
