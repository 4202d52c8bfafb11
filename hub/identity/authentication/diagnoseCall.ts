import { diagnoseRequest, type Diagnosis } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { checkDepartment, checkInForce, type Known } from './authenticate.ts';
import type { CallHead } from './caller.ts';
import { X509Certificate } from 'node:crypto';
import { serialOf, departmentNamed } from '../../../certs/authority/identifiers.ts';
import type { Authorities } from '../../platform/keys/hubKeys.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Directory } from '../directory/directory.ts';
import { defined } from '../../../terms/defined.ts';

/**
 * Reports the checks of `authenticate` one by one, with the digest of the body that came with the request.
 * @param now Unix milliseconds
 */
export function diagnoseCall(
  head: CallHead,
  body: Uint8Array,
  now: number,
  { directory, hasNonce }: Known,
): Diagnosis {
  return diagnoseRequest(
    { ...head, body },
    {
      now,
      lookupKey: (keyid) => directory.keys.get(keyid)?.verification,
      checkInForce: (keyid) => checkInForce(keyid, now, directory),
      checkDepartment: (keyid) => {
        const department = head.peer?.department;
        if (department !== undefined) checkDepartment(keyid, department, directory);
      },
      checkNonce: (keyid, nonce) => {
        if (hasNonce(keyid, nonce)) throw new Problem('nonce_replayed', {}, { check: 'nonce' });
      },
    },
  );
}

export interface HandshakeDiagnosis {
  /** whether the exchange listener would accept this certificate */
  readonly accepted: boolean;
  readonly code?: string;
  readonly detail?: Bilingual;
  readonly next?: Bilingual;
  readonly certificate?: {
    readonly serial: string;
    readonly department?: string;
    /** RFC 3339 */
    readonly notBefore: string;
    readonly notAfter: string;
  };
}

/**
 * Reports what the exchange listener would do with a client certificate. There a rejected handshake is a bare reset; here the caller gets
 * the reason.
 * @param presented the certificate shown in the handshake with the open listener
 * @param now Unix milliseconds
 */
export function diagnoseHandshake(
  presented: X509Certificate | undefined,
  now: number,
  authority: Authorities,
  directory: Directory,
): HandshakeDiagnosis {
  const problem = refusalOf(presented, now, authority, directory);
  const department = presented === undefined ? undefined : departmentNamed(presented);
  return {
    accepted: problem === undefined,
    ...(problem === undefined ? {} : { code: problem.code, detail: problem.text, next: problem.next }),
    ...(presented === undefined
      ? {}
      : {
          certificate: {
            serial: serialOf(presented.serialNumber),
            ...defined({ department }),
            notBefore: new Date(presented.validFrom).toISOString(),
            notAfter: new Date(presented.validTo).toISOString(),
          },
        }),
  };
}

function refusalOf(
  presented: X509Certificate | undefined,
  now: number,
  authority: Authorities,
  directory: Directory,
): Problem | undefined {
  if (presented === undefined) return new Problem('certificate_missing');
  const serial = serialOf(presented.serialNumber);
  const issued = authority.all().find(({ certificate }) => {
    const issuer = new X509Certificate(certificate);
    return presented.checkIssued(issuer) && presented.verify(issuer.publicKey);
  });
  if (issued === undefined) return new Problem('certificate_foreign');
  if (authority.revokedAt(issued.serial) !== undefined) return new Problem('certificate_revoked', { serial });
  const department = departmentNamed(presented);
  if (department === undefined) return new Problem('certificate_missing');
  const known = directory.certificates.get(serial);
  if (known?.revoked !== undefined) return new Problem('certificate_revoked', { serial });
  const notAfter = Date.parse(presented.validTo);
  if (notAfter < now) {
    const until = new Date(notAfter).toISOString();
    return new Problem('certificate_expired', { serial, department, until });
  }
  return known === undefined ? new Problem('certificate_unknown') : undefined;
}
