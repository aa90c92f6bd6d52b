/** Waiting for what stands nowhere on a page. */

import { deadline } from "@std/async/deadline";
import type { Page } from "playwright-core";

/** Much, since tests run beside others, and a client may wait half a minute until it tries again. */
const waitMs = 45_000;

/**
 * Resolves when an expression holds in the page, whose policy lets nothing evaluate it there.
 *
 * @throws {Error} where it doesn't for long.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const held = page.evaluate(`new Promise((resolve) => {
    const look = () => (${expression}) ? resolve() : setTimeout(look, 20);
    look();
  })`);
  try {
    await deadline(held, waitMs);
  } catch (error) {
    throw new Error(`It didn't come to hold: ${expression}`, { cause: error });
  }
}
