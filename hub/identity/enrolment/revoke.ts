import { Problem } from '../../../terms/problem.ts';
import { serialOf } from '../../../certs/authority/identifiers.ts';
import { revokeCertificates, certificateBySerial, type RevocationReason } from '../store/certificates.ts';
import { revokeSigningKeys } from '../store/signingKeys.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';

export interface RevocationRequest {
  readonly serial: string;
  readonly reason: RevocationReason;
}

/**
 * Revokes a certificate permanently. Unless it was only superseded, the older and newer ones of its line of renewals are revoked too.
 * After a compromise the signing key that was enrolled with them is also revoked, because it is on the same machine.
 * @throws Problem serial_unknown
 */
export async function revoke(
  request: RevocationRequest,
  { exchange, now }: ActContext,
  { reader }: Pick<ActDependencies, 'reader'>,
): Promise<Act<{ readonly serial: string; readonly department: string }>> {
  const serial = serialOf(request.serial);
  const { reason } = request;
  const certificate = await certificateBySerial(reader, serial);
  if (certificate === undefined) throw new Problem('serial_unknown');
  const { department, enrolment } = certificate;
  const keysToo = reason === 'key-compromise';
  return {
    reply: { serial, department },
    change: { serial, department, reason, signingKeysToo: keysToo },
    work: async (transaction) => {
      await revokeCertificates(transaction, {
        serial,
        line: reason !== 'superseded',
        reason,
        at: now,
        exchange,
      });
      if (keysToo) await revokeSigningKeys(transaction, enrolment, now);
    },
    bumpsEpoch: true,
  };
}
