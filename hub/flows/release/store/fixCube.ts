import type { Pool } from '../../../platform/database/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { lastCube, readCube, type CubeKey, type FixedCube } from './readCube.ts';

/**
 * Fixes what is told of a batch, once and for all: of two processes that made it at once the first one's stands. Batches are fixed in the
 * order in which they were current, so that each knows what the one before it hid.
 * @param make pure: from what was told last
 * @returns undefined where the batch is not the current one any more
 */
export async function fixCube(
  pool: Pool,
  key: CubeKey,
  make: (earlier: FixedCube | undefined) => Omit<FixedCube, 'batch'>,
): Promise<FixedCube | undefined> {
  return withTransaction(pool, async (transaction) => {
    const { dataset, consumer, batch } = key;
    await transaction.query('SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))', [dataset, consumer]);
    const pointer = await transaction.query<{ current: string | null }>(
      'SELECT current_batch AS current FROM dataset WHERE id = $1',
      [dataset],
    );
    if (pointer.rows[0]?.current !== batch) return undefined;
    const known = await readCube(transaction, key);
    if (known !== undefined) return known;
    const { spec, cells, digest } = make(await lastCube(transaction, key));
    await transaction.query(
      'INSERT INTO statistic_cube (dataset, consumer, batch, spec, cells, digest) VALUES ($1, $2, $3, $4, $5, $6)',
      [dataset, consumer, batch, JSON.stringify(spec), JSON.stringify(cells), digest],
    );
    return { batch, spec, cells, digest };
  });
}
