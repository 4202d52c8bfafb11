import { createHash, type KeyObject, timingSafeEqual, X509Certificate } from 'node:crypto';

/** Identifies the key of an intermediate authority in names and files: eight hex digits of SHA-256 over the SubjectPublicKeyInfo. */
export const authorityId = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 8);

/**
 * A serial of 16 random bytes as lower-case hex. The first byte is 0x40–0x7f, so the DER integer has neither a sign nor a leading zero
 * and every tool prints the same 32 digits.
 */
export function serialFrom(random: Uint8Array): string {
  const bytes = Buffer.from(random);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}

/** Serials in the form that the product compares: lower-case hex without leading zeros (openssl and Node print upper case). */
export function serialOf(text: string): string {
  return text.toLowerCase().replace(/^0+(?=.)/, '');
}

/*
 * A pin names the hub's authority before its certificate is known: `sha256:` + base64url of SHA-256 over the SubjectPublicKeyInfo of
 * the root certificate (the hash of RFC 7469 §2.4). Listener certificates change monthly, the root's key does not.
 */

/** @param certificate PEM or DER of a certificate */
export function pinOf(certificate: string | Buffer | X509Certificate): string {
  const parsed = certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  const key = parsed.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('base64url')}`;
}

export const isPin = (text: string): boolean => /^sha256:[A-Za-z0-9_-]{43}$/.test(text);

/**
 * The certificate of a presented chain whose key the pin names. The caller then verifies the connection against it alone: finding it
 * proves nothing about the rest of the chain.
 */
export function findPinned(chain: readonly (Buffer | string)[], pin: string): X509Certificate | undefined {
  return chain
    .map((one) => new X509Certificate(one))
    .find((certificate) => {
      const own = Buffer.from(pinOf(certificate));
      const wanted = Buffer.from(pin);
      return own.length === wanted.length && timingSafeEqual(own, wanted);
    });
}

const prefix = 'urn:datong:dept:';

/** The SAN URI that names a department in its certificate. */
export const departmentUri = (department: string): string => `${prefix}${department}`;

/** The SAN URI that names a hub in its own client certificate: no department has such a name. */
export const hubUri = (hub: string): string => `urn:datong:hub:${hub}`;

/**
 * The department a certificate names: exactly one SAN URI `urn:datong:dept:<code>`, else undefined. Trust it only for a certificate that
 * was verified against the hub's authority.
 */
export function departmentNamed(certificate: X509Certificate): string | undefined {
  const named = (certificate.subjectAltName ?? '')
    .split(', ')
    .filter((name) => name.startsWith(`URI:${prefix}`))
    .map((name) => name.slice(4 + prefix.length));
  const [only] = named;
  // Node quotes and escapes a name with odd characters; such a name is no department code (terms/ids.ts)
  return named.length === 1 &&
    only !== undefined &&
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(only) &&
    only.length >= 2 &&
    only.length <= 40
    ? only
    : undefined;
}
