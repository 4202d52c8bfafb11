/** The bytes of a batch come in parts, signed by a department or behind a person's session, and are sealed before they are stored. */
import { createHash } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { advanceBatch } from './store/leaseBatch.ts';
import type { BatchRow } from './store/batches.ts';
import { partAt, putPart } from '../rows/store/sealedParts.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { unlogged, type Announced, type Outcome } from '../../pipeline/call.ts';
import { ownBatch } from './openBatch.ts';
import type { Sender } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { sent } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';

/**
 * Whether the bytes of a part may come: only to a batch of the caller's own that is being received, and at most so far ahead.
 * @throws Problem batch_unknown, batch_not_open, part_offset_mismatch
 */
async function admitBatchPart(call: Announced<Sender>, services: IntakeServices): Promise<void> {
  const at = Number(call.params['offset']);
  const batch = await ownBatch(services, call);
  if (at < batch.bytes) return; // a part sent again: only its bytes tell whether it is the same
  if (!isOpen(batch)) throw new Problem('batch_not_open', { state: batch.state });
  if (at > batch.bytes) throw new Problem('part_offset_mismatch', { expected: batch.bytes });
}

/** PUT /v1/batches/{batch}/parts/{offset}: told by the entry of the commit, denials have their own. */
export const putBatchPart = intakeOperation('putBatchPart', {
  kind: 'intake',
  permission: sent,
  owner: ofBatch,
  admit: admitBatchPart,
  run: async (call, services) => {
    const at = Number(call.params.offset);
    const plain = call.bytes;
    if (plain.length === 0) throw new Problem('part_empty');
    const limit = services.limits.batchBytes;
    if (at + plain.length > limit) throw new Problem('batch_too_large', { limit });
    const sha256 = createHash('sha256').update(plain).digest();
    const place = async (): Promise<Outcome | undefined> => {
      const batch = await ownBatch(services, call);
      if (at < batch.bytes) return repeatedPart(services, batch, at, sha256);
      if (!isOpen(batch)) throw new Problem('batch_not_open', { state: batch.state });
      if (at > batch.bytes) throw new Problem('part_offset_mismatch', { expected: batch.bytes });
      const stored = await storePart(services, { batch: batch.id, at, plain, sha256 });
      return stored ? received(at + plain.length) : undefined;
    };
    // a part that was overtaken by another looks once more: it may be the same one
    const outcome = (await place()) ?? (await place());
    if (outcome === undefined) throw new Problem('part_offset_mismatch', { expected: at });
    return outcome;
  },
});

/** Seals a part behind those that came before it. @returns false where the batch is not open any more, or stands elsewhere */
export const storePart = (
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  part: Parameters<typeof putPart>[2],
): Promise<boolean> =>
  withTransaction(database.app, async (transaction) => {
    if (!(await advanceBatch(transaction, part.batch, part.at, part.plain.length))) return false;
    await putPart(transaction, sealer, part);
    return true;
  });

/** Whether its sender may bring bytes: one that is made of stored ones has no sender. */
const isOpen = ({ state, retranslates }: BatchRow): boolean => state === 'receiving' && retranslates === null;

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

const received = (offset: number): Outcome => unlogged<'putBatchPart'>(200, { offset });
