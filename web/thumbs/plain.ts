/** Takes out of a picture that a browser has made what doesn't draw. Pure. */

import { joined } from "../../lib/wire/joined.ts";

/** The same picture without colour profiles, notes and whatever else is no part of it. */
export function plainThumb(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return plainJpeg(bytes) ?? plainWebp(bytes) ?? bytes;
}

/** Without the segments for programs, but those that say how colours are meant, and comments. */
function plainJpeg(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const kept = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const kind = bytes[at + 1];
    const end = at + 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    const isForPrograms = kind > 0xe0 && kind <= 0xef && kind !== 0xee;
    if (!isForPrograms && kind !== 0xfe) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return joined([...kept, bytes.subarray(at)]);
}

const headBytes = 12;
/** What a picture needs of its chunks. */
const drawing = ["VP8X", "ALPH", "VP8 ", "VP8L"];
/** Of what a file says to have: that it is transparent. */
const transparent = 0x10;

function plainWebp(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const nameAt = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (nameAt(0) !== "RIFF" || nameAt(8) !== "WEBP") return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = [bytes.slice(0, headBytes)];
  for (let at = headBytes; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const end = Math.min(at + 8 + length + length % 2, bytes.length);
    const chunk = bytes.slice(at, end);
    if (nameAt(at) === "VP8X") chunk[8] &= transparent;
    if (drawing.includes(nameAt(at))) kept.push(chunk);
    at = end;
  }
  const plain = joined(kept);
  new DataView(plain.buffer).setUint32(4, plain.length - 8, true);
  return plain;
}
