/** The bytes that go along with a `part`: raw behind its line, or in base64 within it. A leaf. */

import { ChatError } from "../errors.ts";
import type { partFields } from "../events.ts";
import type { Shape } from "./fields.ts";
import { limits } from "../limits.ts";

/** What says how the bytes of a part came. */
export type PartFields = Shape<typeof partFields>;

/** The bytes of a part, as they came. */
export interface PartBytes {
  readonly bytes: Uint8Array;
  readonly isGzip: boolean;
  /** How many they are when they aren't compressed: what `offset` counts. */
  readonly length: number;
}

/**
 * The bytes of a part, where `body` is what followed its line.
 *
 * @throws {ChatError} `bad_message`
 */
export function partBytesOf(part: PartFields, body: Uint8Array | undefined): PartBytes {
  if ((body === undefined) === (part.data === undefined)) {
    throw wrong('the bytes are either behind the line, with "bytes", or in "data"');
  }
  const bytes = body ?? fromBase64(part.data ?? "");
  if (part.encoding === undefined) return { bytes, isGzip: false, length: bytes.length };
  const { raw } = part;
  if (raw === undefined || raw > limits.bodyBytesMax) {
    throw wrong(`"raw" must say how many bytes it comes to, at most ${limits.bodyBytesMax}`);
  }
  return { bytes, isGzip: true, length: raw };
}

function wrong(why: string): ChatError {
  return new ChatError("bad_message", `Cannot take the part: ${why}`);
}

/** The bytes of what passed the check of `data`. */
function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    throw wrong('"data" must be base64');
  }
}

/** Bytes for `data`, at most `limits.dataBytesMax`. */
export function toBase64(bytes: Uint8Array): string {
  // All at once, they could be more arguments than a call takes.
  const pieces: string[] = [];
  for (let from = 0; from < bytes.length; from += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(from, from + 8192)));
  }
  return btoa(pieces.join(""));
}
