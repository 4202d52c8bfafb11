import { X509Certificate, type KeyObject } from 'node:crypto';
import { departmentNamed } from '../../certs/authority/identifiers.ts';

/** A certificate that the hub issued for one of our keys. */
export interface IssuedCertificate {
  /** PEM, the leaf first */
  readonly chain: string;
  readonly department: string;
  readonly serial: string;
  readonly notAfter: string;
  readonly renewFrom: string;
}

/** The certificate of a reply; undefined where it is for another key, or not issued below our root. */
export function issuedCertificate(
  reply: Readonly<Record<string, unknown>>,
  publicKey: KeyObject,
  ca: string,
): IssuedCertificate | undefined {
  const { certificate, serial, notAfter, renewFrom } = reply;
  const chain = typeof certificate === 'string' ? certificate : '';
  const [leaf, intermediate] = chain
    .split(/(?<=-----END CERTIFICATE-----\n?)(?=-----BEGIN)/)
    .map((pem) => (pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem) : undefined));
  const department = leaf === undefined ? undefined : departmentNamed(leaf);
  const sound =
    leaf?.publicKey.equals(publicKey) === true &&
    intermediate !== undefined &&
    leaf.verify(intermediate.publicKey) &&
    intermediate.verify(new X509Certificate(ca).publicKey);
  if (!sound || department === undefined) return undefined;
  return {
    chain,
    department,
    serial: String(serial),
    notAfter: String(notAfter),
    renewFrom: String(renewFrom),
  };
}
