/** One finger on the page: it pulls something across, or rests on it. By pointer events. */

import type { Stop } from "../../lib/clock.ts";
import type { Pull } from "./pulls.ts";
import { Swipe } from "./swipe.ts";

/** What fingers do on a page. */
export interface TouchOptions {
  /** What a finger that began there and goes across pulls; `undefined`: nothing. */
  pull(target: Element, swipe: Swipe): Pull | undefined;
  /** What resting on something does; `undefined`: nothing of ours. */
  hold(target: Element): (() => void) | undefined;
}

/** A finger that rests so long means to; browsers think so a little later. */
const holdMs = 450;

/** Takes note of fingers, one at a time; two of them are the browser's. */
export function watchTouch({ pull, hold }: TouchOptions): Stop {
  let finger: Finger | undefined;
  /** A finger that was held presses nothing when it goes away. */
  let isSpent = false;

  const letGo = (isLost: boolean) => {
    if (!finger) return;
    clearTimeout(finger.timer);
    finger.pull?.end(finger.swipe, isLost);
    finger = undefined;
  };
  const taken = {
    pointerdown(event: PointerEvent) {
      const { target, pointerType, isPrimary } = event;
      isSpent = false;
      letGo(true);
      if (pointerType !== "touch" || !isPrimary || !(target instanceof Element)) return;
      const holding = hold(target);
      const timer = holding && setTimeout(() => {
        if (finger?.swipe.way !== "none") return;
        isSpent = true;
        finger = undefined;
        holding();
      }, holdMs);
      finger = { id: event.pointerId, target, swipe: new Swipe(pointOf(event)), timer };
    },
    pointermove(event: PointerEvent) {
      if (finger?.id !== event.pointerId) return;
      const { swipe } = finger;
      const before = swipe.way;
      swipe.take(pointOf(event));
      if (swipe.way === "none") return;
      clearTimeout(finger.timer);
      if (before === "none" && swipe.way === "across") {
        finger.pull = pull(finger.target, swipe);
        isSpent = finger.pull !== undefined;
      }
      if (swipe.way === "along" || !finger.pull) finger = undefined;
      else finger.pull.move(swipe);
    },
    pointerup: (event: PointerEvent) => finger?.id === event.pointerId && letGo(false),
    pointercancel: (event: PointerEvent) => finger?.id === event.pointerId && letGo(true),
    click(event: MouseEvent) {
      if (!isSpent) return;
      isSpent = false;
      event.preventDefault();
      event.stopPropagation();
    },
    contextmenu(event: MouseEvent) {
      if (isSpent || finger?.timer !== undefined) event.preventDefault();
    },
  } as const;
  const stop = new AbortController();
  const options = { signal: stop.signal, capture: true };
  addEventListener("pointerdown", taken.pointerdown, options);
  addEventListener("pointermove", taken.pointermove, options);
  addEventListener("pointerup", taken.pointerup, options);
  addEventListener("pointercancel", taken.pointercancel, options);
  addEventListener("click", taken.click, options);
  addEventListener("contextmenu", taken.contextmenu, options);
  return () => {
    stop.abort();
    letGo(true);
  };
}

interface Finger {
  readonly id: number;
  readonly target: Element;
  readonly swipe: Swipe;
  readonly timer: ReturnType<typeof setTimeout> | undefined;
  pull?: Pull | undefined;
}

function pointOf({ clientX: x, clientY: y, timeStamp: at }: PointerEvent) {
  return { x, y, at };
}
