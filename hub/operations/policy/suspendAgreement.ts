import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { sidesOf, type StopSide } from '../../domain/stops.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { partiesAsOwners, standingAgreement, withStops } from './standingAgreement.ts';

/**
 * Stops the version in force for the caller's side: the next call is refused. One person is enough to tighten; stopping twice changes
 * nothing. A restriction cannot be stopped by this, since that would loosen.
 * @throws Problem not_found, transition_not_allowed
 */
export async function suspendAgreement(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['Suspension'];
  const row = await standingAgreement(call, services, 'suspend');
  const [side] = sidesOf(call.caller.grants, partiesAsOwners(row, services));
  if (side === undefined) throw new Problem('not_your_department', { department: row.provider ?? '' });
  const stops = { ...row.stops, [side]: row.stops[side] ?? call.exchange } satisfies Partial<
    Record<StopSide, string>
  >;
  return withStops(call, row, stops, { side, reason }, 'suspend');
}
