import { Problem } from '../../terms/problem.ts';
import { webSigningKey } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { serialOf } from './identifiers.ts';
import { signatureScheme, x509 } from './x509.ts';

export type RevocationReason =
  'key-compromise' | 'superseded' | 'cessation' | 'privilege-withdrawn' | 'unspecified';

export interface Revoked {
  readonly serial: string;
  /** Unix milliseconds */
  readonly at: number;
  readonly reason: RevocationReason;
}

/** The five reasons in the hub's own lists; any other reason in a foreign list counts as unspecified. */
const reasons = {
  'key-compromise': x509.X509CrlReason.keyCompromise,
  superseded: x509.X509CrlReason.superseded,
  cessation: x509.X509CrlReason.cessationOfOperation,
  'privilege-withdrawn': x509.X509CrlReason.privilegeWithdrawn,
  unspecified: x509.X509CrlReason.unspecified,
} as const;

/**
 * Issues a revocation list (RFC 5280 §5), PEM. The label is `X509 CRL`: Node and OpenSSL reject the library's own `CRL`. Its number is
 * the moment of issue in milliseconds, so it increases without a counter.
 * @param issuer certificate and key, PEM
 */
export async function issueRevocationList(
  issuer: { readonly certificate: string; readonly key: string },
  list: {
    readonly revoked: readonly Revoked[];
    readonly now: number;
    readonly validFor?: number;
    /** number of the previous list: this one's is greater, regardless of the clock */
    readonly after?: number;
  },
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
      new x509.Extension('2.5.29.20', false, derInteger(Math.max(list.now, (list.after ?? 0) + 1))),
    ],
  });
  return pemBlock('X509 CRL', Buffer.from(crl.rawData));
}

/** A parsed list, and its issuer. */
export interface ReadList {
  readonly issuer: string;
  /** CRL number (RFC 5280 §5.2.3) */
  readonly number: number;
  /** Unix milliseconds */
  readonly thisUpdate: number;
  /** Unix milliseconds; after this time every peer that the list is checked for is rejected */
  readonly nextUpdate: number;
  readonly revoked: readonly Revoked[];
}

const largestList = 65_536;

/**
 * Reads a revocation list, exactly one and PEM, and checks its signature.
 * @param issuer certificate it must be signed by, PEM
 * @throws Problem authority_malformed, authority_foreign
 */
export async function readRevocationList(pem: string, issuer: string): Promise<ReadList> {
  const one = /^\s*-----BEGIN X509 CRL-----[A-Za-z0-9+/=\s]+-----END X509 CRL-----\s*$/;
  const malformed = (cause?: unknown): Problem =>
    new Problem('authority_malformed', { what: 'revocation list' }, { cause });
  if (pem.length > largestList || !one.test(pem)) throw malformed();
  const certificate = new x509.X509Certificate(issuer);
  let list: InstanceType<typeof x509.X509Crl>;
  let read: ReadList;
  try {
    list = new x509.X509Crl(pem.replaceAll(/-----[^-]+-----/g, '').replaceAll(/\s/g, ''));
    // members are parsed on access, so they are read here, inside the guard
    read = partsOf(list);
  } catch (cause) {
    throw malformed(cause);
  }
  const signed = await list.verify({ publicKey: certificate.publicKey }).catch(() => false);
  if (!signed || list.issuer !== certificate.subject)
    throw new Problem('authority_foreign', { what: 'revocation list' });
  return read;
}

function partsOf(list: InstanceType<typeof x509.X509Crl>): ReadList {
  const number = list.extensions.find(({ type }) => type === '2.5.29.20');
  if (number === undefined || list.nextUpdate === undefined) throw new TypeError('no number, or no end');
  return {
    issuer: list.issuer,
    number: integerOf(Buffer.from(number.value)),
    thisUpdate: list.thisUpdate.getTime(),
    nextUpdate: list.nextUpdate.getTime(),
    revoked: list.entries.map((entry) => ({
      serial: serialOf(entry.serialNumber),
      at: entry.revocationDate.getTime(),
      reason: reasonOf(entry.reason),
    })),
  };
}

const reasonOf = (read: number | undefined): RevocationReason =>
  (Object.keys(reasons) as RevocationReason[]).find((name) => reasons[name] === read) ?? 'unspecified';

/** @throws TypeError for anything but one non-negative safe DER INTEGER */
function integerOf(der: Buffer): number {
  const value = Number.parseInt(der.subarray(2).toString('hex'), 16);
  if (
    der[0] !== 0x02 ||
    der[1] !== der.length - 2 ||
    ((der[2] ?? 0x80) & 0x80) !== 0 ||
    !Number.isSafeInteger(value)
  )
    throw new TypeError('not a number');
  return value;
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
