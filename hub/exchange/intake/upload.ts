/** The upload: a batch is opened, then its bytes come in signed parts and are sealed before they are stored. */
import { createHash } from 'node:crypto';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../terms/uuid7.ts';
import { receives } from '../../domain/dataset.ts';
import { advanceBatch, openBatch as insertBatch, type BatchRow } from '../../store/batches.ts';
import { partAt, putPart } from '../../store/rows/sealedParts.ts';
import { withTransaction } from '../../store/transaction.ts';
import { jsonAnswer, type Call, type ExchangeOperation, type Outcome } from '../call.ts';
import { liveDataset, ownBatch, type IntakeServices } from './services.ts';

/** POST /v1/datasets/{dataset}/batches */
export function openBatch(services: IntakeServices): ExchangeOperation {
  return (call) => {
    const id = datasetId(call.params['dataset'] ?? '');
    const facts = { dataset: id, provider: providerOf(id) };
    if (providerOf(id) !== call.caller.department) return { problem: new Problem('not_the_provider'), facts };
    const dataset = liveDataset(services.registry, id);
    const { state } = dataset.row;
    if (!receives(state))
      return { problem: new Problem('dataset_unavailable', { dataset: id, state }), facts };
    const batch = { id: uuid7(call.now), dataset: id, department: call.caller.department };
    return {
      ...jsonAnswer(201, { batch: batch.id, dataset: id, state: 'receiving', offset: 0 }),
      facts: { ...facts, schema: dataset.schema.urn, change: { batch: batch.id, state: 'receiving' } },
      work: (transaction) => insertBatch(transaction, batch),
    };
  };
}

/** PUT /v1/batches/{batch}/parts/{offset}: told by the entry of the commit, denials have their own. */
export function putBatchPart(services: IntakeServices): ExchangeOperation {
  return async (call) => {
    const at = Number(call.params['offset']);
    const plain = call.message.body;
    if (plain.length === 0) throw new Problem('part_empty');
    const limit = services.limits.batchBytes;
    if (at + plain.length > limit) throw new Problem('batch_too_large', { limit });
    const sha256 = createHash('sha256').update(plain).digest();
    const place = async (): Promise<Outcome | undefined> => {
      const batch = await ownBatch(services, call);
      if (at < batch.bytes) return repeatedPart(services, batch, at, sha256);
      if (batch.state !== 'receiving') throw new Problem('batch_not_open', { state: batch.state });
      if (at > batch.bytes) throw new Problem('part_offset_mismatch', { expected: batch.bytes });
      const stored = await withTransaction(services.database.app, async (transaction) => {
        if (!(await advanceBatch(transaction, batch.id, at, plain.length))) return false;
        await putPart(transaction, services.sealer, { batch: batch.id, at, plain, sha256 });
        return true;
      });
      return stored ? received(at + plain.length) : undefined;
    };
    // a part that was overtaken by another looks once more: it may be the same one
    const outcome = (await place()) ?? (await place());
    if (outcome === undefined) throw new Problem('part_offset_mismatch', { expected: at });
    return outcome;
  };
}

/** The same part sent again gets the same answer; other bytes at its place are refused. */
async function repeatedPart(
  services: IntakeServices,
  batch: BatchRow,
  at: number,
  sha256: Uint8Array,
): Promise<Outcome> {
  const stored = await partAt(services.database.app, batch.id, at);
  if (stored === undefined) throw new Problem('part_offset_mismatch', { expected: batch.bytes });
  if (!Buffer.from(sha256).equals(Buffer.from(stored.sha256))) throw new Problem('part_differs');
  return received(batch.bytes);
}

const received = (offset: number): Outcome => ({ ...jsonAnswer(200, { offset }), entry: 'later' });

export type { Call };
