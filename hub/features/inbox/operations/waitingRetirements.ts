import { Problem } from '../../../../terms/problem.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { ofOneHand } from '../../../domain/standIn.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { insteadOf } from '../../../log/store/insteadOf.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { endingDatasets } from '../../../registry/store/endings.ts';
import { agreementsOver, retirementAsked } from '../../registry/operations/retirementShown.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';
import { decideDataset } from '../../registry/operations/decideDataset.ts';

type Waiting = Undated<'retirements', 'due'>[];

/**
 * Datasets that one person wants retired: to whoever may be the second, with what would go; to stewards of a department that reads one, its
 * agreements over it, before anything goes.
 */
export async function waitingRetirements(
  { caller, now }: Call<StaffCaller>,
  services: Services,
): Promise<Waiting> {
  const { database, identity } = services;
  const own = caller.grants.flatMap(({ role, department }) =>
    role === 'steward' && department !== undefined ? [department] : [],
  );
  const waiting: Waiting = [];
  for (const row of await endingDatasets(database.app)) {
    const asked = await retirementAsked(services, row, now);
    if (asked === undefined) continue;
    const { id: dataset, department } = row;
    const { due, reason } = asked;
    const hands = [asked.by, ...(await inWhosePlace(database, row))];
    const may = verdictOf(decideDataset.permission, caller.grants, [placeOf(identity, department)]) === 'act';
    if (may && !hands.some((one) => ofOneHand(caller, one)))
      waiting.push({ dataset, department, as: 'approver', ...asked });
    const agreements = agreementsOver(services, dataset, (consumer) => own.includes(consumer));
    if (agreements.length > 0)
      waiting.push({ ...{ dataset, department, as: 'consumer', due, reason }, agreements });
  }
  return waiting;
}

/** In whose place the first word was said. Where the log does not tell, it is shown all the same: whoever agrees is refused, and told why. */
async function inWhosePlace({ app }: Services['database'], ending: DatasetRow): Promise<readonly string[]> {
  try {
    return await insteadOf(app, { ending });
  } catch (error) {
    if (error instanceof Problem && error.code === 'made_by_unread') return [];
    throw error;
  }
}
