/** Whose signatures a policy document needs, and whether those it has are theirs. */
import { verifyJws } from '../../../certs/jws.ts';
import { verificationKey } from '../../../certs/signatures/index.ts';
import type { Agreement } from '../../../policies/documents/agreement.ts';
import type { PolicyDocument } from '../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../terms/problem.ts';
import type { DepartmentRow } from '../../store/departments.ts';
import type { PolicySignature } from '../../store/policyDocuments.ts';
import type { Reader } from '../../store/reader.ts';
import { listSigningKeys } from '../../store/signingKeys.ts';

/** `typ` of the JWS, so that a signature made for something else is never taken for one under an agreement. */
export const policySignatureType = 'datong-policy+jws';

export interface Party {
  readonly role: PolicySignature['role'];
  readonly department: string;
}

export const consumerOf = (agreement: Agreement): string =>
  typeof agreement.consumer === 'string' ? agreement.consumer : agreement.consumer.department;

/**
 * An agreement is signed by both its departments, a restriction by the data office. One that the hub wrote itself has nobody's signature:
 * the provider has shared the dataset unconditionally, and the entry of the request names who asked.
 */
export function requiredParties(document: PolicyDocument, departments: readonly DepartmentRow[]): Party[] {
  if (document.kind === 'Restriction') {
    const office = departments.find((department) => department.dataOffice);
    return [{ role: 'data-office', department: office?.code ?? 'data-office' }];
  }
  if (document.automatic === true) return [];
  return [
    { role: 'provider', department: document.provider },
    { role: 'consumer', department: consumerOf(document) },
  ];
}

/** Parties that have not signed. */
export const missingParties = (parties: readonly Party[], signatures: readonly PolicySignature[]): Party[] =>
  parties.filter(
    ({ role, department }) =>
      !signatures.some((signature) => signature.role === role && signature.department === department),
  );

/**
 * Checks each signature: over the canonical text, by a key in force of the very department that has that role.
 * @throws Problem policy_signature_invalid
 */
export async function checkSignatures(
  reader: Reader,
  document: PolicyDocument,
  parties: readonly Party[],
  offered: readonly { readonly role: PolicySignature['role']; readonly jws: string }[],
): Promise<PolicySignature[]> {
  const keys = new Map((await listSigningKeys(reader)).map((row) => [row.keyid, row]));
  const checked: PolicySignature[] = [];
  for (const { role, jws } of offered) {
    const party = parties.find((one) => one.role === role);
    const refuse = (reason: string): Problem =>
      new Problem('policy_signature_invalid', { department: party?.department ?? role, reason });
    if (party === undefined) throw refuse('no party of this document has that role');
    const verified = await verifyJws(jws, ({ kid }) => {
      const row = keys.get(kid ?? '');
      if (row === undefined || row.revokedAt !== null || row.department !== party.department)
        return undefined;
      return verificationKey(row.publicKey);
    }).catch((error: unknown) => {
      throw error instanceof Problem ? refuse('not by a registered key in force of that department') : error;
    });
    if (verified.header.typ !== policySignatureType) throw refuse(`typ is not ${policySignatureType}`);
    if (!Buffer.from(verified.payload).equals(Buffer.from(document.canonical))) {
      throw refuse('it covers other bytes than the canonical text');
    }
    checked.push({ ...party, keyid: verified.key.keyid, jws });
  }
  return checked;
}
