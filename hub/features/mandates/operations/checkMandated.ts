import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { verifyMandated } from '../../../registry/mandatedSignature.ts';
import { mandateById } from '../../../identity/store/mandates.ts';
import {
  isMandated,
  type MandatedSignature,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import type { Services } from '../../common/services.ts';
import { loadedMandates } from './loadedMandates.ts';
import { altered, keyEnded, revoked } from './signableBy.ts';

interface Decided {
  readonly row: PolicyDocumentRow;
  readonly document: PolicyDocument;
  /** digest of what it loosens today, regardless of when its term begins */
  readonly effect: string;
}

/**
 * Checks signatures by mandate when the document comes into force. The mandate and its key must be valid, and the document must loosen
 * what the person was shown. A department's own signature covers only the text; a person's covers both.
 * @throws Problem mandate_refused; both_sides if the approver, their deputy, or the steward they deputize for signed for the consumer
 */
export async function checkMandated(
  approver: StaffCaller,
  decided: Decided,
  services: Services,
): Promise<void> {
  const mandated = decided.row.signatures.filter(isMandated);
  for (const signature of mandated) {
    const { department, role, person } = signature;
    const reason = (await faultOfRow(signature, services)) ?? (await faultOf(signature, decided, services));
    if (reason !== undefined) throw new Problem('mandate_refused', { department, reason });
    if (role === 'consumer' && isSamePerson(approver, person))
      throw new Problem('both_sides', { department });
  }
}

/** The reason why the mandate of a signature is no longer valid: it must be the same mandate and not revoked. */
async function faultOfRow(
  { mandate }: MandatedSignature,
  services: Services,
): Promise<Bilingual | undefined> {
  const found = await mandateById(services.database.app, mandate);
  const [row] = await loadedMandates(found === undefined ? [] : [found], services);
  if (row === undefined || row.altered) return altered;
  return row.revokedAt === null ? undefined : revoked;
}

async function faultOf(
  signature: MandatedSignature,
  { document, effect }: Decided,
  { identity }: Services,
): Promise<Bilingual | undefined> {
  const { role, department, keyid } = signature;
  if (identity.keyInForce(keyid, department) === undefined) return keyEnded;
  const verified = await verifyMandated(signature, { document, party: { role, department } }, (kid, of) =>
    identity.keyInForce(kid, of),
  );
  if ('fault' in verified) return verified.fault;
  return verified.statement.effect === effect
    ? undefined
    : {
        zh: '签署后这份文件的影响已经变化，请重新签署',
        en: 'the document changes something else by now than was signed: sign it anew',
      };
}
