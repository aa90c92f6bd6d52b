/** What moves files, apart from the rest of the page: it is loaded when it is first needed. */

import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import type { Hash } from "../lib/client/transfer_state.ts";

export { Transfers } from "../lib/client/transfers.ts";

/** A SHA-256 piece by piece; browsers have none of those, and over plain HTTP none at all. */
export function sha256(): Hash {
  const hash = nobleSha256.create();
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => hash.digest().toHex(),
  };
}
