import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batches.ts';
import { openProposals, type OpenProposal } from './proposals.ts';

/** A batch that a person must decide on, with the first of two approvals where there is one. */
export interface WaitingBatch {
  readonly batch: BatchRow;
  readonly proposal: OpenProposal | undefined;
}

/** Held batches of some departments, ordered by their deadline, and superseded ones that are proposed for restoration. */
export async function batchesWaiting(
  reader: Reader,
  departments: readonly string[],
): Promise<readonly WaitingBatch[]> {
  const proposals = await openProposals(reader);
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch WHERE department = ANY($2) AND (state = 'held' OR (state = 'superseded' AND id = ANY($1)))
      ORDER BY held_until NULLS LAST, id LIMIT 1000`,
    [proposals.filter(({ act }) => act === 'restore').map(({ batch }) => batch), departments],
  );
  return rows.map(readBatch).map((batch) => ({
    batch,
    proposal: proposals.find((one) => one.batch === batch.id),
  }));
}
