/** Makes a thumbnail out of a picture; needs no page. */

import type { OfferedPicture } from "../../lib/events.ts";
import { limits } from "../../lib/limits.ts";
import { toBase64 } from "../../lib/wire/part_bytes.ts";
import { thumbnailOf } from "../../lib/sharing/pictures.ts";
import { plainThumb } from "./plain.ts";

/** What the worker is asked: to look into a file, or at the first frame of a film. */
export type Asked =
  | { readonly file: File }
  | { readonly frame: ImageBitmap; readonly width: number; readonly height: number };

/** How much smaller and how coarse, one after the other, until it is as small as it has to be. */
const tries = [[1, 0.8], [1, 0.6], [1, 0.35], [0.6, 0.4], [0.3, 0.4]] as const;

/**
 * What is to be said of a picture.
 *
 * @throws where the browser can't read it.
 */
export async function pictureOf(asked: Asked): Promise<OfferedPicture | undefined> {
  // Upright, as a photo says that it is to be seen.
  const seen = "frame" in asked ? asked.frame : await createImageBitmap(asked.file);
  const { width, height } = "frame" in asked ? asked : seen;
  const size = { width, height };
  if (Math.min(width, height) < 1 || Math.max(width, height) > limits.pictureSideMax) {
    return undefined;
  }
  // What is as small as a thumbnail is its own.
  if ("file" in asked && asked.file.size <= limits.thumbBytesMax) return size;
  for (const [part, quality] of tries) {
    const bytes = plainThumb(await packed(seen, within(size, part), quality));
    if (thumbnailOf(bytes)) return { ...size, thumb: toBase64(bytes) };
  }
  return size;
}

type Sides = readonly [width: number, height: number];

/** A thumbnail's sides: of a very long picture the short one stays at least a pixel. */
export function within(
  { width, height }: { readonly width: number; readonly height: number },
  part = 1,
): Sides {
  const scale = Math.min(1, limits.thumbSideMax / Math.max(width, height)) * part;
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** As WebP, or where the browser makes none, as JPEG, with white in the place of nothing. */
async function packed(
  seen: ImageBitmap,
  [width, height]: Sides,
  quality: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d");
  if (!brush) throw new TypeError("There is nothing to draw on");
  brush.imageSmoothingQuality = "high";
  brush.drawImage(seen, 0, 0, width, height);
  let blob = await canvas.convertToBlob({ type: "image/webp", quality });
  if (blob.type !== "image/webp") {
    brush.globalCompositeOperation = "destination-over";
    brush.fillStyle = "#ffffff";
    brush.fillRect(0, 0, width, height);
    blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  }
  return new Uint8Array(await blob.arrayBuffer());
}
