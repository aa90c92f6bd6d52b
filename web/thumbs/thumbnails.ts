/** What pictures and films that are sent look like, found beside the page, which goes on meanwhile. */

import type { OfferedPicture } from "../../lib/events.ts";
import { shownType } from "../../lib/sharing/media_types.ts";
import { type Asked, within } from "./making.ts";

/** A file that a browser doesn't read in this time goes without. */
const readMs = 10_000;

/** Looks at files one at a time: a photo takes hundreds of megabytes while it is read. */
export class Thumbnails {
  #last: Promise<unknown> = Promise.resolve();

  /** What a file looks like; `undefined` where it is no picture and no film, whatever it is called. */
  of(file: File): Promise<OfferedPicture | undefined> {
    // Where there is no such thing, as in old browsers, files go without.
    if (typeof OffscreenCanvas !== "function") return Promise.resolve(undefined);
    const [kind] = shownType({ name: file.name, mime: file.type })?.split("/") ?? [];
    if (kind !== "image" && kind !== "video") return Promise.resolve(undefined);
    const looked = this.#last.then(() => lookedAt(file, kind));
    this.#last = looked;
    return looked;
  }
}

async function lookedAt(
  file: File,
  kind: "image" | "video",
): Promise<OfferedPicture | undefined> {
  const late = AbortSignal.timeout(readMs);
  try {
    return await answered(kind === "image" ? { file } : await firstFrame(file, late), late);
  } catch {
    // The browser can't read it, or only this one can't: it is sent all the same.
    return undefined;
  }
}

/** Asks a worker of its own, which with its end gives back all the room that it took. */
function answered(asked: Asked, late: AbortSignal): Promise<OfferedPicture | undefined> {
  const worker = new Worker(document.documentElement.dataset.thumb ?? "/thumb.js");
  const picture = new Promise<OfferedPicture | undefined>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => reject(new TypeError("The worker failed"));
    late.addEventListener("abort", () => reject(late.reason));
  });
  worker.postMessage(asked, "frame" in asked ? [asked.frame] : []);
  return picture.finally(() => worker.terminate());
}

/** @throws where the browser doesn't play it, or nothing is to be seen in it. */
async function firstFrame(file: File, late: AbortSignal): Promise<Asked> {
  const address = URL.createObjectURL(file);
  const film = document.createElement("video");
  film.muted = true;
  film.playsInline = true;
  film.preload = "auto";
  try {
    await new Promise<unknown>((resolve, reject) => {
      film.onloadeddata = resolve;
      film.onerror = reject;
      late.addEventListener("abort", reject);
      film.src = address;
    });
    const { videoWidth: width, videoHeight: height } = film;
    const [resizeWidth, resizeHeight] = within({ width, height });
    const frame = await createImageBitmap(film, { resizeWidth, resizeHeight });
    return { frame, width, height };
  } finally {
    film.removeAttribute("src");
    film.load();
    URL.revokeObjectURL(address);
  }
}
