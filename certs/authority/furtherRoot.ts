/** A further certificate for the key of a root that is trusted already: what a client may take by itself, whoever hands it over. */
import { X509Certificate } from 'node:crypto';
import { isRoot } from './issueIntermediate.ts';
import { x509 } from './x509.ts';

const largest = 8192;

/**
 * The trust stays with the key: only a certificate that the very key of the standing one signed for itself, under the same name and with a
 * later end, takes its place. Whoever holds a hub and not the root's key can make none.
 * @param standing PEM of the root certificate that is trusted; of several none is replaced
 * @param offered what somebody hands over as the root's certificate
 * @param now Unix milliseconds; one that has not begun, or has ended, is none yet or none any more
 * @returns PEM, exactly one certificate; undefined for anything else, the standing one included
 */
export function furtherRoot(standing: string, offered: unknown, now: number): string | undefined {
  const one = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
  // several roots side by side are somebody's own choice, and stay
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

/** The name byte by byte: two that merely read alike are two. */
const nameOf = (pem: string): Buffer =>
  Buffer.from(new x509.X509Certificate(pem).subjectName.toArrayBuffer());

/** An authority above one other, whose key signs certificates and lists, without a limit that would shut departments out. */
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
