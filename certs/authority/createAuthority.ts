/**
 * The hub's own authority: a root that signs one intermediate and then stays offline, and the intermediate, with which the hub signs
 * departments' certificates and revocation lists.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { privateKeyPem, webPublicKey, webSigningKey, type KeyPair } from './keyPair.ts';
import {
  authorityUsages,
  isRoot,
  issueIntermediate,
  type RootAuthority,
  rootSubject,
} from './issueIntermediate.ts';
import { lifetimes } from './lifetimes.ts';
import { issueRevocationList } from './revocationList.ts';
import { pemOf, signatureScheme, x509 } from './x509.ts';

/** The parts of its authority that the hub needs, all PEM. The root's key is not included. */
export interface Authority {
  readonly rootCertificate: string;
  /** The root's own list (empty until an intermediate is revoked): OpenSSL requires one for each issuer of a chain. */
  readonly rootRevocationList: string;
  readonly intermediateCertificate: string;
  readonly intermediateKey: string;
}

export interface NewAuthority extends Authority {
  /** to be moved away from the hub */
  readonly rootKey: string;
}

/** The sources of keys and serials: both are random. */
export interface Fresh {
  readonly keyPair: () => KeyPair;
  /** a serial in the form of serialFrom */
  readonly serial: () => string;
}

/**
 * Makes root, intermediate and the root's empty revocation list.
 * @param hubName appears in both subjects
 * @param now Unix milliseconds
 * @param fresh P-256 keys and serials that were never used
 */
export async function createAuthority(hubName: string, now: number, fresh: Fresh): Promise<NewAuthority> {
  const root = await createRoot(hubName, now, fresh);
  const pair = fresh.keyPair();
  const made = await issueIntermediate(root, {
    publicKey: pair.publicKey,
    serial: fresh.serial(),
    from: now - lifetimes.backdated,
  });
  return {
    ...root,
    intermediateCertificate: made.certificate,
    intermediateKey: privateKeyPem(pair.privateKey),
  };
}

/**
 * Makes a root alone, with its empty revocation list. Run it where the root's key is to stay, never on a hub's machine.
 * @param hubName appears in its subject
 * @param now Unix milliseconds
 */
export async function createRoot(
  hubName: string,
  now: number,
  fresh: Fresh,
): Promise<Pick<NewAuthority, 'rootKey' | 'rootCertificate' | 'rootRevocationList'>> {
  const pair = fresh.keyPair();
  const rootCertificate = await selfSigned(rootSubject(hubName), pair, now, fresh.serial());
  const rootKey = privateKeyPem(pair.privateKey);
  const rootRevocationList = await issueRevocationList(
    { certificate: rootCertificate, key: rootKey },
    { revoked: [], now, validFor: lifetimes.intermediate },
  );
  return { rootKey, rootCertificate, rootRevocationList };
}

/**
 * Makes another certificate for the key of a root, with the same lifetime. By name and key it is the same authority, so its signatures
 * are valid under either certificate, and its pin does not change.
 * @param now Unix milliseconds
 * @throws Problem authority_unsuitable where this is no root of a hub, or the key belongs to another certificate
 */
export async function prolongRoot(
  { rootCertificate, rootKey }: RootAuthority,
  now: number,
  serial: string,
): Promise<string> {
  const privateKey = createPrivateKey(rootKey);
  const publicKey = createPublicKey(privateKey);
  const { subject } = new x509.X509Certificate(rootCertificate);
  if (!isRoot(rootCertificate)) throw new Problem('authority_unsuitable', { what: 'not a root of a hub' });
  if (!publicKey.equals(new X509Certificate(rootCertificate).publicKey))
    throw new Problem('authority_foreign', { what: 'key' });
  return selfSigned(subject, { publicKey, privateKey }, now, serial);
}

async function selfSigned(
  subject: string,
  pair: KeyPair,
  now: number,
  serialNumber: string,
): Promise<string> {
  const publicKey = await webPublicKey(pair.publicKey);
  return pemOf(
    await x509.X509CertificateGenerator.create({
      serialNumber,
      subject,
      issuer: subject,
      notBefore: new Date(now - lifetimes.backdated),
      notAfter: new Date(now + lifetimes.root),
      signingAlgorithm: signatureScheme,
      publicKey,
      signingKey: await webSigningKey(pair.privateKey),
      extensions: [
        new x509.BasicConstraintsExtension(true, 1, true),
        authorityUsages(),
        await x509.SubjectKeyIdentifierExtension.create(publicKey),
      ],
    }),
  );
}
