/** What a server shows to prove who it is: a certificate, and the key that belongs to it. */

import { createHash, createPrivateKey, X509Certificate } from "node:crypto";

/** As it is shown to peers. */
export interface Credentials {
  /** PEM, with what its issuer adds. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** SHA-256 of the public key as SPKI: what clients remember. */
  readonly sha256: Uint8Array;
  /** Names and addresses that the certificate is for. */
  readonly names: readonly string[];
  /** Whether nobody but the server itself vouches for it. */
  readonly isOwn: boolean;
  /** In milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
}

/**
 * A certificate with its key.
 *
 * @throws {Error} a sentence: one of them is damaged, they don't belong together, or it is too old.
 */
export function credentialsOf(
  cert: string,
  key: string,
  from: { readonly cert: string; readonly key: string; readonly now: number },
): Credentials {
  const found = certificateIn(cert, from.cert);
  const isIts = found.checkPrivateKey(privateKeyIn(key, from.key));
  if (!isIts) {
    throw new Error(
      `Cannot use "${from.cert}" with "${from.key}": that key belongs to another certificate`,
    );
  }
  const validTo = Date.parse(found.validTo);
  if (validTo <= from.now) {
    throw new Error(`Cannot use "${from.cert}": it was good until ${found.validTo}; renew it`);
  }
  const spki = found.publicKey.export({ type: "spki", format: "der" });
  return {
    cert,
    key,
    sha256: new Uint8Array(createHash("sha256").update(spki).digest()),
    names: namesIn(found.subjectAltName ?? ""),
    isOwn: found.issuer === found.subject,
    validFrom: Date.parse(found.validFrom),
    validTo,
  };
}

function certificateIn(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (error) {
    throw new Error(`Cannot use "${path}": no certificate in PEM is in it`, { cause: error });
  }
}

function privateKeyIn(pem: string, path: string) {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const what = "no private key in PEM, without a password, is in it";
    throw new Error(`Cannot use "${path}": ${what}`, { cause: error });
  }
}

/** `DNS:localhost, IP Address:::1` */
function namesIn(text: string): readonly string[] {
  return text.split(", ").flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}
