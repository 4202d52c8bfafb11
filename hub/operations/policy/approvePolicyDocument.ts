import type { components } from '../../../api/openapi.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import { Problem } from '../../../terms/problem.ts';
import { policyDocumentLife } from '../../domain/agreement.ts';
import { transition } from '../../domain/lifeCycle.ts';
import {
  movePolicyDocument,
  policyDocumentVersions,
  type PolicyDocumentRow,
} from '../../store/policyDocuments.ts';
import { staffOf, type ManagedCall, type ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';
import { activate, supersedable } from './activate.ts';
import { compileTogether } from './compileTogether.ts';
import { missingParties, requiredParties } from './parties.ts';
import { answer, missingSignature } from './submitPolicyDocument.ts';

/**
 * Four eyes: puts a submitted document into force, all parties having signed, by another token than the one that submitted it. The older
 * version is superseded in the same transaction.
 * @throws Problem not_found, version_exists (another digest was read), transition_not_allowed, four_eyes, policy_signature_missing,
 *   not_your_department, and whatever keeps it from compiling together with what is in force now
 */
export async function approvePolicyDocument(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const { digest } = call.body as components['schemas']['PolicyApproval'];
  const { app } = services.database;
  const versions = await policyDocumentVersions(app, call.params['document'] ?? '');
  const row = versions.find(({ version }) => version === Number(call.params['version']));
  if (row === undefined) throw new Problem('not_found');
  const what = `${row.kind} ${row.id}@${row.version}`;
  if (row.digest !== digest) throw new Problem('version_exists', { what });
  mayDecide(call, row, services);
  const approver = staffOf(call).tokenId;
  if (row.state === 'active' && row.approver === approver) return answer(200, row, [], false);
  const to = transition(policyDocumentLife, what, row.state, 'approve');
  if (row.author === approver) throw new Problem('four_eyes');
  const document = parsePolicyDocument(row.text, what);
  const missing = missingParties(requiredParties(document, services.identity.departments()), row.signatures);
  if (missing.length > 0) throw missingSignature(missing);
  await compileTogether(app, { document });
  return {
    ...answer(200, { ...row, state: to }, [], true),
    work: async (transaction) => {
      await activate(transaction, row, supersedable(versions), call.exchange);
      const { id, version, state: from } = row;
      const move = { id, version, from, to, approver, exchange: call.exchange };
      if (!(await movePolicyDocument(transaction, move))) {
        throw new Problem('transition_not_allowed', { what, state: from, act: 'approve' });
      }
    },
    bumpsEpoch: true,
    fenced: true,
  };
}

/** The provider decides who gets its data, and the data office what restricts all; a consumer never approves its own agreement. */
function mayDecide(call: ManagedCall, row: PolicyDocumentRow, { identity }: Services): void {
  const { department, scopes } = staffOf(call);
  if (department === undefined || scopes.includes('operator')) return;
  if (identity.department(department)?.dataOffice === true || department === row.provider) return;
  throw new Problem('not_your_department', { department: row.provider ?? 'data-office' });
}
