import { ofOneHand } from '../../domain/standIn.ts';
import { verdictOf } from '../../domain/permissions.ts';
import { batchAnswer } from '../../exchange/intake/answer.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { batchesWaiting } from '../../store/intake/batchesWaiting.ts';
import { moment } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { placeOf } from './places.ts';
import { proposedIn } from '../intake/getBatch.ts';

/** Held batches, and proposals of others about batches, that the caller may decide. */
export async function waitingBatches(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly object[]> {
  const mine = (department: string): boolean =>
    verdictOf('releaseBatch', caller.grants, [placeOf(identity, department)]) === 'act';
  const waiting = (await batchesWaiting(database.app)).filter(
    ({ batch, proposal }) => mine(batch.department) && !ofOneHand(caller, proposal?.proposedBy),
  );
  return waiting.map(({ batch, proposal }) => ({
    ...batchAnswer({ ...batch, receipt: null }),
    ...(proposal === undefined ? {} : { ...proposedIn(proposal, identity), since: moment(proposal.at) }),
  }));
}
