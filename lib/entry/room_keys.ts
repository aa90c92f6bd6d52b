/** What the key of a locked room is compared with: it tells nobody the key. */

import { randomText } from "../clock.ts";

/** Enough that a stolen log isn't a list of keys, little enough for everybody who joins. */
const iterations = 20_000;
const saltBytes = 12;
const encoder = new TextEncoder();

/**
 * What is kept of a new key. It is another text each time, but the same one for the same `repeat`:
 * a command that is sent again has to be known by its content.
 */
export async function newLock(key: string, repeat?: string): Promise<string> {
  return await locked(key, repeat === undefined ? randomText(saltBytes) : await saltOf(repeat));
}

/** What a key comes to that is tried on a lock: the lock itself, where it is the right one. */
export function tried(key: string, lock: string): Promise<string> {
  return locked(key, lock.slice(0, lock.indexOf(".")));
}

/** Differs wherever `repeat` does: a salt has to be no secret. */
async function saltOf(repeat: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(repeat)));
  return hash.subarray(0, saltBytes).toBase64({ alphabet: "base64url", omitPadding: true });
}

async function locked(key: string, salt: string): Promise<string> {
  const typed = encoder.encode(key.normalize("NFC"));
  const secret = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(how, secret, 256));
  return `${salt}.${bits.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}
