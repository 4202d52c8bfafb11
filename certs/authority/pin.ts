/**
 * A pin names the hub's authority before its certificate is known: `sha256:` + base64url of SHA-256 over the SubjectPublicKeyInfo of
 * the root certificate (the hash of RFC 7469 §2.4). Listener certificates change monthly, the root's key does not.
 */
import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto';

/** @param certificate PEM or DER of a certificate */
export function pinOf(certificate: string | Buffer | X509Certificate): string {
  const parsed = certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  const key = parsed.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('base64url')}`;
}

export const isPin = (text: string): boolean => /^sha256:[A-Za-z0-9_-]{43}$/.test(text);

/**
 * The certificate of a presented chain whose key the pin names. The caller then verifies the connection against it alone:
 * finding it proves nothing about the rest of the chain.
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
