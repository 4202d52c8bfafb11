import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/**
 * A batch under the version that its dataset does not go over to, or that another one was prepared for, or that cannot be made. Whoever
 * translates it has lost it.
 * @param exchange id of the entry that tells it @param problem code of why it cannot be made @returns false where it has come to an end already
 */
export async function abandonBatch(
  reader: Reader,
  id: string,
  exchange: string,
  problem?: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $2, exchange = $3, receipt = NULL, finished_at = now(), lease_owner = NULL, lease_until = NULL, problem = coalesce($5, problem)
      WHERE id = $1 AND state = ANY($4)`,
    [id, stateAfter(batchLife, 'abandon'), exchange, statesBefore(batchLife, 'abandon'), problem ?? null],
  );
  return rowCount === 1;
}
