/** Tables of batches that nobody reads any more: superseded, merged, failed, or left by a hub that died before it could drop them. */
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Database } from '../../../platform/database/database.ts';
import { isRepeatable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { dropBatch } from './load.ts';

/**
 * Read or written still: a batch in translation, or one that a person may release or switch to; of a snapshot dataset the current batch, and the one
 * before it, which cursors handed out may go on with and a person may put back. Nothing of a retired dataset is; under legal hold every table. `b` is the batch, `d` its dataset.
 */
const living = `d.id IN (SELECT dataset FROM held_dataset) OR d.state <> 'retired' AND (b.state IN ('checking', 'held', 'prepared') OR d.mode <> 'upsert' AND (d.current_batch = b.id
  OR b.state = 'superseded' AND b.published_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM batch AS later WHERE later.dataset = b.dataset AND later.state = 'superseded' AND later.published_at IS NOT NULL
       AND (later.superseded_at, later.id) > (b.superseded_at, b.id))))`;

/** Drops them. One that is being read at this moment stays until the next time. */
export async function sweepTables(database: Database): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>(
    `SELECT made.id FROM (
       SELECT substr(relname, 3)::uuid AS id FROM pg_class
        WHERE relnamespace = 'rows'::regnamespace AND relkind = 'r' AND relname ~ '^b_[0-9a-f]{32}$') AS made
      WHERE NOT EXISTS (SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = made.id AND (${living}))`,
  );
  for (const { id } of rows) {
    try {
      await withTransaction(database.owner, async (transaction) => {
        await transaction.query("SET LOCAL lock_timeout = '2s'");
        if (!(await isLiving(transaction, id))) await dropBatch(transaction, id);
      });
    } catch (error) {
      if (!isRepeatable(error)) throw error;
    }
  }
}

/** Asked with the batch's row locked, so that nobody commits it once more in between, nor holds its dataset. */
async function isLiving(transaction: Reader, id: string): Promise<boolean> {
  const { rows: found } = await transaction.query<{ dataset: string }>(
    'SELECT dataset FROM batch WHERE id = $1 FOR UPDATE',
    [id],
  );
  if (found[0] !== undefined && !(await mayGo(transaction, found[0].dataset))) return true;
  const { rows } = await transaction.query(
    `SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = $1 AND (${living})`,
    [id],
  );
  return rows.length > 0;
}
