/** When it pays to compress a file's parts (docs/decisions/008-gzip-parts.md). */

import { gzip } from "../wire/gzip.ts";
import type { Source } from "./transfer_state.ts";

/** Bytes of each sample that is looked at. */
const sampleBytes = 64 * 1024;
/** At faster than this (bytes in a second) compressing takes longer than sending. */
export const gzipRateMax = 8 * 1024 * 1024;

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
