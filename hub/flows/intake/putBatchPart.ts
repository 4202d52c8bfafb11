/** The bytes of a batch arrive in parts, signed by a department or within a person's session. They are sealed before they are stored. */
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
 * Checks that the bytes of a part may be sent: only to the caller's own open batch, at its next offset, or as a repetition.
 * @throws Problem batch_unknown, batch_not_open, part_offset_mismatch
 */
async function admitBatchPart(call: Announced<Sender>, services: IntakeServices): Promise<void> {
  const at = Number(call.params['offset']);
  const batch = await ownBatch(services, call);
  if (at < batch.bytes) return; // a repeated part: only its bytes show whether it is the same
  if (!isOpen(batch)) throw new Problem('batch_not_open', { state: batch.state });
  if (at > batch.bytes) throw new Problem('part_offset_mismatch', { expected: batch.bytes });
}

/** PUT /v1/batches/{batch}/parts/{offset}: recorded by the entry of the commit; denials get their own entries. */
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
    // if another part was stored first, checks again: it may be the same one
    const outcome = (await place()) ?? (await place());
    if (outcome === undefined) throw new Problem('part_offset_mismatch', { expected: at });
    return outcome;
  },
});

/** Seals and stores a part after the previous ones. @returns false where the batch is no longer open, or is at another offset */
export const storePart = (
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  part: Parameters<typeof putPart>[2],
): Promise<boolean> =>
  withTransaction(database.app, async (transaction) => {
    if (!(await advanceBatch(transaction, part.batch, part.at, part.plain.length))) return false;
    await putPart(transaction, sealer, part);
    return true;
  });

/** Whether its sender may upload bytes; a batch made from stored bytes has no sender. */
const isOpen = ({ state, retranslates }: BatchRow): boolean => state === 'receiving' && retranslates === null;

/** A repeated part gets the same answer; other bytes at its offset are refused. */
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
