import type { Pool, PoolClient } from 'pg';
import { isConnectionLoss, isRepeatable } from './failure.ts';

/** An open transaction: statements sent through it stand or fall together. */
export type Transaction = PoolClient;

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it throws. Done once more after a serialization
 * failure, a deadlock or a lock that was not to be had, so `work` keeps its effects inside the transaction.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const once = (): Promise<T> => withConnection(pool, (client) => transactionOn(client, work));
  try {
    return await once();
  } catch (error) {
    if (!isRepeatable(error)) throw error;
    return await once();
  }
}

/**
 * A connection of the pool for `work`. One that broke, or that did not answer in time, does not go back: what it still does is not known.
 * @param connect how it is come by (default: from the pool)
 */
export async function withConnection<T>(
  pool: Pool,
  work: (client: Transaction) => Promise<T>,
  connect: (pool: Pool) => Promise<Transaction> = (from) => from.connect(),
): Promise<T> {
  const client = await connect(pool);
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
  };
  client.on('error', onError); // a connection that dies between two statements must not end the process
  try {
    return await work(client);
  } catch (error) {
    if (isConnectionLoss(error)) broken ??= error as Error;
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** A transaction on a connection that the caller owns; it drops the connection when this throws a connection loss. */
export async function transactionOn<T>(
  client: Transaction,
  work: (transaction: Transaction) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  await client.query(begin);
  try {
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // behind a statement that is not answered a ROLLBACK would only wait as long once more
    if (!isConnectionLoss(error)) await client.query('ROLLBACK');
    throw error;
  }
}

/** What `work` throws undoes its own statements; the transaction goes on with those before it. */
export async function inSavepoint<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  await transaction.query('SAVEPOINT before_work');
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLoss(error)) await transaction.query('ROLLBACK TO SAVEPOINT before_work');
    throw error;
  }
}
