import { policyDocumentLife } from '../../domain/agreement.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { Problem } from '../../../terms/problem.ts';
import { movePolicyDocument, type PolicyDocumentRow } from '../../store/policyDocuments.ts';
import type { Transaction } from '../../store/transaction.ts';

/** The version that a newer one takes the place of. */
export const supersedable = (versions: readonly PolicyDocumentRow[]): PolicyDocumentRow | undefined =>
  versions.find(({ state }) => state === 'active' || state === 'suspended');

/**
 * Makes room for a version that comes into force, in the transaction of its entry.
 * @throws Problem transition_not_allowed when another act moved the older version first
 */
export async function activate(
  transaction: Transaction,
  row: Pick<PolicyDocumentRow, 'id' | 'version'>,
  older: PolicyDocumentRow | undefined,
  exchange: string,
): Promise<void> {
  if (older === undefined || older.version === row.version) return;
  const what = `${older.id}@${older.version}`;
  const to = transition(policyDocumentLife, what, older.state, 'supersede');
  const { id, version, state: from } = older;
  if (!(await movePolicyDocument(transaction, { id, version, from, to, exchange }))) {
    throw new Problem('transition_not_allowed', { what, state: from, act: 'supersede' });
  }
}
