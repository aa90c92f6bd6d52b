/** What a finger pulls across: the panels at both sides, and a message that is to be answered. */

import type { Swipe } from "./swipe.ts";
import { isPulled } from "./swipe.ts";

/** Something under a finger. */
export interface Pull {
  /** The finger has moved. */
  move(swipe: Swipe): void;
  /** The finger is gone; `isLost`: the browser does something else with it. */
  end(swipe: Swipe, isLost: boolean): void;
}

/** A panel at a side of the page. */
export interface Panel {
  /** It, once it is there. */
  element(): HTMLElement | null;
  /** Which way it goes to be open. */
  readonly opens: 1 | -1;
  setOpen(isOpen: boolean): void;
  /** Whether things are to be there at once. */
  isCalm(): boolean;
}

const slideMs = 140;

/** Pulls a panel open or shut: it follows the finger, then goes on by itself. */
export function panelPull(panel: Panel, isOpening: boolean): Pull {
  const way = isOpening ? panel.opens : panel.opens === 1 ? -1 : 1;
  if (isOpening) panel.setOpen(true);
  /** Pixels by which it is outside, towards its side. */
  const outside = (swipe: Swipe, width: number): number => {
    const pulled = Math.max(0, swipe.dx * way);
    return Math.min(width, isOpening ? width - pulled : pulled);
  };
  const at = (px: number) => `translateX(${-panel.opens * px}px)`;
  return {
    move(swipe) {
      const element = panel.element();
      if (!element || panel.isCalm()) return;
      element.style.transition = "none";
      element.style.transform = at(outside(swipe, element.offsetWidth));
    },
    end(swipe, isLost) {
      const element = panel.element();
      const width = element?.offsetWidth ?? 1;
      const isThere = !isLost && isPulled(swipe, way, width);
      const isOpen = isOpening === isThere;
      const finish = () => {
        if (!isOpen) panel.setOpen(false);
        element?.style.removeProperty("transform");
        element?.style.removeProperty("transition");
      };
      if (!element || panel.isCalm()) return finish();
      const frames = [outside(swipe, width), isOpen ? 0 : width].map((px) => ({
        transform: at(px),
      }));
      const sliding = element.animate(frames, { duration: slideMs, easing: "ease-out" });
      // What is pressed meanwhile isn't undone when the panel arrives.
      const arrive = () => sliding.finish();
      addEventListener("pointerdown", arrive, { once: true, capture: true });
      const arrived = () => {
        removeEventListener("pointerdown", arrive, { capture: true });
        finish();
      };
      // Where it was taken away meanwhile there is nothing that arrives.
      sliding.finished.then(arrived, arrived);
    },
  };
}

/** How far a message is pulled until it is answered, and at most. */
const answerPx = 56;
const answerMaxPx = 80;

/** What pulling a message shows and does. */
export interface Answering {
  readonly element: HTMLElement;
  /** How near it is to being answered, from 0 to 1; `undefined`: it is let go. */
  show(part: number | undefined): void;
  answer(): void;
  isCalm(): boolean;
}

/** Pulls a message to the right, to answer it. */
export function answerPull({ element, show, answer, isCalm }: Answering): Pull {
  const pulled = ({ dx }: Swipe) => Math.min(answerMaxPx, Math.max(0, dx));
  return {
    move(swipe) {
      const px = pulled(swipe);
      if (!isCalm()) element.style.transform = `translateX(${px}px)`;
      show(Math.min(1, px / answerPx));
    },
    end(swipe, isLost) {
      const from = element.style.transform;
      element.style.removeProperty("transform");
      show(undefined);
      if (from !== "") {
        element.animate([{ transform: from }, { transform: "none" }], {
          duration: slideMs,
          easing: "ease-out",
        });
      }
      if (!isLost && pulled(swipe) >= answerPx) answer();
    },
  };
}
