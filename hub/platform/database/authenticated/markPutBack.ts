/**
 * Only the process that knows a later sum finds that a table was put back. It adds what the sum lacks to the vector in the database, so that the
 * other processes find it too, and refuse changes of the table: any of them may run the job or answer the next call.
 */
import type { Pool } from 'pg';
import { withTransaction } from '../transaction.ts';
import { writersOf, type TableDigests } from './seals.ts';
import { readSums, tryLockSum, writeWriters } from './sealStore.ts';
import { noWriters } from './writers.ts';

/** @param names of sums; those that are the newest as far as this process knows remain as they are */
export async function markPutBack(
  owner: Pool,
  digests: TableDigests | undefined,
  names: readonly string[],
): Promise<void> {
  if (digests === undefined) return;
  for (const name of names)
    await withTransaction(owner, async (transaction) => {
      // a later pass marks one that another session holds locked
      if (!(await tryLockSum(transaction, name))) return;
      const sum = (await readSums(transaction, digests.key, [name], false)).get(name);
      if (sum === undefined || digests.isNewest(name, sum) || sum.lacks !== undefined) return;
      // where a file of an earlier release says nothing of who wrote it, others learn nothing, and refuse it all the same
      const lacks = digests.known(name).writers ?? noWriters;
      await writeWriters(transaction, digests.key, name, { ...sum, writers: writersOf(sum), lacks });
    });
}
