/** The bytes of the file that is moved: random, and each page begins with its number. */

import { limits } from "../../lib/limits.ts";

/** What clients write at once: a part, as our programs send them. */
export const pieceBytes = limits.partBytesUsual;
const pageBytes = 4096;
const stampBytes = 4;
/** What one call gives of chance. */
const chanceBytes = 65_536;

/** Random bytes for {@linkcode stamp}. */
export function randomPiece(): Uint8Array<ArrayBuffer> {
  const piece = new Uint8Array(pieceBytes);
  for (let at = 0; at < pieceBytes; at += chanceBytes) {
    crypto.getRandomValues(piece.subarray(at, at + chanceBytes));
  }
  return piece;
}

/** Makes of a piece the one that begins at `offset`, a multiple of {@linkcode pieceBytes}. */
export function stamp(piece: Uint8Array, offset: number): void {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  for (let at = 0; at < piece.length; at += pageBytes) {
    view.setUint32(at, (offset + at) / pageBytes);
  }
}

/** Checks the number of each page of what comes: anything lost, doubled or moved shows. */
export class StampCheck {
  /** Bytes that came. */
  bytes = 0;
  /** Bytes of numbers that weren't right. */
  wrong = 0;

  take(piece: Uint8Array): void {
    const end = this.bytes + piece.length;
    for (let page = Math.floor(this.bytes / pageBytes); page * pageBytes < end; page++) {
      for (let index = 0; index < stampBytes; index++) {
        const at = page * pageBytes + index - this.bytes;
        const right = page >>> (8 * (stampBytes - 1 - index)) & 255;
        if (at >= 0 && at < piece.length && piece[at] !== right) this.wrong++;
      }
    }
    this.bytes = end;
  }
}
