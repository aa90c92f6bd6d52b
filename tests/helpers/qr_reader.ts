/** Reads QR codes off a terminal's lines, as a camera would: nothing here knows how they are made. */

import jsqr from "jsqr";

/** Screen pixels to a side of a module: a camera needs some. */
const scale = 4;

/** What the code says that these lines draw, light on dark; `undefined` where it can't be read. */
export function qrTextOf(lines: readonly string[]): string | undefined {
  const rows = lines.flatMap((line) => [
    [...line].map((char) => char === "█" || char === "▀"),
    [...line].map((char) => char === "█" || char === "▄"),
  ]);
  const width = Math.max(...rows.map(({ length }) => length)) * scale;
  const height = rows.length * scale;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const isLight = rows[Math.floor(at / width / scale)][Math.floor(at % width / scale)] ?? true;
    pixels.set(isLight ? [255, 255, 255, 255] : [0, 0, 0, 255], at * 4);
  }
  return jsqr.default(pixels, width, height, { inversionAttempts: "dontInvert" })?.data;
}
