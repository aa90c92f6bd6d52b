/** Waiting for what stands nowhere on a page. */

import type { Page } from "playwright-core";

/** Resolves when an expression holds in the page, whose policy lets nothing evaluate it there. */
export async function until(page: Page, expression: string): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const look = () => (${expression}) ? resolve() : setTimeout(look, 20);
    look();
  })`);
}
