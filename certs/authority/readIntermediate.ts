/** Checks whether a certificate is an intermediate authority of this root: a hub requires this before it signs with its key. */
import { X509Certificate } from 'node:crypto';
import type { FaultWord } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';
import { acceptedTlsKey } from './keyPair.ts';
import { authorityId, serialOf } from './identifiers.ts';
import { x509 } from './x509.ts';

export interface ReadIntermediate {
  /** lower-case hex */
  readonly serial: string;
  /** PEM, exactly one */
  readonly certificate: string;
  /** of its key: `authorityId` */
  readonly id: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly notAfter: number;
}

const maxPemLength = 8192;

/**
 * @param pem exactly one certificate
 * @param rootCertificate PEM
 * @throws Problem authority_malformed; authority_foreign where this root did not sign it; authority_unsuitable where its use is not
 * exactly to sign departments' certificates
 */
export function readIntermediate(pem: string, rootCertificate: string): ReadIntermediate {
  const read = parsed(pem);
  const root = new X509Certificate(rootCertificate);
  if (!read.checkIssued(root) || !read.verify(root.publicKey))
    throw new Problem('authority_foreign', { what: 'certificate' });
  const { kind, accepted } = acceptedTlsKey(read.publicKey);
  if (!accepted || !kind.startsWith('ec ')) throw unsuitable('another kind of key than P-256');
  refuseConstraints(pem);
  if (Date.parse(read.validTo) > Date.parse(root.validTo)) throw unsuitable('it outlives the root');
  return {
    serial: serialOf(read.serialNumber),
    certificate: `${read.toString().trim()}\n`,
    id: authorityId(read.publicKey),
    notBefore: Date.parse(read.validFrom),
    notAfter: Date.parse(read.validTo),
  };
}

function parsed(pem: string): X509Certificate {
  const one = /^\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/;
  if (pem.length > maxPemLength || !one.test(pem))
    throw new Problem('authority_malformed', { what: 'certificate' });
  try {
    const read = new X509Certificate(pem);
    // members are parsed on access, so the key is read here, inside the guard
    if (read.publicKey.type === 'public') return read;
    throw new TypeError('no public key');
  } catch (cause) {
    throw new Problem('authority_malformed', { what: 'certificate' }, { cause });
  }
}

/** RFC 5280 §4.2.1.3 and §4.2.1.9: an authority, of no further authorities, whose key signs only certificates and lists. */
function refuseConstraints(pem: string): void {
  const read = new x509.X509Certificate(pem);
  const constraints = read.getExtension(x509.BasicConstraintsExtension);
  if (constraints?.ca !== true || constraints.pathLength !== 0 || !constraints.critical)
    throw unsuitable('not an authority of departments alone (CA, pathLen 0)');
  const usages = read.getExtension(x509.KeyUsagesExtension);
  const wanted: number = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  if (Number(usages?.usages) !== wanted)
    throw unsuitable('another use of its key than certificates and lists');
  const known = new Set(['2.5.29.19', '2.5.29.15']);
  if (read.extensions.some(({ critical, type }) => critical && !known.has(type)))
    throw unsuitable('a limit that the hub does not know');
}

const unsuitable = (what: FaultWord): Problem => new Problem('authority_unsuitable', { what });
