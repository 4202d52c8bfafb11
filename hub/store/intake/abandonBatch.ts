import { batchLife } from '../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../domain/lifeCycle.ts';
import type { Reader } from '../database/reader.ts';

/**
 * A batch under the version that its dataset does not go over to, or that another one was prepared for. Whoever translates it has lost it.
 * @param exchange id of the entry that tells it @returns false where it has come to an end already
 */
export async function abandonBatch(reader: Reader, id: string, exchange: string): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $2, exchange = $3, receipt = NULL, finished_at = now(), lease_owner = NULL, lease_until = NULL
      WHERE id = $1 AND state = ANY($4)`,
    [id, stateAfter(batchLife, 'abandon'), exchange, statesBefore(batchLife, 'abandon')],
  );
  return rowCount === 1;
}
