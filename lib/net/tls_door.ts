/** Tells who speaks TLS by the first byte that they say, and what those are shown. */

import { createSecureContext, type SecureContext } from "node:tls";
import type { Tls } from "./tls_files.ts";

/** What a handshake begins with (RFC 8446, 5.1), which no line and no request does. */
export const handshakeByte = 0x16;

/** The certificate of the moment, prepared anew only where it is another one. */
export function contextOf(tls: Tls): () => SecureContext {
  let shown = tls.current;
  let context = prepared();
  function prepared(): SecureContext {
    const { cert, key } = shown;
    return createSecureContext({ cert, key });
  }
  return () => {
    if (shown !== tls.current) {
      shown = tls.current;
      context = prepared();
    }
    return context;
  };
}
