/** Which files are shown in place, and how. Pure. */

import { shownType } from "../../lib/sharing/media_types.ts";

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
