/** What suspending and resuming share: the version that stands, and its stops as they become. */
import { Problem } from '../../../../terms/problem.ts';
import { policyDocumentLife } from '../../../domain/agreement.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import type { Owner } from '../../../domain/permissions.ts';
import { stopSides } from '../../../domain/stops.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../../pipeline/call.ts';
import {
  policyDocumentVersions,
  setStops,
  type PolicyDocumentRow,
  type Stops,
} from '../../../registry/store/policy/policyDocuments.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { Services } from '../../common/services.ts';
import { supersedable } from './activate.ts';
import { answer } from './submitPolicyDocument.ts';

/** @throws Problem not_found, transition_not_allowed where no version stands, or the one that does is not suspended */
export async function standingAgreement(
  call: Call<StaffCaller>,
  { database }: Services,
  act: 'suspend' | 'resume',
): Promise<PolicyDocumentRow> {
  const versions = await policyDocumentVersions(database.app, call.params['document'] ?? '');
  const row = supersedable(versions) ?? versions.at(-1);
  if (row?.kind !== 'Agreement') throw new Problem('not_found');
  // a second side may stop what one has stopped
  const again = act === 'suspend' && row.state === 'suspended';
  if (!again) transition(policyDocumentLife, `Agreement ${row.id}@${row.version}`, row.state, act);
  return row;
}

/** The parties as the table of permissions names them: the department that is the data office is the data office. */
export function partiesAsOwners(
  { consumer, provider }: PolicyDocumentRow,
  { identity }: Services,
): { readonly consumer: Owner; readonly provider: Owner } {
  const owner = (party: string | null): Owner =>
    party === null || identity.department(party)?.dataOffice === true ? undefined : party;
  return { consumer: owner(consumer), provider: owner(provider) };
}

/** The outcome of other stops. @param also what changes with them */
export function withStops(
  call: Call<StaffCaller>,
  row: PolicyDocumentRow,
  stops: Stops,
  why: Readonly<Record<'side' | 'reason', string>>,
  act: 'suspend' | 'resume',
  also?: (transaction: Transaction) => Promise<void>,
): Outcome {
  const changed = stopSides.some((side) => stops[side] !== row.stops[side]);
  const state = Object.keys(stops).length === 0 ? 'active' : 'suspended';
  if (!changed) return answer(200, { ...row, state, stops }, [], false);
  return answer(200, { ...row, state, stops }, [], true, {
    change: why,
    work: async (transaction) => {
      if (!(await setStops(transaction, row, stops, call.exchange))) {
        const what = `Agreement ${row.id}@${row.version}` as const;
        throw new Problem('transition_not_allowed', { what, state: row.state, act });
      }
      await also?.(transaction);
    },
    bumpsEpoch: true,
  });
}
