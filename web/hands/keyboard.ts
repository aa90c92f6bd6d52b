/** Keeps what one writes, and the newest message, above a keyboard on the screen. */

import type { Stop } from "../../lib/clock.ts";

/** What is used of a browser's `visualViewport`. */
export type Sight = Pick<
  VisualViewport,
  "height" | "scale" | "addEventListener" | "removeEventListener"
>;

/** A keyboard takes more than this; the bars of a browser take less. */
const keyboardPx = 100;

/**
 * Some browsers lay a keyboard over the page and only tell how much of it is still to be seen: the
 * page is made as high as that. Others make the page smaller by themselves.
 */
export function minKeyboard(sight: Sight, page: HTMLElement, height: () => number): Stop {
  const fit = () => {
    const isCovered = height() - sight.height > keyboardPx;
    // Whoever looks closer with two fingers sees less as well.
    if (!isCovered || sight.scale > 1) return void page.style.removeProperty("--sight-height");
    page.style.setProperty("--sight-height", `${sight.height}px`);
    // The browser has pushed the page up to show the field, which now is in sight anyway.
    scrollTo(0, 0);
  };
  sight.addEventListener("resize", fit);
  sight.addEventListener("scroll", fit);
  return () => {
    sight.removeEventListener("resize", fit);
    sight.removeEventListener("scroll", fit);
    page.style.removeProperty("--sight-height");
  };
}
