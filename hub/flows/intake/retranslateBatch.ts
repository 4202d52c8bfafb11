/**
 * The current batch read again by another version of its mapping: from the bytes that were sent, which stay as they are.
 *
 *   is it what readers see? → are all its bytes there? → is nobody in it whose data was deleted since? → append entry + a batch of its own
 *   → its bytes taken over, then translated, guarded and published or held as those of any other
 */
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { allowed } from '../../pipeline/call.ts';
import { batchById } from './store/batchById.ts';
import type { BatchRow } from './store/batchRow.ts';
import { isRetranslated } from './store/pendingRetranslations.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import { partAt } from '../rows/store/sealedParts.ts';
import { continueRetranslation } from './background.ts';
import { controlOf } from './controlTotals.ts';
import { decided, stillFits } from './decideHeld.ts';
import { checkCodePage, liveMapping } from './liveMapping.ts';
import { begunBatch, roomNow } from './openBatch.ts';
import { refuseReturning } from './returning.ts';
import { checkSigned } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { own } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';

/**
 * POST /v1/batches/{batch}/retranslation.
 * @throws Problem batch_unknown, reason_identifies, signed_only, control_totals_missing, control_field_unknown, batch_claimed,
 * dataset_unavailable, batch_outdated, batch_merged, batch_not_current, bytes_of_correction, raw_bytes_gone, deletion_would_return, mapping_unknown,
 * mapping_unreadable, code_page_without_table, too_many_open_batches, batch_too_large, storage_short
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
    // what a department signed was its file with the mapping that it named
    checkSigned(call.caller, dataset.row);
    const { bytes, sha256 } = await wholeBytes(services, source, dataset.row.mode);
    checkCodePage(source, mapping);
    const { control: said } = source;
    const control = controlOf(
      { sha256, ...(said === null ? {} : { control: said }) },
      dataset,
      mapping.compiled,
      undefined,
    );
    await refuseReturning(database.app, source.id);
    const roomStands = await roomNow(services, bytes);
    const batch = uuid7(call.now);
    const { dataset: id, department } = source;
    const change = { batch, retranslates: source.id, mapping: mapping.label, state: 'receiving', reason };
    return allowed<'retranslateBatch'>(
      202,
      { batch, dataset: id, state: 'receiving', offset: 0, retranslates: source.id, mapping: mapping.label },
      {
        facts: { dataset: id, provider: department, schema: dataset.schema.urn, change },
        work: async (transaction) => {
          await roomStands(transaction);
          if (await isRetranslated(transaction, source.id)) throw new Problem('batch_claimed');
          await begunBatch(transaction, services.limits, {
            ...{ id: batch, dataset: id, department, declared: bytes },
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
  // merged rows come of many batches: read again, what was changed or deleted since would come back
  if (mode === 'upsert') throw new Problem('batch_merged', { dataset });
  if (mode !== 'snapshot' || current !== id || sha256 === null)
    throw new Problem('batch_not_current', { dataset });
  if (corrects !== null) throw new Problem('bytes_of_correction', { batch: id });
  if ((await partAt(database.app, id, 0)) === undefined) throw new Problem('raw_bytes_gone', { batch: id });
  return { bytes, sha256 };
}
