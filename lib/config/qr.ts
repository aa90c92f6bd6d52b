/** QR codes on a terminal. */

import { renderUnicodeCompact } from "uqr";

/** White on black: what is drawn with blocks is the light part of a code. */
const colours = { begin: "\x1b[97;40m", end: "\x1b[0m" } as const;
/** Cameras find a code by what is empty around it. */
const border = 2;

/**
 * A text as a QR code, line by line, with two rows of it in each. Without colours it is right on a
 * dark terminal, and most cameras read it on a light one, too.
 */
export function qrLines(text: string, { isColoured }: { readonly isColoured: boolean }): string[] {
  const lines = renderUnicodeCompact(text, { border }).split("\n");
  const { begin, end } = isColoured ? colours : { begin: "", end: "" };
  return lines.map((line) => `${begin}${line}${end}`);
}
