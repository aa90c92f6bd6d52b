/** How long to wait before trying again. */

import type { RefusalCode } from "../errors.ts";

/** The first attempt waits at most this long. */
const backoffMsFirst = 500;
/** No attempt waits longer, but for what the server asked for itself. */
export const backoffMsMax = 30_000;
/** What a server asks for is believed up to here. */
export const retryMsMax = 10 * 60_000;

/**
 * Full jitter: anything from nothing to a ceiling that doubles with each attempt (from 1 up), so
 * that a thousand clients of a restarted server don't all come back at once.
 */
export function backoffMs(attempt: number, random: number): number {
  const ceiling = Math.min(backoffMsMax, backoffMsFirst * 2 ** Math.min(attempt - 1, 10));
  return Math.floor(ceiling * random);
}

/** The same on top of what a refusal asked for. */
export function retryAfterMs(retryMs: number | undefined, attempt: number, random: number): number {
  return Math.min(Math.max(retryMs ?? 0, 0), retryMsMax) + backoffMs(attempt, random);
}

const passes: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "closing",
  "flooding",
  "idle",
  "server_full",
  "slow_down",
  "too_slow",
  "unavailable",
]);

/** Whether a refusal is about the moment and not about what was asked, so that waiting helps. */
export function passesWithTime(code: RefusalCode): boolean {
  return passes.has(code);
}

/** Whether what ended a connection is about where it went, so that it may be well elsewhere. */
export function isPlaceAway(error: { readonly code: RefusalCode } | undefined): boolean {
  const { code = "unavailable" } = error ?? {};
  return code === "unavailable" || code === "closing" || code === "server_full";
}
