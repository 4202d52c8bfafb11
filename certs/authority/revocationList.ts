import { webSigningKey } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { signatureScheme, x509 } from './x509.ts';

export type RevocationReason =
  'key-compromise' | 'superseded' | 'cessation' | 'privilege-withdrawn' | 'unspecified';

export interface Revoked {
  readonly serial: string;
  /** Unix milliseconds */
  readonly at: number;
  readonly reason: RevocationReason;
}

const reasons = {
  'key-compromise': x509.X509CrlReason.keyCompromise,
  superseded: x509.X509CrlReason.superseded,
  cessation: x509.X509CrlReason.cessationOfOperation,
  'privilege-withdrawn': x509.X509CrlReason.privilegeWithdrawn,
  unspecified: x509.X509CrlReason.unspecified,
} as const;

/**
 * A revocation list (RFC 5280 §5), PEM. The label is `X509 CRL`: Node and OpenSSL refuse the library's own `CRL`. Its number is the
 * moment of issue in milliseconds, so it grows without a counter.
 * @param issuer certificate and key, PEM
 */
export async function issueRevocationList(
  issuer: { readonly certificate: string; readonly key: string },
  list: { readonly revoked: readonly Revoked[]; readonly now: number; readonly validFor?: number },
): Promise<string> {
  const certificate = new x509.X509Certificate(issuer.certificate);
  const crl = await x509.X509CrlGenerator.create({
    issuer: certificate.subject,
    thisUpdate: new Date(list.now - lifetimes.backdated),
    nextUpdate: new Date(list.now + (list.validFor ?? lifetimes.revocationList)),
    signingAlgorithm: signatureScheme,
    signingKey: await webSigningKey(issuer.key),
    entries: list.revoked.map((one) => ({
      serialNumber: one.serial,
      revocationDate: new Date(one.at),
      reason: reasons[one.reason],
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      new x509.Extension('2.5.29.20', false, derInteger(list.now)),
    ],
  });
  return pemBlock('X509 CRL', Buffer.from(crl.rawData));
}

/** DER INTEGER of a non-negative safe integer. */
function derInteger(value: number): Uint8Array<ArrayBuffer> {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  const bytes = Buffer.from(hex, 'hex');
  return new Uint8Array([0x02, bytes.length, ...bytes]);
}

function pemBlock(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
