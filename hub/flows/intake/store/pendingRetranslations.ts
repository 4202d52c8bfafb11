import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batchRow.ts';

/** Batches whose bytes were to be taken over from another one, and of which nothing came for a while: the oldest first. @param seconds that while */
export async function pendingRetranslations(reader: Reader, seconds: number): Promise<readonly BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch
      WHERE retranslates IS NOT NULL AND state = 'receiving' AND moved_at < now() - make_interval(secs => $1) ORDER BY opened_at LIMIT 100`,
    [seconds],
  );
  return rows.map(readBatch);
}

/** Whether one is being made of a batch already. */
export async function isRetranslated(reader: Reader, batch: string): Promise<boolean> {
  const { rows } = await reader.query(
    "SELECT 1 FROM batch WHERE retranslates = $1 AND state IN ('receiving', 'checking') LIMIT 1",
    [batch],
  );
  return rows.length > 0;
}
