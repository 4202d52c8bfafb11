import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batchRow.ts';

/** Batches that a hub left in the middle of translation. */
export async function abandonedBatches(reader: Reader): Promise<readonly BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch WHERE state = 'checking' AND lease_until < now() ORDER BY opened_at LIMIT 100`,
  );
  return rows.map(readBatch);
}
