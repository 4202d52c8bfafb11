import { ofOneHand } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { batchAnswer } from '../../../flows/intake/answer.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { mayTellNext } from '../../../flows/intake/namedDecider.ts';
import { batchesWaiting } from '../../../flows/intake/store/batchesWaiting.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import { decidedBy, proposedIn } from '../../batches/operations/getBatch.ts';
import { releaseBatch } from '../../../flows/intake/releaseBatch.ts';

/** Held batches, and proposals of others about batches, that the caller may decide. */
export async function waitingBatches(
  { caller, now }: Call<StaffCaller>,
  { database, identity, registry }: Services,
) {
  const mine = (department: string): boolean =>
    verdictOf(releaseBatch.permission, caller.grants, [placeOf(identity, department)]) === 'act';
  const rowOf = (dataset: string): DatasetRow | undefined => registry.current.datasets.get(dataset)?.row;
  const waiting = (await batchesWaiting(database.app)).filter(
    ({ batch, proposal }) =>
      mine(batch.department) &&
      !ofOneHand(caller, proposal?.proposedBy) &&
      (batch.state !== 'held' ||
        mayTellNext(caller.person, rowOf(batch.dataset), { identity, now, first: proposal?.proposedBy })),
  );
  return waiting.map(({ batch, proposal }) => ({
    ...batchAnswer({ ...batch, receipt: null }),
    ...decidedBy(batch, rowOf(batch.dataset), identity, now),
    ...(proposal === undefined ? {} : { ...proposedIn(proposal, identity), since: moment(proposal.at) }),
  }));
}
