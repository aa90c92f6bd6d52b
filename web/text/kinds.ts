/** Which files are shown in place, and how. Pure. */

/** How a file is shown. */
export type FileKind = "image" | "video" | "audio" | "pdf" | "text";

const images = new Set(["png", "jpeg", "gif", "webp", "avif", "bmp", "x-icon"]);
/** Larger ones are only downloaded. */
const imageBytesMax = 30_000_000;

/** How a file of this type is shown in place; `undefined`: it is only downloaded. */
export function kindOf(
  { mime, size }: { readonly mime: string; readonly size: number },
): FileKind | undefined {
  const [type = "", rest = ""] = mime.toLowerCase().split(";")[0].trim().split("/");
  if (type === "image") {
    return images.has(rest) && size <= imageBytesMax ? "image" : undefined;
  }
  if (type === "video" || type === "audio") return type;
  if (type === "application" && rest === "pdf") return "pdf";
  return type === "text" && rest === "plain" ? "text" : undefined;
}

/** The end of a file's name, for those that have no picture: `pdf`, `tar`. */
export function extensionOf(name: string): string {
  const [, end = ""] = /\.([\p{L}\p{N}]{1,4})$/u.exec(name) ?? [];
  return end.toLowerCase();
}
