/** Verifies a party's signature by mandate from its stored data: at signing, when the document comes into force, and at every snapshot. */
import { covers, mandateId } from '../../certs/mandates/mandate.ts';
import { openMandate, type ReadMandate } from '../../certs/mandates/openMandate.ts';
import { evidenceIn, faultOfPasskey, type SigningStatement } from '../../certs/mandates/passkeySignature.ts';
import type { VerificationKey } from '../../certs/signatures/index.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import type { MandatedSignature } from './store/policy/policyDocuments.ts';
import type { Party } from './policyContext.ts';

/** The datasets that a document grants; undefined for a restriction, which grants none. */
export const datasetsOf = (document: PolicyDocument): readonly string[] | undefined =>
  document.kind === 'Agreement' ? document.grants.map(({ dataset }) => dataset) : undefined;

/**
 * Whether the passkey named by the party's mandate signed this document while the mandate was valid.
 * @param keyOf returns a key of that department which was in force at that time (Unix milliseconds)
 * @returns what was signed, or the fault
 */
export async function verifyMandated(
  signature: MandatedSignature,
  { document, party }: { readonly document: PolicyDocument; readonly party: Party },
  keyOf: (keyid: string, department: string, at: number) => VerificationKey | undefined,
): Promise<{ readonly statement: SigningStatement } | { readonly fault: Bilingual }> {
  const evidence = evidenceIn(signature.evidence);
  if (evidence === undefined || typeof signature.artefact !== 'string')
    return { fault: { zh: '留存的材料不全', en: 'the stored signature is incomplete' } };
  const { statement } = evidence;
  const at = Date.parse(statement.at);
  let opened: ReadMandate;
  try {
    opened = await openMandate(signature.artefact, (keyid, department) => keyOf(keyid, department, at));
  } catch (error) {
    if (error instanceof Problem) return { fault: error.text };
    throw error;
  }
  const { mandate, payload, keyid } = opened;
  const named =
    signature.mandate === mandateId(payload) &&
    signature.keyid === keyid &&
    signature.person === mandate.person &&
    covers(mandate, { ...party, datasets: datasetsOf(document) });
  if (!named) return { fault: outOfScope };
  if (statement.document !== `${document.id}@${document.version}` || statement.digest !== document.digest)
    return { fault: { zh: '签的是别的文件', en: 'it covers another document' } };
  const fault = faultOfPasskey(evidence, mandate, payload);
  return fault === undefined ? { statement } : { fault };
}

export const outOfScope: Bilingual = {
  zh: '授权书不包括这份文件或这一方',
  en: 'the mandate does not cover this document or this side',
};
