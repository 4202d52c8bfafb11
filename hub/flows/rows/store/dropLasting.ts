import type { SqlName } from '../../../domain/rowTable/names.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Database } from '../../../platform/database/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { isTable } from './fetch.ts';
import { endDigest } from './openDigest.ts';

/**
 * Drops an existing lasting table, unless its dataset is under legal hold. @throws the database's error where a reader uses it for more
 * than two seconds
 */
export async function dropLasting(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  table: SqlName,
): Promise<void> {
  if (!(await isTable(owner, table))) return;
  await withTransaction(owner, async (transaction) => {
    await transaction.query("SET LOCAL lock_timeout = '2s'");
    if (!(await mayGo(transaction, dataset))) return;
    await transaction.query(`DROP TABLE IF EXISTS ${table}`);
    await endDigest(transaction, table);
  });
}
