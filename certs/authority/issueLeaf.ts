import { isIP } from 'node:net';
import type { KeyObject } from 'node:crypto';
import type { Authority } from './createAuthority.ts';
import { serialOf, departmentUri, hubUri } from './identifiers.ts';
import { webSigningKey } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { pemOf, signatureScheme, x509 } from './x509.ts';

export interface IssuedCertificate {
  /** lower-case hex */
  readonly serial: string;
  /** serial of the intermediate authority that issued it */
  readonly issuer: string;
  /** the certificate alone, PEM */
  readonly certificate: string;
  /** certificate, intermediate and root, PEM, as a TLS endpoint sends them */
  readonly chain: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly notAfter: number;
}

interface Leaf {
  readonly serial: string;
  readonly publicKey: KeyObject;
  readonly commonName: string;
  readonly usage: 'clientAuth' | 'serverAuth';
  readonly names: ConstructorParameters<typeof x509.SubjectAlternativeNameExtension>[0];
  readonly now: number;
  readonly validFor: number;
}

/**
 * Issues a department's certificate: TLS client only, named by the SAN URI `urn:datong:dept:<code>`. Only the public key of the
 * department's request is used; every name and date is the hub's.
 */
export async function issueDepartmentCertificate(
  authority: Authority,
  wanted: {
    readonly department: string;
    readonly publicKey: KeyObject;
    /** never used before; in the form of serialFrom */
    readonly serial: string;
    readonly now: number;
    readonly validFor?: number;
  },
): Promise<IssuedCertificate> {
  return await issue(authority, {
    serial: wanted.serial,
    publicKey: wanted.publicKey,
    commonName: wanted.department,
    usage: 'clientAuth',
    names: [{ type: 'url', value: departmentUri(wanted.department) }],
    now: wanted.now,
    validFor: wanted.validFor ?? lifetimes.leaf,
  });
}

/** Issues a listener's certificate: TLS server only, for the given host names and addresses. */
export async function issueListenerCertificate(
  authority: Authority,
  wanted: {
    readonly hosts: readonly string[];
    readonly publicKey: KeyObject;
    /** never used before; in the form of serialFrom */
    readonly serial: string;
    readonly now: number;
    readonly validFor?: number;
  },
): Promise<IssuedCertificate> {
  return await issue(authority, {
    serial: wanted.serial,
    publicKey: wanted.publicKey,
    commonName: wanted.hosts[0] ?? 'datong',
    usage: 'serverAuth',
    names: wanted.hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })),
    now: wanted.now,
    validFor: wanted.validFor ?? lifetimes.leaf,
  });
}

/** Issues the hub's own client certificate: named by the SAN URI `urn:datong:hub:<name>`, which no listener accepts as a department. */
export async function issueHubCertificate(
  authority: Authority,
  wanted: {
    /** the hub's name */
    readonly hub: string;
    readonly publicKey: KeyObject;
    /** never used before; in the form of serialFrom */
    readonly serial: string;
    readonly now: number;
  },
): Promise<IssuedCertificate> {
  return await issue(authority, {
    serial: wanted.serial,
    publicKey: wanted.publicKey,
    commonName: `${wanted.hub} hub`,
    usage: 'clientAuth',
    names: [{ type: 'url', value: hubUri(wanted.hub) }],
    now: wanted.now,
    validFor: lifetimes.leaf,
  });
}

async function issue(authority: Authority, leaf: Leaf): Promise<IssuedCertificate> {
  // read at once: another authority may take over while this certificate is made
  const { intermediateCertificate, intermediateKey, rootCertificate } = authority;
  const issuer = new x509.X509Certificate(intermediateCertificate);
  const publicKey = new x509.PublicKey(
    new Uint8Array(leaf.publicKey.export({ type: 'spki', format: 'der' })),
  );
  const notBefore = wholeSecond(leaf.now - lifetimes.backdated);
  // a certificate that outlives its issuer would be rejected from the issuer's end on without a visible reason
  const notAfter = Math.min(wholeSecond(leaf.now + leaf.validFor), issuer.notAfter.getTime());
  const made = await x509.X509CertificateGenerator.create({
    serialNumber: leaf.serial,
    subject: `CN=${leaf.commonName}, O=Datong`,
    issuer: issuer.subject,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    signingAlgorithm: signatureScheme,
    publicKey,
    signingKey: await webSigningKey(intermediateKey),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[leaf.usage]]),
      new x509.SubjectAlternativeNameExtension(leaf.names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  const certificate = pemOf(made);
  const chain = [certificate, intermediateCertificate, rootCertificate]
    .map((pem) => `${pem.trim()}\n`)
    .join('');
  return {
    serial: leaf.serial,
    issuer: serialOf(issuer.serialNumber),
    certificate,
    chain,
    notBefore,
    notAfter,
  };
}

/** X.509 times have whole seconds. */
const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
