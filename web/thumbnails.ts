/** Makes the thumbnails of pictures and films that are sent. */

import type { OfferedPicture as Picture } from "../lib/events.ts";
import { limits } from "../lib/limits.ts";
import { shownType } from "../lib/media_types.ts";
import { toBase64 } from "../lib/part_bytes.ts";
import { thumbnailOf } from "../lib/pictures.ts";
import { plainThumb } from "./plain_thumb.ts";

/** Larger ones go without: while one is read it takes four bytes for each. */
const pixelsMax = 120_000_000;
/** A file that a browser doesn't read in this time goes without. */
const readMs = 10_000;
/** Tried one after the other, until a thumbnail is as small as it has to be. */
const tries = [[1, 0.8], [1, 0.6], [1, 0.35], [0.6, 0.4], [0.3, 0.4]] as const;

/** Looks at files one at a time: a photo takes hundreds of megabytes while it is read. */
export class Thumbnails {
  #last: Promise<unknown> = Promise.resolve();

  /** What a file looks like; `undefined` where it is no picture and no film, whatever it is called. */
  of(file: File): Promise<Picture | undefined> {
    const looked = this.#last.then(() => pictureOf(file));
    this.#last = looked;
    return looked;
  }
}

async function pictureOf(file: File): Promise<Picture | undefined> {
  const type = shownType({ name: file.name, mime: file.type }) ?? "";
  const look = type.startsWith("image/") ? ofImage : type.startsWith("video/") ? ofFilm : undefined;
  if (look === undefined) return undefined;
  const address = URL.createObjectURL(file);
  const tooLong = new AbortController();
  const timer = setTimeout(() => tooLong.abort(), readMs);
  try {
    return await look(file, address, tooLong.signal);
  } catch {
    // The browser can't read it, or only this one can't: it is sent all the same.
    return undefined;
  } finally {
    clearTimeout(timer);
    URL.revokeObjectURL(address);
  }
}

/** A picture's own size is known before it is unpacked, which happens beside the page. */
async function ofImage(file: File, address: string, tooLong: AbortSignal): Promise<Picture> {
  const image = new Image();
  await reached(image, "load", tooLong, () => image.src = address);
  const size = sizeOf(image.naturalWidth, image.naturalHeight);
  if (file.size <= limits.thumbBytesMax || size.width * size.height > pixelsMax) return size;
  const [resizeWidth, resizeHeight] = within(size);
  const small = await createImageBitmap(file, {
    resizeWidth,
    resizeHeight,
    resizeQuality: "medium",
  }).catch(() => image);
  return await withThumb(size, small);
}

/** Of a film, its first frame. */
async function ofFilm(_file: File, address: string, tooLong: AbortSignal): Promise<Picture> {
  const film = document.createElement("video");
  film.muted = true;
  film.playsInline = true;
  film.preload = "auto";
  try {
    await reached(film, "loadeddata", tooLong, () => film.src = address);
    return await withThumb(sizeOf(film.videoWidth, film.videoHeight), film);
  } finally {
    film.removeAttribute("src");
    film.load();
  }
}

/** Resolves when an element tells `event`. */
function reached(
  element: HTMLElement,
  event: string,
  tooLong: AbortSignal,
  begin: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = () => reject(new TypeError("The browser can't read it"));
    element.addEventListener(event, () => resolve(), { once: true });
    element.addEventListener("error", failed, { once: true });
    tooLong.addEventListener("abort", failed, { once: true });
    begin();
  });
}

/** @throws {RangeError} where nothing is to be seen, as in a film that is only sound. */
function sizeOf(width: number, height: number): Picture {
  const isThere = Math.min(width, height) > 0 && Math.max(width, height) <= limits.pictureSideMax;
  if (isThere) return { width, height };
  throw new RangeError("Nothing is to be seen");
}

/** A thumbnail's sides: of a very long picture the short one stays at least a pixel. */
function within({ width, height }: Picture, part = 1): readonly [width: number, height: number] {
  const scale = Math.min(1, limits.thumbSideMax / Math.max(width, height)) * part;
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

async function withThumb(size: Picture, drawn: CanvasImageSource): Promise<Picture> {
  for (const [part, quality] of tries) {
    const blob = await packed(drawn, within(size, part), quality);
    if (blob === undefined) break;
    const bytes = plainThumb(new Uint8Array(await blob.arrayBuffer()));
    if (thumbnailOf(bytes)) return { ...size, thumb: toBase64(bytes) };
  }
  return size;
}

/** As WebP, or where the browser makes none, as JPEG, with white in the place of nothing. */
async function packed(
  drawn: CanvasImageSource,
  [width, height]: readonly [width: number, height: number],
  quality: number,
): Promise<Blob | undefined> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const brush = canvas.getContext("2d");
  if (!brush) return undefined;
  brush.drawImage(drawn, 0, 0, width, height);
  const webp = await blobOf(canvas, "image/webp", quality);
  if (webp?.type === "image/webp") return webp;
  brush.globalCompositeOperation = "destination-over";
  brush.fillStyle = "#ffffff";
  brush.fillRect(0, 0, width, height);
  return await blobOf(canvas, "image/jpeg", quality);
}

function blobOf(
  canvas: HTMLCanvasElement,
  type: string,
  quality: number,
): Promise<Blob | undefined> {
  return new Promise((resolve) =>
    canvas.toBlob((blob) => resolve(blob ?? undefined), type, quality)
  );
}
