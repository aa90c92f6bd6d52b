/**
 * What senders say of pictures and films: how large they are, and a thumbnail. A thumbnail is looked
 * through to its last byte, since others' browsers show it: it is one small still picture, with
 * nothing of where and by what it was taken, or it is none. A leaf.
 */

import { ChatError } from "../errors.ts";
import type { OfferedPicture, SharedPicture } from "../events.ts";
import { limits } from "../limits.ts";

/** What a thumbnail is by its bytes. */
export interface Thumbnail {
  readonly type: "image/jpeg" | "image/webp";
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * What an offer says of a picture, or of the first picture of a film, as the file will have it: the
 * size, and of the thumbnail how many bytes it has.
 *
 * @throws {ChatError} `bad_message`
 */
export function requirePicture({ width, height, thumb }: OfferedPicture): SharedPicture {
  if (Math.max(width, height) > limits.pictureSideMax) {
    throw wrong(`it has at most ${limits.pictureSideMax} pixels a side`);
  }
  const bytes = thumbBytes(thumb);
  if (bytes === undefined) return { width, height };
  if (thumbnailOf(bytes)) return { width, height, thumb: bytes.length };
  throw wrong(
    `its "thumb" must be a JPEG or WebP of at most ${limits.thumbBytesMax} bytes and ` +
      `${limits.thumbSideMax} pixels a side that holds nothing but one still picture`,
  );
}

/**
 * The bytes of a thumbnail that is offered.
 *
 * @throws {ChatError} `bad_message`
 */
export function thumbBytes(thumb: string | undefined): Uint8Array | undefined {
  if (thumb === undefined) return undefined;
  try {
    return Uint8Array.fromBase64(thumb);
  } catch {
    throw wrong('its "thumb" must be base64');
  }
}

function wrong(why: string): ChatError {
  return new ChatError("bad_message", `Cannot take the "picture": ${why}`);
}

/** What bytes are as a thumbnail; `undefined` where they are none. */
export function thumbnailOf(bytes: Uint8Array): Thumbnail | undefined {
  if (bytes.length > limits.thumbBytesMax) return undefined;
  const found = jpegOf(bytes) ?? webpOf(bytes);
  const isSmall = found !== undefined && found.width > 0 && found.height > 0 &&
    Math.max(found.width, found.height) <= limits.thumbSideMax;
  return isSmall ? found : undefined;
}

const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
/** Frames of the usual kinds: baseline and progressive. */
const frames = [0xc0, 0xc2];
/** What else draws: tables, how often to restart, JFIF's and Adobe's notes on colours. */
const harmless = [0xc4, 0xdb, 0xdd, 0xe0, 0xee];

/** A JPEG of segments that only draw, one frame of them, up to the last byte. */
function jpegOf(bytes: Uint8Array): Thumbnail | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) return undefined;
  let size: readonly [width: number, height: number] | undefined;
  for (let at = 2; at + 1 < bytes.length;) {
    const kind = bytes[at + 1];
    if (bytes[at] !== 0xff) return undefined;
    if (kind === endOfImage) {
      if (size === undefined || at + 2 !== bytes.length) return undefined;
      return { type: "image/jpeg", width: size[0], height: size[1] };
    }
    const length = bytes[at + 2] << 8 | bytes[at + 3];
    if (!(length >= 2) || at + 2 + length > bytes.length) return undefined;
    if (frames.includes(kind)) {
      if (size !== undefined || length < 8) return undefined;
      size = [bytes[at + 7] << 8 | bytes[at + 8], bytes[at + 5] << 8 | bytes[at + 6]];
    } else if (kind !== startOfScan && !harmless.includes(kind)) {
      return undefined;
    }
    at += 2 + length;
    if (kind === startOfScan) at = behindScan(bytes, at);
  }
  return undefined;
}

/** Where the next segment begins: inside a scan 0xff is followed by 0 or says where to restart. */
function behindScan(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1];
    if (bytes[at] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
    at++;
  }
  return bytes.length;
}

/** The chunks that a still WebP may have, one after the other. */
const webpShapes = ["VP8 ", "VP8L", "VP8XVP8 ", "VP8XVP8L", "VP8XALPHVP8 "];

/** A WebP of one picture, transparent or not, up to the last byte. */
function webpOf(bytes: Uint8Array): Thumbnail | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20 || name(bytes, 0) !== "RIFF" || name(bytes, 8) !== "WEBP") return undefined;
  if (view.getUint32(4, true) + 8 !== bytes.length) return undefined;
  let shape = "";
  let width = 0;
  let height = 0;
  for (let at = 12; at < bytes.length;) {
    if (at + 8 > bytes.length) return undefined;
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    if (end > bytes.length) return undefined;
    const kind = name(bytes, at);
    const size = sizeIn(kind, view, { at: at + 8, length });
    if (size === undefined) return undefined;
    width = Math.max(width, size[0]);
    height = Math.max(height, size[1]);
    shape += kind;
    at = end + length % 2;
    if (at > bytes.length) return undefined;
  }
  return webpShapes.includes(shape) ? { type: "image/webp", width, height } : undefined;
}

/** The size that a chunk says; `undefined` where it isn't what its name says. */
function sizeIn(
  kind: string,
  view: DataView,
  { at, length }: { readonly at: number; readonly length: number },
): readonly [width: number, height: number] | undefined {
  switch (kind) {
    case "VP8X": {
      // Nothing but "it is transparent": no movement, no metadata, no colour profile.
      if (length !== 10 || (view.getUint32(at, true) & ~0x10) !== 0) return undefined;
      return [
        1 + (view.getUint32(at + 4, true) & 0xffffff),
        1 + (view.getUint32(at + 6, true) >>> 8),
      ];
    }
    case "VP8 ": {
      const isKey = length >= 10 && (view.getUint8(at) & 1) === 0 &&
        view.getUint8(at + 3) === 0x9d && view.getUint16(at + 4, true) === 0x2a01;
      if (!isKey) return undefined;
      return [view.getUint16(at + 6, true) & 0x3fff, view.getUint16(at + 8, true) & 0x3fff];
    }
    case "VP8L": {
      if (length < 5 || view.getUint8(at) !== 0x2f) return undefined;
      const bits = view.getUint32(at + 1, true);
      return [1 + (bits & 0x3fff), 1 + (bits >>> 14 & 0x3fff)];
    }
    default:
      return kind === "ALPH" ? [0, 0] : undefined;
  }
}

function name(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
