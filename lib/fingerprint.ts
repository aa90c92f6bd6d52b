/**
 * What tells people which key a server has: short enough to be typed, long enough that nobody
 * makes another key with the same one. A leaf.
 */

/** Crockford's base32: without the letters that are taken for digits, or for one another. */
const letters = "0123456789abcdefghjkmnpqrstvwxyz";
const bitsOfLetter = 5;
/** 100 bits: whoever wants a second key with the same fingerprint makes 2^100 of them. */
const lettersMax = 20;
const group = 4;

/** The fingerprint of a public key by the SHA-256 of its SPKI, like `7k3v-92mq-x8pd-4wzn-a0bc`. */
export function fingerprintOf(sha256: Uint8Array): string {
  let written = "";
  for (let at = 0; at < lettersMax; at++) {
    if (at > 0 && at % group === 0) written += "-";
    written += letters[bitsAt(sha256, at * bitsOfLetter)];
  }
  return written;
}

/** What somebody typed as {@linkcode fingerprintOf} writes it; `undefined`: it can't be one. */
export function readFingerprint(text: string): string | undefined {
  const bare = text.toLowerCase().replaceAll(/[- ]/g, "")
    .replaceAll("o", "0").replaceAll(/[il]/g, "1");
  const isOne = bare.length === lettersMax && [...bare].every((letter) => letters.includes(letter));
  return isOne ? bare.match(/.{4}/g)?.join("-") : undefined;
}

/** Five bits of `bytes`, from this one on. */
function bitsAt(bytes: Uint8Array, bit: number): number {
  const at = bit >> 3;
  const pair = (bytes[at] << 8) | (bytes[at + 1] ?? 0);
  return (pair >> (16 - bitsOfLetter - (bit & 7))) & 31;
}
