/**
 * The hub's own authority: a root that signs one intermediate and is then kept offline, and the intermediate that the hub signs
 * departments' certificates and revocation lists with.
 */
import { privateKeyPem, webPublicKey, webSigningKey, type KeyPair } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { issueRevocationList } from './revocationList.ts';
import { pemOf, signatureScheme, x509 } from './x509.ts';

/** What the hub needs of its authority, all PEM. The root's key is not among it. */
export interface Authority {
  readonly rootCertificate: string;
  /** The root's own list (empty until an intermediate is revoked): OpenSSL wants one for each issuer of a chain. */
  readonly rootRevocationList: string;
  readonly intermediateCertificate: string;
  readonly intermediateKey: string;
}

export interface NewAuthority extends Authority {
  /** to be carried away from the hub */
  readonly rootKey: string;
}

/** Where keys and serials come from: both are random. */
export interface Fresh {
  readonly keyPair: () => KeyPair;
  /** as serialFrom makes it */
  readonly serial: () => string;
}

const caUsages = (): InstanceType<typeof x509.Extension>[] => [
  new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
];

/**
 * Makes root, intermediate and the root's empty revocation list.
 * @param hubName appears in both subjects
 * @param now Unix milliseconds
 * @param fresh P-256 keys and serials that were never used
 */
export async function createAuthority(hubName: string, now: number, fresh: Fresh): Promise<NewAuthority> {
  const rootPair = fresh.keyPair();
  const rootSubject = authoritySubject(hubName, 'Root');
  const root = await createRoot(rootSubject, rootPair, now, fresh.serial());
  const intermediatePair = fresh.keyPair();
  const intermediate = await x509.X509CertificateGenerator.create({
    serialNumber: fresh.serial(),
    subject: authoritySubject(hubName, 'Departments'),
    issuer: root.subject,
    notBefore: new Date(now - lifetimes.backdated),
    notAfter: new Date(now + lifetimes.intermediate),
    signingAlgorithm: signatureScheme,
    publicKey: await webPublicKey(intermediatePair.publicKey),
    signingKey: await webSigningKey(rootPair.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      ...caUsages(),
      await x509.AuthorityKeyIdentifierExtension.create(await webPublicKey(rootPair.publicKey)),
      await x509.SubjectKeyIdentifierExtension.create(await webPublicKey(intermediatePair.publicKey)),
    ],
  });
  const rootCertificate = pemOf(root);
  const rootKey = privateKeyPem(rootPair.privateKey);
  return {
    rootKey,
    rootCertificate,
    rootRevocationList: await issueRevocationList(
      { certificate: rootCertificate, key: rootKey },
      { revoked: [], now, validFor: lifetimes.intermediate },
    ),
    intermediateCertificate: pemOf(intermediate),
    intermediateKey: privateKeyPem(intermediatePair.privateKey),
  };
}

async function createRoot(
  subject: string,
  pair: KeyPair,
  now: number,
  serial: string,
): Promise<InstanceType<typeof x509.X509Certificate>> {
  const publicKey = await webPublicKey(pair.publicKey);
  return await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject,
    issuer: subject,
    notBefore: new Date(now - lifetimes.backdated),
    notAfter: new Date(now + lifetimes.root),
    signingAlgorithm: signatureScheme,
    publicKey,
    signingKey: await webSigningKey(pair.privateKey),
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      ...caUsages(),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
}

/** An X.500 name with the characters of RFC 4514 §2.4 escaped. */
function authoritySubject(hubName: string, role: string): string {
  return `CN=${hubName.replaceAll(/([,+"\\<>;=#])/g, '\\$1')} ${role} CA, O=Datong`;
}
