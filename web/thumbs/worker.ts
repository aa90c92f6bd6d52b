/** The worker that makes a thumbnail: a photo takes half a second to unpack and to make small. */

import { type Asked, pictureOf } from "./making.ts";

/** What is used of the worker's own browser. */
interface WorkerScope {
  addEventListener(name: "message", take: (event: { readonly data: Asked }) => void): void;
  postMessage(picture: unknown): void;
}

declare const self: WorkerScope;

self.addEventListener("message", ({ data }) => {
  // What can't be read is no picture, whatever it is called.
  pictureOf(data).then((picture) => self.postMessage(picture), () => self.postMessage(undefined));
});
