/** What the page needs of the window that it is in. */

import type { Stop } from "../lib/clock.ts";
import { agentOf } from "./agent.ts";

/** What is asked for in the browser's dialog. */
export interface Choosing {
  readonly several: boolean;
  /** Where there is a camera, it is opened; elsewhere, a dialog for pictures. */
  readonly from?: "camera";
}

/** A window, as the page sees it. */
export interface Browser {
  /** The address from its `#` on. */
  hash(): string;
  setHash(hash: string): void;
  onHash(changed: () => void): Stop;
  /** Whether somebody may be looking. */
  isSeen(): boolean;
  onSeen(changed: () => void): Stop;
  setTitle(title: string): void;
  /** What it is called among its user's devices. */
  readonly agent: string;
  /** Calls `draw` when it is about to draw, or soon where nobody looks. */
  nextFrame(draw: () => void): void;
  /** Lets its user choose files; resolves none where they don't. Only while they do something. */
  choose(options: Choosing): Promise<readonly File[]>;
  /** Fetches something by itself and saves it under a name. */
  save(address: string, name: string): void;
}

/** Hidden pages don't draw, but their title counts on. */
const hiddenMs = 250;

/** This window. */
export function thisBrowser(): Browser {
  return {
    hash: () => location.hash,
    setHash(hash) {
      // What lay over the page has an entry of the history, which this one takes the place of.
      if (history.state?.over) location.replace(hash);
      else location.hash = hash;
    },
    onHash: (changed) => listen([window], ["hashchange"], changed),
    isSeen: () => document.visibilityState === "visible" && document.hasFocus(),
    onSeen: (changed) => listen([document, window], ["visibilitychange", "focus", "blur"], changed),
    setTitle: (title) => void (document.title = title),
    agent: agentOf(navigator.userAgent),
    nextFrame,
    choose: ({ several, from }) =>
      new Promise((resolve) => {
        const input = document.createElement("input");
        input.type = "file";
        input.multiple = several;
        if (from === "camera") {
          input.accept = "image/*";
          input.setAttribute("capture", "environment");
        }
        // In the page while it is asked: what isn't may be swept away by then, answer and all.
        input.hidden = true;
        document.body.append(input);
        const answer = (files: readonly File[]) => {
          input.remove();
          resolve(files);
        };
        input.addEventListener("change", () => answer([...input.files ?? []]));
        input.addEventListener("cancel", () => answer([]));
        input.click();
      }),
    save(address, name) {
      const link = document.createElement("a");
      link.href = address;
      link.download = name;
      link.click();
    },
  };
}

function listen(
  targets: readonly EventTarget[],
  events: readonly string[],
  changed: () => void,
): Stop {
  const stop = new AbortController();
  for (const target of targets) {
    for (const event of events) {
      target.addEventListener(event, () => changed(), { signal: stop.signal });
    }
  }
  return () => stop.abort();
}

/** Whichever comes first: a page that is hidden meanwhile would wait until it is shown. */
function nextFrame(draw: () => void): void {
  let isDrawn = false;
  const once = (): void => {
    if (isDrawn) return;
    isDrawn = true;
    clearTimeout(timer);
    draw();
  };
  const timer = setTimeout(once, hiddenMs);
  if (document.visibilityState === "visible") requestAnimationFrame(once);
}
