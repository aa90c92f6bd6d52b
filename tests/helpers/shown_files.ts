/** Files that the page shows in place, as small as they may be. */

const encoder = new TextEncoder();
/** A dot. */
export const png = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
);
/** Two empty pages. */
export const pdf = encoder.encode(
  "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
    "2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n" +
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n" +
    "trailer<</Root 1 0 R>>\n%%EOF\n",
);

/** A second of silence. */
export function wav(): Uint8Array {
  const rate = 8000;
  const bytes = new Uint8Array(44 + rate);
  const view = new DataView(bytes.buffer);
  bytes.set(encoder.encode("RIFF    WAVEfmt "), 0);
  bytes.set(encoder.encode("data"), 36);
  bytes.fill(128, 44);
  const fields = [[4, 36 + rate], [16, 16], [24, rate], [28, rate], [40, rate]] as const;
  for (const [at, value] of fields) view.setUint32(at, value, true);
  for (const at of [20, 22, 32]) view.setUint16(at, 1, true);
  view.setUint16(34, 8, true);
  return bytes;
}
