import type { Agreement } from '../../policies/documents/agreement.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import type { DepartmentRow } from '../identity/store/departments.ts';
import type { PolicySignature } from './store/policy/policyDocuments.ts';

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
  // an upper platform has decided: who imported and who confirmed it stands in the entry
  if (document.automatic === true || document.approval !== undefined) return [];
  return [
    { role: 'provider', department: document.provider },
    { role: 'consumer', department: consumerOf(document) },
  ];
}
