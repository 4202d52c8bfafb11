import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { disputeById } from '../../store/disputes/disputes.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { disputeView } from './disputeView.ts';

/** GET /v1/disputes/{dispute}: to its two departments and the data office; to anybody else it is as unknown as one that never was. @throws Problem not_found */
export async function showDispute(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const dispute = await disputeById(database.app, call.params['dispute'] ?? '');
  const reach = reachOf('showDispute', call.caller);
  const parties = dispute === undefined ? [] : [dispute.raised, dispute.other];
  if (dispute === undefined || (reach !== undefined && !parties.some((code) => reach.includes(code))))
    throw new Problem('not_found');
  return allowed(200, disputeView(dispute, identity), { facts: { change: { dispute: dispute.id } } });
}
