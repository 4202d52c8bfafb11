/** Enrolment: exchanges a one-time code, a certificate request and a proof of the signing key for a certificate and a registered key. */
import { newSerial } from '../../../machine/newKeyPair.ts';
import { createHash, type KeyObject } from 'node:crypto';
import { issueDepartmentCertificate, type IssuedCertificate } from '../../../certs/authority/issueLeaf.ts';
import { checkPossession } from '../../../certs/authority/possession.ts';
import { readCertificateRequest } from '../../../certs/authority/readRequest.ts';
import { thumbprint } from '../../../certs/thumbprint.ts';
import { departmentCode } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertCertificate, tlsKeyRefused } from '../store/certificates.ts';
import { useEnrolmentCode } from '../store/enrolmentCodes.ts';
import { insertSigningKey } from '../store/signingKeys.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';
import { findEnrolmentCode } from './enrolmentCode.ts';
import type { Directory } from '../directory/directory.ts';

export interface EnrolmentRequest {
  readonly code: string;
  /** PKCS #10, PEM, of the TLS key */
  readonly csr: string;
  /** compact JWS by the signing key: certs/authority/possession.ts */
  readonly proof: string;
}

/** A certificate as a department receives it. */
export interface CertificateReply {
  readonly department: string;
  readonly serial: string;
  /** certificate, intermediate, root, PEM */
  readonly certificate: string;
  /** RFC 3339, as the two after it */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly renewFrom: string;
}

export interface Enrolled extends CertificateReply {
  readonly keyid: string;
  /** the hub's public origin: target of every signed request */
  readonly origin: string;
  /** false: a further key of the department, which waits until another person has confirmed it */
  readonly confirmed: boolean;
}

/**
 * @throws Problem enrolment_code_invalid | _used | _expired, certificate_request_…, enrolment_proof_invalid,
 *   enrolment_department_differs, signing_key_is_tls_key, signing_key_taken, tls_key_taken
 */
export async function enrol(
  request: EnrolmentRequest,
  { exchange, now }: ActContext,
  { authority, origin, reader, directory }: ActDependencies,
): Promise<Act<Enrolled>> {
  const code = await findEnrolmentCode(reader, request.code, now);
  if (code.issuer !== null) refuseEnded(code.issuer, directory);
  const department = departmentCode(code.department);
  const { publicKey } = await readCertificateRequest(request.csr, department);
  const proven = await checkPossession('enrolment', request.proof, { aud: origin, csr: request.csr, now });
  if (proven.department !== undefined && proven.department !== department) {
    throw new Problem('enrolment_department_differs', { department: proven.department });
  }
  const { key } = proven;
  refuseTlsKey(publicKey, key.keyid, directory);
  const issued = await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department,
    publicKey,
    now,
  });
  const signing = {
    keyid: key.keyid,
    department,
    alg: key.alg,
    publicKey: key.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    notBefore: issued.notBefore,
    issuer: code.issuer,
  };
  const isFirstKey = ![...directory.keys.values()].some((known) => known.department === department);
  const confirmed = isFirstKey || code.issuer === null;
  return {
    reply: { ...certificateReply(department, issued), keyid: key.keyid, origin, confirmed },
    change: { confirmed, department, code: code.id, serial: issued.serial, keyid: key.keyid, alg: key.alg },
    work: async (transaction) => {
      if (!(await useEnrolmentCode(transaction, code.hash, { at: now, exchange }))) {
        throw new Problem('enrolment_code_used');
      }
      if (!(await insertSigningKey(transaction, signing, exchange))) throw new Problem('signing_key_taken');
      await storeCertificate(transaction, { department, publicKey, issued, enrolment: exchange, exchange });
    },
    bumpsEpoch: true,
  };
}

/**
 * Also a code that was hidden from the statement that ended those of its issuer.
 * @throws Problem enrolment_code_used; rows_unauthenticated where the row of the issuer was changed past the hub
 */
function refuseEnded(issuer: string, { persons }: Directory): void {
  const person = persons.get(issuer);
  if (person === undefined) throw new Problem('rows_unauthenticated', { table: 'person' });
  if (person.state === 'ended') throw new Problem('enrolment_code_used');
}

/** A key has one use: the TLS key may not sign requests, neither this one nor one registered before. */
function refuseTlsKey(tlsKey: KeyObject, keyid: string, directory: Directory): void {
  if (tlsKey.asymmetricKeyType === 'ec') {
    const tlsThumbprint = thumbprint(tlsKey);
    if (tlsThumbprint === keyid || directory.keys.has(tlsThumbprint))
      throw new Problem('signing_key_is_tls_key');
  }
  if (directory.keys.has(keyid)) throw new Problem('signing_key_taken');
}

/** Stores a new certificate. @throws Problem tls_key_taken when its key is another department's, or compromised */
export async function storeCertificate(
  transaction: Transaction,
  enrolled: {
    readonly department: string;
    readonly publicKey: KeyObject;
    readonly issued: IssuedCertificate;
    readonly enrolment: string;
    readonly exchange: string;
  },
): Promise<void> {
  const { issued, department, enrolment, exchange } = enrolled;
  const keyDigest = createHash('sha256')
    .update(enrolled.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  if (await tlsKeyRefused(transaction, keyDigest, department)) throw new Problem('tls_key_taken');
  await insertCertificate(
    transaction,
    {
      serial: issued.serial,
      department,
      publicKey: keyDigest,
      pem: issued.certificate,
      notBefore: issued.notBefore,
      notAfter: issued.notAfter,
      enrolment,
      issuer: issued.issuer,
    },
    exchange,
  );
}

export function certificateReply(department: string, issued: IssuedCertificate): CertificateReply {
  const timeText = (milliseconds: number): string => new Date(milliseconds).toISOString();
  return {
    department,
    serial: issued.serial,
    certificate: issued.chain,
    notBefore: timeText(issued.notBefore),
    notAfter: timeText(issued.notAfter),
    renewFrom: timeText((issued.notBefore + issued.notAfter) / 2),
  };
}
