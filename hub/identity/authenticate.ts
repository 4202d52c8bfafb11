/**
 * Who sent a request. The checks run from cheap to dear, and the nonce is looked at only after the signature stood: else anybody could
 * burn a caller's nonces.
 *
 *   certificate → revoked serial → shape of the headers → time → key → signature → nonce seen → digest of the body
 */
import type { RequestMessage } from '../../certs/message.ts';
import {
  checkDigest,
  checkKey,
  checkSignature,
  checkTime,
  claimedKeyid,
  readSignature,
  signatureHash as hashOfSignature,
  verifiedRequest,
  type RequestSignature,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
import type { DepartmentCode } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { Caller, TlsPeer } from './caller.ts';
import { Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';

export interface Known {
  readonly registry: Registry;
  /** Has this process seen the nonce? The append decides for all. */
  readonly hasNonce: (keyid: string, nonce: string) => boolean;
}

/**
 * @param now Unix milliseconds
 * @throws Refusal with the problem of the first check that failed
 */
export function authenticate(
  message: RequestMessage,
  peer: TlsPeer | undefined,
  now: number,
  known: Known,
): Caller {
  try {
    return check(message, peer, now, known);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const keyid = claimedKeyid(message.rawHeaders);
    const department = peer?.department;
    throw new Refusal(
      error,
      { ...(department === undefined ? {} : { department }), ...(keyid === undefined ? {} : { keyid }) },
      peer === undefined ? {} : { certificate: peer.serial },
      carriedSignature(message.rawHeaders),
    );
  }
}

/** Hash of the one signature a request carries; undefined where it carries none, or several. */
function carriedSignature(rawHeaders: readonly string[]): string | undefined {
  const fields = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'signature');
  const [, bytes] = /^req=:([A-Za-z0-9+/]+={0,2}):$/.exec(fields[0] ?? '') ?? [];
  if (fields.length !== 1 || bytes === undefined) return undefined;
  return hashOfSignature(Buffer.from(bytes, 'base64'));
}

function check(message: RequestMessage, peer: TlsPeer | undefined, now: number, known: Known): Caller {
  const { registry } = known;
  const certificate = checkCertificate(peer, now, registry);
  const signature = readSignature(message);
  checkTime(signature, now);
  const key = keyInForce(signature, certificate.department, now, registry);
  checkSignature(signature, message, key);
  if (known.hasNonce(signature.keyid, signature.nonce)) {
    throw new Problem('nonce_replayed', {}, { check: 'nonce', at: 'signature-input;nonce' });
  }
  checkDigest(signature, message);
  const { keyid, nonce, expires, signatureHash, signed } = verifiedRequest(signature, key);
  return {
    department: certificate.department,
    keyid,
    certificate: certificate.serial,
    nonce,
    expires,
    signatureHash,
    signed,
  };
}

/** The certificate was verified by TLS when the socket opened; here is asked what may have changed since. */
function checkCertificate(
  peer: TlsPeer | undefined,
  now: number,
  registry: Registry,
): { readonly department: DepartmentCode; readonly serial: string } {
  const refuse = (
    code: 'certificate_missing' | 'certificate_unknown' | 'certificate_revoked' | 'certificate_expired',
  ) => new Problem(code, { serial: peer?.serial ?? '' }, { check: 'certificate' });
  if (peer?.department === undefined) throw refuse('certificate_missing');
  const certificate = registry.certificates.get(peer.serial);
  if (certificate?.department !== peer.department) throw refuse('certificate_unknown');
  if (certificate.revoked !== undefined) throw refuse('certificate_revoked');
  if (now > Math.min(peer.notAfter, certificate.notAfter)) throw refuse('certificate_expired');
  return { department: peer.department, serial: peer.serial };
}

function keyInForce(
  signature: RequestSignature,
  department: DepartmentCode,
  now: number,
  registry: Registry,
): VerificationKey {
  const known = registry.keys.get(signature.keyid);
  const key = checkKey(signature, known?.verification);
  if (known === undefined || known.revokedAt !== null || known.notBefore > now) {
    throw new Problem('key_revoked', { keyid: signature.keyid }, { check: 'key' });
  }
  if (known.department !== department) {
    throw new Problem('key_department_mismatch', {}, { check: 'key', expected: department });
  }
  return key;
}
