/** Which files are shown in place, and how. Pure. */

import { shownType } from "../../lib/media_types.ts";

/** How a file is shown. */
export type FileKind = "image" | "video" | "audio" | "pdf" | "text";

/** Larger ones are only downloaded. */
const imageBytesMax = 30_000_000;

/**
 * How a file is shown in place; `undefined`: it is only downloaded. As the server has it, so that
 * what a terminal sent, which says no type, is shown by its name.
 */
export function kindOf(
  file: { readonly name: string; readonly mime: string; readonly size: number },
): FileKind | undefined {
  const type = shownType(file) ?? "";
  if (type.startsWith("image/")) return file.size <= imageBytesMax ? "image" : undefined;
  if (type.startsWith("video/")) return "video";
  if (type.startsWith("audio/")) return "audio";
  if (type === "application/pdf") return "pdf";
  return type === "text/plain" ? "text" : undefined;
}

/** The most that a picture or film takes in a row, in pixels. */
const boxMax = { width: 416, height: 300 };
/** The least, so that there is room for its buttons. */
const boxMin = { width: 240, height: 72 };

/**
 * The room that a picture or film has in a row, in pixels, which is known before it is there; all of
 * it where its sender said nothing.
 */
export function boxOf(
  { picture }: { readonly picture?: { readonly width: number; readonly height: number } },
): { readonly width: number; readonly height: number } {
  if (picture === undefined) return { ...boxMax, height: 240 };
  const { width, height } = picture;
  const scale = Math.min(1, boxMax.width / width, boxMax.height / height);
  return {
    width: Math.round(Math.max(boxMin.width, width * scale)),
    height: Math.round(Math.max(boxMin.height, height * scale)),
  };
}

/** The end of a file's name, for those that have no picture: `pdf`, `tar`. */
export function extensionOf(name: string): string {
  const [, end = ""] = /\.([\p{L}\p{N}]{1,4})$/u.exec(name) ?? [];
  return end.toLowerCase();
}
