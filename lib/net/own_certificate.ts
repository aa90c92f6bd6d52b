/** Makes a certificate that nobody else vouches for. */

// It keeps what decorators say, and has to be there before the package that uses them.
import "reflect-metadata";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
/** Apple's systems take none that is good for longer than 825 days. */
const goodMs = 397 * dayMs;
/** Clocks of small machines may be slow. */
const sinceMs = 30 * dayMs;

/** A new private key, as PEM. */
export async function newKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return PemConverter.encode(await crypto.subtle.exportKey("pkcs8", privateKey), "PRIVATE KEY");
}

/**
 * A certificate for a key of {@linkcode newKey}, for these names and addresses, as PEM.
 *
 * @throws {Error} where the key isn't such a one.
 */
export async function newCertificate(
  key: string,
  options: { readonly names: readonly string[]; readonly now: number },
): Promise<string> {
  const { names, now } = options;
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: "CN=Parley",
    notBefore: new Date(now - sinceMs),
    notAfter: new Date(now + goodMs),
    signingAlgorithm: algorithm,
    keys: await pairOf(key),
    extensions: [
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isAddress(value) ? "ip" as const : "dns" as const, value })),
      ),
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ],
  });
  return `${cert.toString("pem")}\n`;
}

async function pairOf(pem: string): Promise<CryptoKeyPair> {
  const bytes = PemConverter.decodeFirst(pem);
  const privateKey = await crypto.subtle.importKey("pkcs8", bytes, algorithm, true, ["sign"]);
  const { d: _secret, key_ops: _use, ...open } = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = await crypto.subtle.importKey("jwk", open, algorithm, true, ["verify"]);
  return { privateKey, publicKey };
}

/** RFC 5280, 4.1.2.2: positive. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] &= 0x7f;
  return bytes.toHex();
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^[\d.]+$/.test(name);
}
