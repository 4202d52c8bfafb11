/** Accepts a further certificate for the key of a root that is trusted already. A client may do this by itself, regardless of the source. */
import { X509Certificate } from 'node:crypto';
import { isRoot } from './issueIntermediate.ts';
import { x509 } from './x509.ts';

const largest = 8192;

/**
 * Trust is bound to the key. A certificate replaces the current one only if the same key signed it for itself, under the same name and
 * with a later end. A hub without the root's key cannot make one.
 * @param standing PEM of the root certificate that is trusted; several certificates are never replaced
 * @param offered the claimed root certificate
 * @param now Unix milliseconds; a certificate that has not begun, or has ended, is not accepted
 * @returns PEM, exactly one certificate; undefined for anything else, the current one included
 */
export function furtherRoot(standing: string, offered: unknown, now: number): string | undefined {
  const one = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
  // several roots together are the user's own choice, and remain
  if (standing.split('-----BEGIN CERTIFICATE-----').length !== 2) return undefined;
  if (typeof offered !== 'string' || offered.length > largest || !one.test(offered)) return undefined;
  try {
    const [old, read] = [new X509Certificate(standing), new X509Certificate(offered)];
    const [begins, ends] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    const same = read.publicKey.equals(old.publicKey) && nameOf(offered).equals(nameOf(standing));
    const lasts = begins <= now && now < ends && ends > Date.parse(old.validTo);
    const sound = same && lasts && isRoot(offered, () => true) && isPlainRoot(offered);
    return sound ? `${read.toString().trim()}\n` : undefined;
  } catch {
    return undefined;
  }
}

/** The name byte by byte: two that only look alike differ. */
const nameOf = (pem: string): Buffer =>
  Buffer.from(new x509.X509Certificate(pem).subjectName.toArrayBuffer());

/**
 * Whether a certificate is an authority above one other, whose key signs certificates and lists, without a limit that would exclude
 * departments.
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
