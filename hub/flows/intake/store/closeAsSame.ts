import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { BatchRow } from './batchRow.ts';
import type { CommittedAs } from './leaseBatch.ts';

/** A batch with the very bytes of the one that is current: it is not loaded, and its parts are stored already. */
export async function closeAsSame(
  transaction: Transaction,
  id: string,
  as: Omit<CommittedAs, 'corrects' | 'control'>,
  first: BatchRow,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE batch SET state = $8, sha256 = $2, mapping = $3, mapping_digest = $4, schema_urn = $5, same_as = $6,
            exchange = $7, finished_at = now()
      WHERE id = $1 AND state = ANY($9)`,
    [
      id,
      as.sha256,
      as.mapping,
      as.mappingDigest,
      as.schema,
      first.id,
      first.exchange,
      stateAfter(batchLife, 'repeat'),
      statesBefore(batchLife, 'repeat'),
    ],
  );
  await longStatement(transaction, 'DELETE FROM batch_part WHERE batch = $1', [id]);
  return rowCount === 1;
}
