import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { policyDocumentLife } from '../../domain/agreement.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { movePolicyDocument, policyDocumentVersions } from '../../store/policyDocuments.ts';
import { staffOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';
import { answer } from './submitPolicyDocument.ts';

/**
 * Suspends the version in force: the next call is refused. One person is enough to tighten; suspending twice changes nothing.
 * A restriction cannot be suspended by this, since that would loosen.
 * @throws Problem not_found, transition_not_allowed, not_your_department
 */
export async function suspendAgreement(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const { reason } = call.body as components['schemas']['Suspension'];
  const versions = await policyDocumentVersions(services.database.app, call.params['document'] ?? '');
  const row = versions.find(({ state }) => state === 'active' || state === 'suspended') ?? versions.at(-1);
  if (row?.kind !== 'Agreement') throw new Problem('not_found');
  const { department, scopes } = staffOf(call);
  const strangers = department !== undefined && department !== row.provider && department !== row.consumer;
  if (strangers && !scopes.includes('operator') && !scopes.includes('security')) {
    throw new Problem('not_your_department', { department: row.provider ?? '' });
  }
  if (row.state === 'suspended') return answer(200, row, [], false);
  const what = `${row.id}@${row.version}`;
  const to = transition(policyDocumentLife, what, row.state, 'suspend');
  const outcome = answer(200, { ...row, state: to }, [], true);
  return {
    ...outcome,
    facts: { ...outcome.facts, change: { ...outcome.facts.change, reason } },
    work: async (transaction) => {
      const { id, version, state: from } = row;
      if (!(await movePolicyDocument(transaction, { id, version, from, to, exchange: call.exchange }))) {
        throw new Problem('transition_not_allowed', { what, state: from, act: 'suspend' });
      }
    },
    bumpsEpoch: true,
  };
}
