import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { rolesText } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import {
  countedFrom,
  isSpent,
  providerStopEnds,
  sidesOf,
  type StopSide,
  liftableBy,
  stopSides,
} from '../../../domain/stops.ts';
import {
  type PolicyDocumentRow,
  type Stops,
  policyDocumentVersions,
  setStops,
} from '../../../registry/store/policy/policyDocuments.ts';
import { storeProviderStop, providerStopSince, stopReasons } from '../../../registry/store/policy/stops.ts';
import type { Services } from '../../common/services.ts';
import { guarded, decided } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { readable } from '../../../registry/verifyStanding.ts';
import { checkSharing, answer } from './submitPolicyDocument.ts';
import type { components } from '../../../../api/openapi.ts';
import { moment } from '../../common/listing.ts';
import { policyDocumentLife } from '../../../domain/agreement.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import type { Owner } from '../../../domain/permissions.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../../pipeline/call.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { supersedable } from './activate.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * Stops the version in force for the caller's side: the next call is refused. One person may tighten alone. A second stop for the same
 * reason changes nothing. A restriction cannot be stopped, because that would loosen the policy. A provider's stop ends after five
 * working days, counted from its first stop within thirty days.
 * @throws Problem not_found, transition_not_allowed, already_stopped (with another reason, which would not be shown), stop_spent
 */
export const suspendAgreement = operation('suspendAgreement', {
  kind: 'management',
  permission: guarded,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await currentAgreement(call, services, 'suspend');
    const [side] = sidesOf(call.caller.grants, partiesAsOwners(row, services));
    if (side === undefined) throw new Problem('not_your_department', { department: row.provider ?? '' });
    await refuseOtherReason(row, side, reason, services);
    const stops = { ...row.stops, [side]: row.stops[side] ?? call.exchange } satisfies Partial<
      Record<StopSide, string>
    >;
    const first = side === 'provider' ? await countsFrom(row, services, call.now) : undefined;
    return withStops(call, row, stops, { side, reason }, 'suspend', async (transaction) => {
      if (first !== undefined) await storeProviderStop(transaction, row.id, first);
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
  throw new Problem('already_stopped', { side: rolesText([side]), since }, { at: '/reason' });
}

/** @returns Unix milliseconds @throws Problem stop_spent if the days are used up and the data office has not stopped it too */
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

/**
 * Lifts the stop of the caller's own side; a steward of the data office may lift any stop. The agreement resumes only when no side stops
 * it.
 * @throws Problem not_found, transition_not_allowed (it is not suspended), stop_not_yours (others stopped it), sharing_refused (it would
 *   resume, but its dataset is no longer shared, so no call would be answered)
 */
export const resumeAgreement = operation('resumeAgreement', {
  kind: 'management',
  permission: decided,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await currentAgreement(call, services, 'resume');
    const stoppedSides = stopSides.filter((side) => row.stops[side] !== undefined);
    const lifted = liftableBy(call.caller.grants, partiesAsOwners(row, services)).filter((side) =>
      stoppedSides.includes(side),
    );
    if (lifted.length === 0) throw new Problem('stop_not_yours', { sides: rolesText(stoppedSides) });
    const stops = Object.fromEntries(
      stoppedSides.filter((side) => !lifted.includes(side)).map((side) => [side, row.stops[side]]),
    );
    const document = readable(row.text);
    if (Object.keys(stops).length === 0 && document?.kind === 'Agreement')
      await checkSharing(services.database.app, document);
    return withStops(call, row, stops, { side: lifted.join(' '), reason }, 'resume');
  },
});

/**
 * The stops by side, with start and reason. Visible to the parties of the agreement and the data office.
 * @param reasons by the entry of the stop
 */
export const reportedStops = (
  stops: Stops,
  reasons: ReadonlyMap<string, string>,
): components['schemas']['StopTold'][] =>
  stopSides.flatMap((side) => {
    const entry = stops[side];
    if (entry === undefined) return [];
    const reason = reasons.get(entry);
    return [{ side, since: moment(timeOfUuid7(entry)), ...defined({ reason }) }];
  });

/* Common part of suspend and resume: the current version, and its stops after the action. */

/** @throws Problem not_found, transition_not_allowed if there is no current version, or if it is not suspended */
async function currentAgreement(
  call: Call<StaffCaller>,
  { database }: Services,
  act: 'suspend' | 'resume',
): Promise<PolicyDocumentRow> {
  const versions = await policyDocumentVersions(database.app, call.params['document'] ?? '');
  const row = supersedable(versions) ?? versions.at(-1);
  if (row?.kind !== 'Agreement') throw new Problem('not_found');
  // another side may also stop an agreement that is already stopped
  const again = act === 'suspend' && row.state === 'suspended';
  if (!again) transition(policyDocumentLife, `Agreement ${row.id}@${row.version}`, row.state, act);
  return row;
}

/** The parties in the terms of the permission table: a department that is the data office counts as the data office. */
function partiesAsOwners(
  { consumer, provider }: PolicyDocumentRow,
  { identity }: Services,
): { readonly consumer: Owner; readonly provider: Owner } {
  const owner = (party: string | null): Owner =>
    party === null || identity.department(party)?.dataOffice === true ? undefined : party;
  return { consumer: owner(consumer), provider: owner(provider) };
}

/** The result with other stops. @param also further fields that change with them */
function withStops(
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
