/** How the page looks, as it was chosen: attributes of the page that its sheets go by. */

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Settings } from "./settings.ts";

/** What the system asks for. */
export interface SystemLook {
  /** `(prefers-contrast: more)` */
  readonly isHighContrast: boolean;
  /** `(prefers-reduced-motion: reduce)` */
  readonly isLessMotion: boolean;
}

/**
 * The attributes, by their names behind `data-`: what the sheets have to know. The theme stays
 * `system` where it is, since colours go by `color-scheme`; the rest is what comes of both.
 */
function lookOf(
  { theme, contrast, accent, text, density, motion }: Settings,
  { isHighContrast, isLessMotion }: SystemLook,
): Readonly<Record<string, string>> {
  return {
    ...{ theme, accent, text, density },
    contrast: isHighContrast ? "high" : contrast,
    motion: isLessMotion ? "less" : motion,
  };
}

/** Puts the look onto the page now, and again when a choice or the system changes. */
export function wearLook(settings: ReadonlySignal<Settings>): void {
  const isHighContrast = asked("(prefers-contrast: more)");
  const isLessMotion = asked("(prefers-reduced-motion: reduce)");
  effect(() => {
    const { documentElement: root } = document;
    const system = { isHighContrast: isHighContrast.value, isLessMotion: isLessMotion.value };
    Object.assign(root.dataset, lookOf(settings.value, system));
  });
}

function asked(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const now = signal(list.matches);
  list.addEventListener("change", () => now.value = list.matches);
  return now;
}
