/** Tables of batches that nobody reads any more: superseded, merged, failed, or left by a hub that died before it could drop them. */
import { isRepeatable } from '../auditConnection.ts';
import type { Database } from '../database.ts';
import type { Reader } from '../reader.ts';
import { withTransaction } from '../transaction.ts';
import { dropBatch } from './load.ts';

/**
 * Read or written still: a batch in translation; of a snapshot dataset the current batch, and the one before it, which cursors handed out
 * may go on with. `b` is the batch, `d` its dataset.
 */
const living = `(b.state = 'checking' OR d.mode <> 'upsert' AND (d.current_batch = b.id
  OR b.state = 'superseded' AND b.same_as IS NULL AND NOT EXISTS (
    SELECT 1 FROM batch AS later WHERE later.dataset = b.dataset AND later.state = 'superseded' AND later.same_as IS NULL
       AND later.finished_at > b.finished_at)))`;

/** Drops them. One that is being read at this moment stays until the next time. */
export async function sweepTables(database: Database): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>(
    `SELECT made.id FROM (
       SELECT substr(relname, 3)::uuid AS id FROM pg_class
        WHERE relnamespace = 'rows'::regnamespace AND relkind = 'r' AND relname ~ '^b_[0-9a-f]{32}$') AS made
      WHERE NOT EXISTS (SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = made.id AND ${living})`,
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

/** Asked with the batch's row locked, so that nobody commits it once more in between. */
async function isLiving(transaction: Reader, id: string): Promise<boolean> {
  await transaction.query('SELECT 1 FROM batch WHERE id = $1 FOR UPDATE', [id]);
  const { rows } = await transaction.query(
    `SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = $1 AND ${living}`,
    [id],
  );
  return rows.length > 0;
}
