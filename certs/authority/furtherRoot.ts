/** Accepts a further certificate for the key of a trusted root. A client needs no person for this, because the trust is in the key. */
import { X509Certificate } from 'node:crypto';
import { isRoot } from './issueIntermediate.ts';
import { x509 } from './x509.ts';

const maxPemLength = 8192;

/**
 * A certificate replaces the trusted one only if it is self-signed by the same key, has the same name and ends later. A hub without the
 * root's key cannot make such a certificate.
 * @param trusted PEM of the trusted root certificate; several certificates are never replaced
 * @param offered the certificate that is to replace it
 * @param now Unix milliseconds, which must be within the validity of `offered`
 * @returns PEM of exactly one certificate; undefined where `offered` does not replace the trusted one
 */
export function furtherRoot(trusted: string, offered: unknown, now: number): string | undefined {
  const one = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
  // several roots in one file were chosen by the user
  if (trusted.split('-----BEGIN CERTIFICATE-----').length !== 2) return undefined;
  if (typeof offered !== 'string' || offered.length > maxPemLength || !one.test(offered)) return undefined;
  try {
    const [old, read] = [new X509Certificate(trusted), new X509Certificate(offered)];
    const [begins, ends] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    const same = read.publicKey.equals(old.publicKey) && nameOf(offered).equals(nameOf(trusted));
    const lasts = begins <= now && now < ends && ends > Date.parse(old.validTo);
    const sound = same && lasts && isRoot(offered, () => true) && isPlainRoot(offered);
    return sound ? `${read.toString().trim()}\n` : undefined;
  } catch {
    return undefined;
  }
}

/** DER of the subject: names that differ only in their encoding are different names. */
const nameOf = (pem: string): Buffer =>
  Buffer.from(new x509.X509Certificate(pem).subjectName.toArrayBuffer());

/**
 * Whether a certificate can issue intermediates and revocation lists, without a critical extension (such as name constraints) that could
 * exclude departments.
 */
function isPlainRoot(pem: string): boolean {
  const read = new x509.X509Certificate(pem);
  const constraints = read.getExtension(x509.BasicConstraintsExtension);
  const usages = read.getExtension(x509.KeyUsagesExtension);
  const wanted: number = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const known = new Set(['2.5.29.19', '2.5.29.15']);
  return (
    constraints?.ca === true &&
    constraints.pathLength !== 0 &&
    Number(usages?.usages) === wanted &&
    read.extensions.every(({ critical, type }) => !critical || known.has(type))
  );
}
