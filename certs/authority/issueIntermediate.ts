/** Certifies the intermediate authority by the root: the names come from the root, only the key from the request. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { authorityId } from './identifiers.ts';
import { webPublicKey, webSigningKey } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { pemOf, signatureScheme, x509 } from './x509.ts';

/** The root as stored offline, PEM. */
export interface RootAuthority {
  readonly rootCertificate: string;
  readonly rootKey: string;
}

/** The permitted key usages of every authority. */
export const authorityUsages = (): InstanceType<typeof x509.Extension> =>
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true);

const rootEnd = ' Root CA, O=Datong';

/** Subject of a hub's root: an X.500 name with the characters of RFC 4514 §2.4 escaped. */
export const rootSubject = (hubName: string): string =>
  `CN=${hubName.replaceAll(/([,+"\\<>;=#])/g, '\\$1')}${rootEnd}`;

/** Whether a certificate is a root that `createRoot` made for a hub of this name: of that name, and signed with its own key. */
export const isRootOf = (rootCertificate: string, hubName: string): boolean =>
  isRoot(rootCertificate, (subject) => subject === rootSubject(hubName));

/** The same, for a hub of any name. */
export function isRoot(
  rootCertificate: string,
  named = (subject: string): boolean => subject.endsWith(rootEnd),
): boolean {
  try {
    const read = new X509Certificate(rootCertificate);
    const { subject } = new x509.X509Certificate(rootCertificate);
    return named(subject) && read.ca && read.checkIssued(read) && read.verify(read.publicKey);
  } catch {
    return false;
  }
}

/**
 * Issues a certificate for an intermediate authority that signs departments' certificates and no further authority (`pathLen` 0). Each
 * has a unique name, so that revocation lists are never confused.
 * @param wanted.from Unix milliseconds; it ends five years later, and never after the root
 * @throws Problem authority_unsuitable where the root is no hub's, has ended by then, or its own key is to be certified
 */
export async function issueIntermediate(
  { rootCertificate, rootKey }: RootAuthority,
  wanted: {
    /** P-256 */
    readonly publicKey: KeyObject;
    /** never used before; in the form of serialFrom */
    readonly serial: string;
    readonly from: number;
  },
): Promise<{ readonly certificate: string; readonly notBefore: number; readonly notAfter: number }> {
  const root = new x509.X509Certificate(rootCertificate);
  if (!root.subject.endsWith(rootEnd))
    throw new Problem('authority_unsuitable', { what: 'not a root of a hub' });
  const id = authorityId(wanted.publicKey);
  const spki = wanted.publicKey.export({ type: 'spki', format: 'der' });
  if (spki.equals(Buffer.from(root.publicKey.rawData)))
    throw new Problem('authority_unsuitable', { what: 'the key of the root itself' });
  const notBefore = Math.floor(wanted.from / 1000) * 1000;
  const notAfter = Math.min(notBefore + lifetimes.intermediate, root.notAfter.getTime());
  if (notAfter <= notBefore)
    throw new Problem('authority_unsuitable', { what: 'the root ends before it begins' });
  const publicKey = await webPublicKey(wanted.publicKey);
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: wanted.serial,
    subject: `${root.subject.slice(0, -rootEnd.length)} Departments CA ${id}, O=Datong`,
    issuer: root.subject,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: signatureScheme,
    publicKey,
    signingKey: await webSigningKey(rootKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      authorityUsages(),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return { certificate: pemOf(made), notBefore, notAfter };
}
