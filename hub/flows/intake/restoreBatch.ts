/**
 * Taking a published snapshot back: readers see the batch before the current one again.
 *
 *   is it the one before? → does it still fit? → is nobody in it whose data was deleted since? → a second person → append entry + move the pointer → receipt
 */
import { Problem } from '../../../terms/problem.ts';
import { batchLife } from '../../domain/batch.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed } from '../../pipeline/call.ts';
import type { BatchRow } from './store/batchRow.ts';
import { formerBatch } from './store/formerBatches.ts';
import { keepReceipt } from './store/keepReceipt.ts';
import { proposalOf } from './store/proposals.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { decide, decided, isFirstWord, proposed, stillFits, whatIs } from './decideHeld.ts';
import { makeCurrent } from './publication.ts';
import { refuseReturning } from './returning.ts';
import { everywhere, own } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { decisionOperation } from '../operation.ts';

/** POST /v1/batches/{batch}/restoration. @throws Problem batch_merged, batch_not_former, deletion_would_return, made_by_unread, transition_not_allowed, batch_unknown, reason_identifies, dataset_unavailable, batch_outdated */
export const restoreBatch = decisionOperation('restoreBatch', {
  kind: 'intake',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database, registry } = services;
    const { batch, reason } = await decided(call, services);
    const stands = registry.current.datasets.get(batch.dataset);
    // whichever of its batches is meant, also the one that came last
    if (stands?.row.mode === 'upsert') throw new Problem('batch_merged', { dataset: batch.dataset });
    transition(batchLife, whatIs(batch), batch.state, 'restore');
    const dataset = stillFits(services, batch);
    const { row } = dataset;
    if ((await formerBatch(database.app, row.id)) !== batch.id)
      throw new Problem('batch_not_former', { dataset: row.id });
    await refuseReturning(database.app, batch.id);
    const first = await proposalOf(database.app, batch.id, 'restore');
    const { person } = call.caller;
    if (first === undefined || (await isFirstWord(call, services, first)))
      return proposed(call, batch, 'restore', reason);
    const current = await makeCurrent(
      database,
      dataset,
      { ...batch, corrects: null, retranslates: null },
      call.exchange,
    );
    const restored: BatchRow = { ...batch, state: 'published', exchange: call.exchange, approvedBy: person };
    const change = { batch: batch.id, act: 'restore', reason, proposedBy: first.proposedBy };
    return allowed<'restoreBatch'>(200, batchAnswer(restored), {
      facts: { ...batchFacts(restored, dataset), change },
      claims: current.claims,
      work: async (transaction) => {
        await refuseReturning(transaction, batch.id);
        await decide(transaction, batch, 'restore', call);
        await current.work(transaction);
      },
      whenDurable: async (receipt) => {
        await keepReceipt(database.app, batch.id, call.exchange, receipt);
        registry.movePointer(row.id, batch.id);
      },
    });
  },
});
