/**
 * Reverts a published snapshot: the batch before the current one becomes visible again.
 *
 *   is it the previous one? → does it still fit? → does it contain rows deleted since? → a second person → append entry + move the
 *     pointer → receipt
 */
import { Problem } from '../../../terms/problem.ts';
import { batchLife } from '../../domain/batch.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed } from '../../pipeline/call.ts';
import { type BatchRow, batchById } from './store/batches.ts';
import { formerBatch } from './store/formerBatches.ts';
import { storeReceipt, isRetranslated } from './store/leaseBatch.ts';
import { proposalOf } from './store/proposals.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { decide, decided, isFirstApproval, proposed, stillFits, whatIs } from './decideHeld.ts';
import { makeCurrent, refuseReturning } from './publication.ts';
import { everywhere, own } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { decisionOperation, intakeOperation } from '../operation.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import { sweepTables } from '../rows/store/sweep.ts';
import { refuseOthers } from './namedDecider.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { partAt } from '../rows/store/sealedParts.ts';
import { continueRetranslation } from './background.ts';
import { controlOf } from './controlTotals.ts';
import { checkCodePage, liveMapping } from './translationTarget.ts';
import { begunBatch, checkSpace } from './openBatch.ts';
import { checkSigned } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { present } from '../../../terms/defined.ts';

/**
 * POST /v1/batches/{batch}/restoration.
 * @throws Problem batch_merged, batch_not_former, deletion_would_return, made_by_unread, transition_not_allowed, batch_unknown,
 * reason_identifies, dataset_unavailable, batch_outdated
 */
export const restoreBatch = decisionOperation('restoreBatch', {
  kind: 'intake',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database, registry } = services;
    const { batch, reason } = await decided(call, services);
    const live = registry.current.datasets.get(batch.dataset);
    // applies to any of its batches, the current one included
    if (live?.row.mode === 'upsert') throw new Problem('batch_merged', { dataset: batch.dataset });
    transition(batchLife, whatIs(batch), batch.state, 'restore');
    const dataset = stillFits(services, batch);
    const { row } = dataset;
    if ((await formerBatch(database.app, row.id)) !== batch.id)
      throw new Problem('batch_not_former', { dataset: row.id });
    await refuseReturning(database.app, batch.id);
    const first = await proposalOf(database.app, batch.id, 'restore');
    const { person } = call.caller;
    if (first === undefined || (await isFirstApproval(call, services, first)))
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
        await storeReceipt(database.app, batch.id, call.exchange, receipt);
        registry.movePointer(row.id, batch.id);
      },
    });
  },
});

/**
 * POST /v1/batches/{batch}/drop. One person is enough: nothing becomes visible.
 * @throws Problem transition_not_allowed, decided_by_another, batch_unknown, reason_identifies
 */
export const dropBatch = decisionOperation('dropBatch', {
  kind: 'intake',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database, registry } = services;
    const { batch, reason } = await decided(call, services);
    const row = await datasetById(database.app, batch.dataset);
    const state = transition(batchLife, whatIs(batch), batch.state, 'drop');
    refuseOthers(call.caller.person, row, { identity: services.identity, now: call.now });
    const change = { batch: batch.id, act: 'drop', reason };
    return allowed<'dropBatch'>(
      200,
      batchAnswer({ ...batch, state, heldUntil: null, exchange: call.exchange }),
      {
        facts: { ...batchFacts(batch, registry.current.datasets.get(batch.dataset)), change },
        work: (transaction) => decide(transaction, batch, 'drop', call),
        whenDurable: async (receipt) => {
          await storeReceipt(database.app, batch.id, call.exchange, receipt);
          await sweepTables(database);
        },
      },
    );
  },
});

/*
 * Reads the current batch again with another version of its mapping, from the bytes that were sent, which stay unchanged.
 *
 *   is it current? → are all its bytes stored? → does it contain rows deleted since? → append entry + a batch of its own → its bytes
 *     copied, then translated, guarded and published or held like any other
 */

/**
 * POST /v1/batches/{batch}/retranslation.
 * @throws Problem batch_unknown, reason_identifies, signed_only, control_totals_missing, control_field_unknown, batch_claimed,
 * dataset_unavailable, batch_outdated, batch_merged, batch_not_current, bytes_of_correction, raw_bytes_gone, deletion_would_return,
 * mapping_unknown, mapping_unreadable, code_page_without_table, too_many_open_batches, batch_too_large, storage_short
 */
export const retranslateBatch = intakeOperation('retranslateBatch', {
  kind: 'intake',
  permission: { 'office steward': own, steward: own },
  owner: ofBatch,
  run: async (call, services) => {
    const { database } = services;
    const { batch: source, reason } = await decided(call, services);
    const dataset = stillFits(services, source);
    const { mapping: name } = call.body;
    const mapping = liveMapping(dataset, name);
    // the department signed its file together with the named mapping
    checkSigned(call.caller, dataset.row);
    const { bytes, sha256 } = await wholeBytes(services, source, dataset.row.mode);
    checkCodePage(source, mapping);
    const { control: givenControl } = source;
    const control = controlOf(
      { sha256, ...present({ control: givenControl }) },
      dataset,
      mapping.compiled,
      undefined,
    );
    await refuseReturning(database.app, source.id);
    const spaceStillThere = await checkSpace(services, bytes);
    const batch = uuid7(call.now);
    const { dataset: id, department } = source;
    const change = { batch, retranslates: source.id, mapping: mapping.label, state: 'receiving', reason };
    return allowed<'retranslateBatch'>(
      202,
      { batch, dataset: id, state: 'receiving', offset: 0, retranslates: source.id, mapping: mapping.label },
      {
        facts: { dataset: id, provider: department, schema: dataset.schema.urn, change },
        work: async (transaction) => {
          await spaceStillThere(transaction);
          if (await isRetranslated(transaction, source.id)) throw new Problem('batch_claimed');
          await begunBatch(transaction, services.limits, {
            id: batch,
            dataset: id,
            department,
            declared: bytes,
            fileName: source.fileName ?? undefined,
            codePage: source.codePage ?? undefined,
            from: { retranslates: source.id, sha256, mapping: mapping.label, control },
          });
        },
        whenDurable: async () => {
          const opened = await batchById(database.app, batch);
          if (opened !== undefined) void continueRetranslation(services, opened);
        },
      },
    );
  },
});

/** @throws Problem batch_merged, batch_not_current, bytes_of_correction, raw_bytes_gone */
async function wholeBytes(
  { database }: IntakeServices,
  { id, dataset, bytes, sha256, corrects }: BatchRow,
  mode: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const current = (await datasetById(database.app, dataset))?.currentBatch;
  // merged rows come from many batches: reading one again would restore rows changed or deleted since
  if (mode === 'upsert') throw new Problem('batch_merged', { dataset });
  if (mode !== 'snapshot' || current !== id || sha256 === null)
    throw new Problem('batch_not_current', { dataset });
  if (corrects !== null) throw new Problem('bytes_of_correction', { batch: id });
  if ((await partAt(database.app, id, 0)) === undefined) throw new Problem('raw_bytes_gone', { batch: id });
  return { bytes, sha256 };
}
