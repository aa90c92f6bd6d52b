/** Bytes in many parts, as one. A leaf. */

/** How many bytes some parts have together. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

/** The parts, one after the other, in new memory. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joinedIn(new Uint8Array(lengthOf(parts)), parts);
}

/** The same at the beginning of `memory`: what they take of it. */
export function joinedIn(
  memory: Uint8Array<ArrayBuffer>,
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (const part of parts) {
    memory.set(part, at);
    at += part.length;
  }
  return memory.subarray(0, at);
}
