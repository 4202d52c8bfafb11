/** Checks before a person's decision on a batch: to release a held batch (被搁置的批次), to drop it, or to restore a former one. */
import type { NamedThing } from '../../../terms/factWords.ts';
import { Problem } from '../../../terms/problem.ts';
import type { BatchAct } from '../../domain/batch.ts';
import { receives } from '../../domain/dataset.ts';
import { isSamePerson } from '../../domain/standIn.ts';
import { holdsIdentityNumber } from '../../domain/holdsIdentityNumber.ts';
import { allowed, type Call, type Outcome } from '../../pipeline/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Identity } from '../../identity/identity.ts';
import { type BatchRow, batchById } from './store/batches.ts';
import { decideBatch } from './store/endBatch.ts';
import { deputisedFor } from '../../log/store/firstApproval.ts';
import { propose, type Proposal } from './store/proposals.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { liveDataset } from '../hostedDataset.ts';
import type { IntakeServices } from './services.ts';
import { unavailable } from '../../registry/unavailable.ts';

export interface Deciding extends Pick<IntakeServices, 'database' | 'registry'> {
  readonly identity: Pick<Identity, 'department' | 'rolesNow' | 'standIns'>;
}

/** The batch of the call's path and the reason of its body. @throws Problem batch_unknown, reason_identifies */
export async function decided(
  call: Call<StaffCaller, 'releaseBatch' | 'dropBatch' | 'restoreBatch' | 'retranslateBatch'>,
  { database }: Pick<Deciding, 'database'>,
): Promise<{ readonly batch: BatchRow; readonly reason: string }> {
  const batch = await batchById(database.app, call.params.batch);
  if (batch === undefined) throw new Problem('batch_unknown');
  const { reason } = call.body;
  if (holdsIdentityNumber(reason)) throw new Problem('reason_identifies', {}, { at: '/body/reason' });
  return { batch, reason };
}

/** The dataset, if the batch still fits its current version. @throws Problem dataset_unknown, dataset_unavailable, batch_outdated */
export function stillFits({ registry }: Pick<Deciding, 'registry'>, batch: BatchRow): LiveDataset {
  const dataset = liveDataset(registry, batch.dataset);
  if (!receives(dataset.row.state)) throw unavailable(dataset.row);
  if (batch.schema !== dataset.schema.urn)
    throw new Problem('batch_outdated', { schema: batch.schema ?? '' });
  return dataset;
}

/**
 * Whether only the caller has approved before. Deputies count as the caller, including a deputy at the time of the first approval.
 * @throws Problem made_by_unread
 */
export async function isFirstApproval(
  { caller }: Call<StaffCaller>,
  { database }: Deciding,
  first: Proposal | undefined,
): Promise<boolean> {
  if (first === undefined) return true;
  // the same person may repeat the first approval, whether or not its entry was appended
  if (isSamePerson(caller, first.proposedBy)) return true;
  return (await deputisedFor(database.app, { batch: first })).some((one) => isSamePerson(caller, one));
}

/** Answers the first approval of two. */
export function proposed(
  call: Call<StaffCaller>,
  batch: BatchRow,
  act: 'release' | 'restore',
  reason: string,
): Outcome {
  const { person } = call.caller;
  const change = { batch: batch.id, act, proposed: true, reason };
  return allowed<'releaseBatch'>(
    202,
    { ...batchAnswer(batch), proposedBy: person },
    {
      facts: { ...batchFacts(batch, undefined), change },
      work: (transaction) =>
        propose(transaction, { batch: batch.id, act, proposedBy: person, reason, exchange: call.exchange }),
    },
  );
}

/** @throws Problem transition_not_allowed when another person decided in the meantime, or the time limit passed */
export async function decide(
  transaction: Parameters<typeof decideBatch>[0],
  batch: BatchRow,
  act: Extract<BatchAct, 'release' | 'drop' | 'restore'>,
  { caller, exchange }: Call<StaffCaller>,
): Promise<void> {
  if (!(await decideBatch(transaction, batch.id, act, caller.person, exchange)))
    throw new Problem('transition_not_allowed', { what: whatIs(batch), state: batch.state, act });
}

export const whatIs = ({ id }: BatchRow): NamedThing => `batch ${id}`;
