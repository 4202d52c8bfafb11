import type { Pool, PoolClient } from 'pg';
import { Problem } from '../../../terms/problem.ts';
import { isConnectionLoss, isRepeatable } from './failure.ts';

/** An open transaction: its statements take effect together or not at all. */
export type Transaction = PoolClient;

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it throws. It is repeated once after a serialization
 * failure, a deadlock or an unavailable lock, so all effects of `work` must be inside the transaction.
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
 * Gives `work` a connection of the pool. One that broke or did not reply in time is not returned to the pool: its state is unknown.
 * @param connect how to get the connection (default: from the pool)
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
  try {
    await client.query(begin);
    const result = await work(client);
    await commit(client);
    return result;
  } catch (error) {
    await rollBack(client, error).catch((lost: unknown) => {
      if (!(error instanceof Problem && isConnectionLoss(lost))) throw lost;
      // a connection that was ended because of a problem: its owner drops it, and the caller learns the problem
      client.emit('error', lost);
    });
    throw error;
  }
}

/** Ends the transaction of a connection that the caller owns; what was written in it is durable. */
export async function commit(client: Transaction): Promise<void> {
  await client.query('COMMIT');
}

/** Undoes the transaction of a connection that the caller owns. @param cause the error because of which */
export async function rollBack(client: Transaction, cause: unknown): Promise<void> {
  // after a statement without a reply, a ROLLBACK would only wait as long once more
  if (!isConnectionLoss(cause)) await client.query('ROLLBACK');
}

/** Reads in one snapshot: statements of `work` do not see what others commit in the meantime. It runs once. */
export const inSnapshot = <T>(pool: Pool, work: (snapshot: Transaction) => Promise<T>): Promise<T> =>
  withConnection(pool, (client) => snapshotOn(client, work));

/** The same on a connection that the caller owns, outside a transaction. */
export const snapshotOn = <T>(client: Transaction, work: (snapshot: Transaction) => Promise<T>): Promise<T> =>
  transactionOn(client, work, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');

/** An exception of `work` undoes its own statements; the transaction continues with those before it. */
export async function inSavepoint<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  await transaction.query('SAVEPOINT before_work');
  try {
    return await work();
  } catch (error) {
    if (!isConnectionLoss(error)) await transaction.query('ROLLBACK TO SAVEPOINT before_work');
    throw error;
  }
}
