/**
 * Values as the text that goes between the threads. One JSON text for a hundred events costs a
 * third of what the structured clone of a hundred objects does.
 */

declare const brand: unique symbol;
/** A `T` as JSON. Both ends are of one build, so that what is unpacked is what was packed. */
export type Packed<T> = string & { readonly [brand]: T };

/** Packs a value: plain objects, arrays, texts, numbers, flags; no Map, no Set. */
export function pack<T>(value: T): Packed<T> {
  return JSON.stringify(value) as Packed<T>;
}

/** What was packed; fields that were `undefined` are missing. */
export function unpack<T>(packed: Packed<T>): T {
  return JSON.parse(packed);
}
