import { setTimeout as pause } from 'node:timers/promises';
import { columnDefinition, type Column } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Database } from '../../../platform/database/database.ts';
import { isMissingTable, isRepeatable } from '../../../platform/database/failure.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

/** As long as a reader may have to stand behind the lock. */
const lockTimeout = '50ms';
/** Times the lock is asked for: beside long queries it is not to be had at once. */
const attempts = 100;

/**
 * Adds empty columns where they are missing. No row is written, and nobody who reads waits for longer than the lock is asked for: it is
 * given up and asked for again. A table that is gone meanwhile needs none.
 * @throws Problem database_unavailable where the lock is never to be had
 */
export async function addColumns(
  database: Pick<Database, 'owner'>,
  table: SqlName,
  columns: readonly Column[],
): Promise<void> {
  if (columns.length === 0) return;
  const added = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${columnDefinition(column)}`).join(', ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await withTransaction(database.owner, async (transaction) => {
        await transaction.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
        await transaction.query(`ALTER TABLE ${table} ${added}`);
      });
      return;
    } catch (error) {
      if (isMissingTable(error)) return;
      if (!isRepeatable(error) || attempt === attempts) throw error;
      await pause(100);
    }
  }
}
