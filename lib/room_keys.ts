/** What the key of a locked room is compared with: it tells nobody the key. */

import { randomText } from "./clock.ts";

/** Enough that a stolen log isn't a list of keys, little enough for everybody who joins. */
const iterations = 20_000;
const encoder = new TextEncoder();

/** What is kept of a new key. */
export function newLock(key: string): Promise<string> {
  return locked(key, randomText(12));
}

/** What a key comes to that is tried on a lock: the lock itself, where it is the right one. */
export function tried(key: string, lock: string): Promise<string> {
  return locked(key, lock.slice(0, lock.indexOf(".")));
}

async function locked(key: string, salt: string): Promise<string> {
  const typed = encoder.encode(key.normalize("NFC"));
  const secret = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: encoder.encode(salt), iterations };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(how, secret, 256));
  return `${salt}.${bits.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}
