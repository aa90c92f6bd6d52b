/** Parts of files, compressed where that pays (docs/decisions/008-gzip-parts.md). */

import { ChatError } from "../errors.ts";
import type { Source } from "./transfer_state.ts";

/** Bytes of each sample that is looked at. */
const sampleBytes = 64 * 1024;
/** At faster than this (bytes in a second) compressing takes longer than sending. */
export const gzipRateMax = 8 * 1024 * 1024;

/** `bytes` as one member of gzip. */
export async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const whole = new Response(bytes.slice()).body?.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(whole).arrayBuffer());
}

/**
 * The `length` bytes that one member of gzip holds.
 *
 * @throws {ChatError} `bad_message` where it holds something else.
 */
export async function gunzip(bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const raw = new Uint8Array(length);
  let at = 0;
  try {
    const stream = new Response(bytes.slice()).body?.pipeThrough(new DecompressionStream("gzip"));
    for await (const chunk of stream ?? []) {
      // Never more than what was said, whatever is in it.
      if (at + chunk.length > length) throw new RangeError("There is more in it");
      raw.set(chunk, at);
      at += chunk.length;
    }
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
  if (at !== length) throw unreadable(`${at} bytes instead of ${length}`);
  return raw;
}

/** Whether samples of a file shrink by a third or more. */
export async function isCompressible(source: Pick<Source, "size" | "read">): Promise<boolean> {
  const places = [0, source.size / 2, source.size - sampleBytes].map((place) => {
    return Math.max(0, Math.floor(place));
  });
  const sample = new Uint8Array(sampleBytes);
  let raw = 0;
  let compressed = 0;
  for (const place of new Set(places)) {
    const length = await source.read(sample, place);
    raw += length;
    compressed += (await gzip(sample.subarray(0, length))).length;
  }
  return shrinks(compressed, raw);
}

/** Whether `compressed` bytes are less than `raw` by a third or more. */
export function shrinks(compressed: number, raw: number): boolean {
  return compressed * 3 <= raw * 2;
}

function unreadable(why: string): ChatError {
  return new ChatError("bad_message", `Cannot read what the server has compressed: ${why}`);
}
