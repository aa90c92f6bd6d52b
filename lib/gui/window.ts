/** Shows a page with the first program that can. */

import type { Opening } from "./browsers.ts";

/** How a program ended; `undefined` where it isn't installed. */
export type Ending = { readonly code: number; readonly signalled: boolean } | undefined;

/** What is on this machine to show a page with. */
export interface Screen {
  /** Whether there is one: a machine that one reaches over a network may have none. */
  readonly isThere: boolean;
  /** Runs a program, and resolves when it has ended. */
  run(opening: Opening): Promise<Ending>;
}

/**
 * Tries one after the other, and resolves when the window is closed: whether there was one. A
 * browser that is open already, and the usual one, take the page over and end at once.
 */
export async function show(openings: readonly Opening[], screen: Screen): Promise<boolean> {
  if (!screen.isThere) return false;
  for (const opening of openings) {
    const ending = await screen.run(opening);
    if (ending === undefined) continue;
    // Windows' own opener says 1 whatever comes of it.
    const { command } = opening;
    if (ending.code === 0 || ending.signalled || command === "explorer") return true;
  }
  return false;
}
