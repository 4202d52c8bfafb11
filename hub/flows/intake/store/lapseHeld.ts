import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import { readBatch, batchColumns, type BatchRow, type StoredBatch } from './batchRow.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Held batches whose time is over, the oldest first. @param now Unix milliseconds */
export async function overdueHeld(reader: Reader, now: number, most: number): Promise<BatchRow[]> {
  const { rows } = await reader.query<StoredBatch>(
    `SELECT ${batchColumns} FROM batch
      WHERE state = ANY($3) AND held_until < to_timestamp($1 / 1000.0) ORDER BY held_until LIMIT $2`,
    [now, most, statesBefore(batchLife, 'lapse')],
  );
  return rows.map(readBatch);
}

/** Ends a held batch that nobody decided in time. @param exchange id of the entry that tells it @returns false when somebody has */
export async function lapseHeld(reader: Reader, id: string, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $3, finished_at = now(), held_until = NULL, exchange = $2 WHERE id = $1 AND state = ANY($4)`,
    [id, exchange, stateAfter(batchLife, 'lapse'), statesBefore(batchLife, 'lapse')],
  );
  return rowCount === 1;
}
