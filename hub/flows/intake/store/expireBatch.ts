import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** A batch that was opened and never committed. */
export interface OverdueBatch {
  readonly id: string;
  readonly dataset: string;
  readonly department: string;
  /** raw bytes that came */
  readonly bytes: number;
}

/** Open batches older than a moment, the oldest first; of a dataset under legal hold none. @param before Unix milliseconds */
export async function overdueBatches(reader: Reader, before: number, most: number): Promise<OverdueBatch[]> {
  const { rows } = await reader.query<Omit<OverdueBatch, 'bytes'> & { bytes: string }>(
    `SELECT id, dataset, department, bytes FROM batch
      WHERE state = ANY($3) AND opened_at < to_timestamp($1 / 1000.0) AND dataset NOT IN (SELECT dataset FROM held_dataset) ORDER BY opened_at LIMIT $2`,
    [before, most, statesBefore(batchLife, 'expire')],
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/**
 * Ends an open batch and destroys the bytes that came. @param exchange id of the entry that tells it
 * @returns false when it is not as it was read: more bytes came, it was committed, or its dataset is under legal hold
 */
export async function expireBatch(
  transaction: Transaction,
  batch: OverdueBatch,
  exchange: string,
): Promise<boolean> {
  if (!(await mayGo(transaction, batch.dataset))) return false;
  const { rowCount } = await transaction.query(
    `UPDATE batch SET state = $4, finished_at = now(), raw_gone_at = now(), exchange = $3
      WHERE id = $1 AND state = ANY($5) AND bytes = $2`,
    [batch.id, batch.bytes, exchange, stateAfter(batchLife, 'expire'), statesBefore(batchLife, 'expire')],
  );
  if (rowCount !== 1) return false;
  await longStatement(transaction, 'DELETE FROM batch_part WHERE batch = $1', [batch.id]);
  return true;
}
