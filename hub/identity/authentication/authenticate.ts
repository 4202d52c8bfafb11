/**
 * Authenticates a request. The checks run from cheap to expensive. The nonce is checked only after the signature is verified; otherwise
 * any stranger could use up a caller's nonces.
 *
 * certificate → revoked serial → shape of the headers → time → key → signature → nonce seen
 *
 * All checks use the head of the request. The digest of the body is compared with the signed one after the body is read.
 */
import {
  carriedSignatureHash,
  checkKey,
  checkSignatureInPool,
  checkTime,
  claimedKeyid,
  readSignature,
  verifiedRequest,
  type RequestSignature,
  type ShapesRead,
  type VerificationKey,
} from '../../../certs/signatures/index.ts';
import type { DepartmentCode } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import type { CallHead, DepartmentCaller, TlsPeer } from './caller.ts';
import { Refusal } from './refusal.ts';
import type { Directory } from '../directory/directory.ts';
import { signedContext } from './signedContext.ts';

export interface Known {
  readonly directory: Directory;
  /** Whether this process has seen the nonce. The append decides for all processes. */
  readonly hasNonce: (keyid: string, nonce: string) => boolean;
  /** lists of covered components that were read before */
  readonly shapes?: ShapesRead;
}

/** The parts of a call that are checked: nothing of its body. */
export type SignedCall = Pick<CallHead, 'method' | 'targetUri' | 'rawHeaders' | 'hasBody' | 'peer'>;

/**
 * @param now Unix milliseconds
 * @throws Refusal with the problem of the first check that failed
 */
export async function authenticate(head: SignedCall, now: number, known: Known): Promise<DepartmentCaller> {
  try {
    return await check(head, now, known);
  } catch (error) {
    throw error instanceof Problem ? refusalOf(head, error) : error;
  }
}

/** The handshake proved the key of the certificate; everything else in an unproven request is only a claim. */
function refusalOf({ peer, rawHeaders }: SignedCall, problem: Problem): Refusal {
  return new Refusal(
    problem,
    {
      proven: peer === undefined ? {} : { certificate: peer.serial },
      claimed: { department: peer?.department, keyid: claimedKeyid(rawHeaders) },
    },
    carriedSignatureHash(rawHeaders),
  );
}

async function check(head: SignedCall, now: number, known: Known): Promise<DepartmentCaller> {
  const { directory } = known;
  const certificate = checkCertificate(head.peer, now, directory);
  const signature = readSignature(head, known.shapes);
  checkTime(signature, now);
  const key = keyInForce(signature, certificate.department, now, directory);
  await checkSignatureInPool(signature, head, key);
  if (known.hasNonce(signature.keyid, signature.nonce)) {
    throw new Problem('nonce_replayed', {}, { check: 'nonce', at: 'signature-input;nonce' });
  }
  const { keyid, nonce, expires, signatureHash, signed } = verifiedRequest(signature, key);
  return {
    kind: 'department',
    department: certificate.department,
    keyid,
    certificate: certificate.serial,
    nonce,
    expires,
    signatureHash,
    digest: signature.digest,
    ...signedContext(signed),
  };
}

/**
 * Checks the state of a caller whose signature was verified before, because a stream lasts longer than its request.
 * @throws Problem
 */
export function checkState(
  { certificate: serial, department, keyid }: DepartmentCaller,
  now: number,
  directory: Directory,
): void {
  const notAfter = directory.certificates.get(serial)?.notAfter ?? 0;
  checkCertificate({ serial, department, notAfter }, now, directory);
  checkInForce(keyid, now, directory);
  checkDepartment(keyid, department, directory);
}

/** TLS verified the certificate when the socket opened. This checks what may have changed since. */
function checkCertificate(
  peer: TlsPeer | undefined,
  now: number,
  directory: Directory,
): { readonly department: DepartmentCode; readonly serial: string } {
  const refuse = (
    code: 'certificate_missing' | 'certificate_unknown' | 'certificate_revoked' | 'certificate_expired',
    facts: Readonly<Record<string, string>> = {},
  ) => new Problem(code, { serial: peer?.serial ?? '', ...facts }, { check: 'certificate' });
  if (peer?.department === undefined) throw refuse('certificate_missing');
  const certificate = directory.certificates.get(peer.serial);
  if (certificate?.department !== peer.department) throw refuse('certificate_unknown');
  if (certificate.revoked !== undefined) throw refuse('certificate_revoked');
  const notAfter = Math.min(peer.notAfter, certificate.notAfter);
  if (now > notAfter)
    throw refuse('certificate_expired', {
      department: peer.department,
      until: new Date(notAfter).toISOString(),
    });
  return { department: peer.department, serial: peer.serial };
}

function keyInForce(
  signature: RequestSignature,
  department: DepartmentCode,
  now: number,
  directory: Directory,
): VerificationKey {
  const { keyid } = signature;
  const key = checkKey(signature, directory.keys.get(keyid)?.verification);
  checkInForce(keyid, now, directory);
  checkDepartment(keyid, department, directory);
  return key;
}

/** @throws Problem key_revoked, key_not_confirmed */
export function checkInForce(keyid: string, now: number, { keys }: Directory): void {
  const key = keys.get(keyid);
  if (key === undefined || key.revokedAt !== null || key.notBefore > now) {
    throw new Problem('key_revoked', { keyid }, { check: 'key' });
  }
  if (key.waiting) throw new Problem('key_not_confirmed', { keyid }, { check: 'key' });
}

/** @throws Problem key_department_mismatch */
export function checkDepartment(keyid: string, department: DepartmentCode, { keys }: Directory): void {
  if (keys.get(keyid)?.department !== department) {
    throw new Problem('key_department_mismatch', {}, { check: 'key', expected: department });
  }
}
