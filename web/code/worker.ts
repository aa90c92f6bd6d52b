/**
 * The worker that finds the words in code. Every library for that takes very long over some texts,
 * which others may choose: here it holds up nobody, and whoever asked ends it when it is late.
 */

import { colour } from "./colouring.ts";
import type { Asked } from "./kinds.ts";

/** What is used of the worker's own browser. */
interface WorkerScope {
  addEventListener(name: "message", take: (event: { readonly data: Asked }) => void): void;
  postMessage(runs: readonly number[]): void;
}

declare const self: WorkerScope;

// Ready: from now on the time that a text takes is counted.
self.postMessage([]);
self.addEventListener("message", ({ data: { text, grammar } }) => {
  self.postMessage(colour(text, grammar));
});
