/** What a browser has for a page without a network: its database, its worker, its version. */

import type { PageHost } from "./newer.ts";
import type { OfflinePlace } from "./offline.ts";
import { databaseChatShelf } from "./offline_shelf.ts";

/** Work for idle times is done by then all the same. */
const idleMaxMs = 2_000;

/** A worker that takes longer isn't waited for. */
const settledMaxMs = 3_000;

/** A page that hasn't come by then is asked for again; its worker waits half as long for a server. */
const reloadedMaxMs = 10_000;

/** This browser, as the page uses it without a network. */
export function offlinePlace(): OfflinePlace {
  return {
    shelf: databaseChatShelf(() => indexedDB),
    host: thisPage(),
    whenIdle(run) {
      // Not every browser knows of idle times.
      if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: idleMaxMs });
      else setTimeout(run);
    },
    keepPage() {
      // Over plain http in a network there is none, and the page goes on as it did.
      if (!("serviceWorker" in navigator)) return;
      // Where it can't be had now, the next connection tries again.
      navigator.serviceWorker.register("/worker.js", { updateViaCache: "none" }).catch(() => {});
    },
  };
}

function thisPage(): PageHost {
  return {
    mark: document.documentElement.dataset.build,
    async served() {
      try {
        const answer = await fetch("/", { cache: "no-cache" });
        const [, mark] = /<html[^>]* data-build="(\w+)"/.exec(await answer.text()) ?? [];
        return answer.ok ? mark : undefined;
      } catch {
        return undefined;
      }
    },
    update() {
      if (!("serviceWorker" in navigator)) return;
      navigator.serviceWorker.getRegistration().then((there) => there?.update()).catch(() => {});
    },
    isBusy() {
      const media = [...document.querySelectorAll<HTMLMediaElement>("audio, video")];
      const field = document.activeElement;
      const isField = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      return media.some(({ paused }) => !paused) || (isField && field.value !== "");
    },
    reload: () => void workerIsSettled().finally(reload),
  };
}

/** Loads the page anew, until it is: a browser whose worker was just replaced may wait for ever. */
function reload(): void {
  location.reload();
  // Without a worker only a slow server keeps it waiting, and would have to begin anew.
  if (navigator.serviceWorker?.controller) setTimeout(reload, reloadedMaxMs);
}

/** Resolves when no worker is about to take over: what is loaded meanwhile may wait for that. */
async function workerIsSettled(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const there = await navigator.serviceWorker.getRegistration();
  const next = there?.installing ?? there?.waiting;
  if (!next) return;
  await new Promise<void>((resolve) => {
    setTimeout(resolve, settledMaxMs);
    next.addEventListener("statechange", () => {
      if (next.state === "activated" || next.state === "redundant") resolve();
    });
  });
}
