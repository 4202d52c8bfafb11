import type { Pool, PoolClient } from 'pg';

/** An open transaction: statements sent through it stand or fall together. */
export type Transaction = PoolClient;

/** serialization_failure and deadlock_detected: the same work succeeds when done again. */
const repeatable = new Set(['40001', '40P01']);

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it throws. Done once more after a serialization
 * failure or a deadlock, so `work` keeps its effects inside the transaction.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  try {
    return await once(pool, work);
  } catch (error) {
    if (!repeatable.has((error as { code?: string }).code ?? '')) throw error;
    return await once(pool, work);
  }
}

async function once<T>(pool: Pool, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError); // a connection that dies between two statements must not end the process
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failed: unknown) => {
      broken = failed as Error;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
