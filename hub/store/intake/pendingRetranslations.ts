import type { Reader } from '../database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batchRow.ts';

/** Batches whose bytes are still to be taken over from another one, the oldest first. */
export async function pendingRetranslations(reader: Reader): Promise<readonly BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch WHERE retranslates IS NOT NULL AND state = 'receiving' ORDER BY opened_at LIMIT 100`,
  );
  return rows.map(readBatch);
}
