import type { Pool } from 'pg';
import { inSnapshot, type Transaction } from './transaction.ts';

/**
 * Planner settings of one transaction: the server reads no table from its beginning, and reads the rows to which an index leads, not their
 * copies in the index. A plan that depends on statistics or costs, which a superuser can write, could leave out the index.
 */
const settings = `SET LOCAL enable_seqscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_indexscan = on;
  SET LOCAL enable_bitmapscan = on; SET LOCAL enable_nestloop = on`;

/** Reads in one snapshot, each table by an index. A condition that only one index serves is thus answered by that index. */
export const byIndexes = <T>(pool: Pool, work: (snapshot: Transaction) => Promise<T>): Promise<T> =>
  inSnapshot(pool, async (snapshot) => {
    await snapshot.query(settings);
    return work(snapshot);
  });
