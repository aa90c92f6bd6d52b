/** Waiting for what stands nowhere on a page. */

import { deadline } from "@std/async/deadline";
import type { Page } from "playwright-core";
import { barrierMs } from "./patience.ts";

/**
 * Resolves when an expression, or what it promises, holds in the page, whose policy lets nothing
 * evaluate it there.
 *
 * @throws {Error} where it doesn't for long.
 */
export async function until(page: Page, expression: string): Promise<void> {
  const held = page.evaluate(`(async () => {
    while (!await (${expression})) await new Promise((later) => setTimeout(later, 20));
  })()`);
  try {
    await deadline(held, barrierMs);
  } catch (error) {
    throw new Error(`It didn't come to hold: ${expression}`, { cause: error });
  }
}
