import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { rolesTold } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { countedFrom, isSpent, providerStopEnds, sidesOf, type StopSide } from '../../../domain/stops.ts';
import type { PolicyDocumentRow } from '../../../registry/store/policy/policyDocuments.ts';
import { keepProviderStop, providerStopSince } from '../../../registry/store/policy/providerStops.ts';
import { stopReasons } from '../../../registry/store/policy/stopReasons.ts';
import type { Services } from '../../common/services.ts';
import { partiesAsOwners, standingAgreement, withStops } from './standingAgreement.ts';
import { guarded } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Stops the version in force for the caller's side: the next call is refused. One person is enough to tighten; stopping twice for the same
 * reason changes nothing. A restriction cannot be stopped by this, since that would loosen. A provider's stop counts from its first of thirty days on.
 * @throws Problem not_found, transition_not_allowed, already_stopped (for another reason, which nobody would read), stop_spent
 */
export const suspendAgreement = operation('suspendAgreement', {
  kind: 'management',
  permission: guarded,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await standingAgreement(call, services, 'suspend');
    const [side] = sidesOf(call.caller.grants, partiesAsOwners(row, services));
    if (side === undefined) throw new Problem('not_your_department', { department: row.provider ?? '' });
    await refuseOtherReason(row, side, reason, services);
    const stops = { ...row.stops, [side]: row.stops[side] ?? call.exchange } satisfies Partial<
      Record<StopSide, string>
    >;
    const first = side === 'provider' ? await countsFrom(row, services, call.now) : undefined;
    return withStops(call, row, stops, { side, reason }, 'suspend', async (transaction) => {
      if (first !== undefined) await keepProviderStop(transaction, row.id, first);
    });
  },
});

/** @throws Problem already_stopped */
async function refuseOtherReason(
  { stops }: PolicyDocumentRow,
  side: StopSide,
  reason: string,
  { database }: Services,
): Promise<void> {
  const entry = stops[side];
  if (entry === undefined) return;
  const reasons = await stopReasons(database.app, [{ [side]: entry }]);
  if (reasons.get(entry) === reason) return;
  const since = dayInChina(timeOfUuid7(entry));
  throw new Problem('already_stopped', { side: rolesTold([side]), since }, { at: '/reason' });
}

/** @returns Unix milliseconds @throws Problem stop_spent where its days are over and the data office does not stop it too */
async function countsFrom(
  { id, stops }: PolicyDocumentRow,
  { database }: Services,
  now: number,
): Promise<number> {
  const first = countedFrom(await providerStopSince(database.app, id), now);
  const ends = providerStopEnds(first, chinaWorkingCalendar);
  if (stops.office === undefined && isSpent(ends, now)) throw new Problem('stop_spent', { until: ends.day });
  return first;
}
