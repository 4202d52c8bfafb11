import type { SqlName } from '../../domain/rowTable/names.ts';
import { mayGo } from '../audit/legalHolds.ts';
import type { Database } from '../database/database.ts';
import { withTransaction } from '../database/transaction.ts';

/** Drops a lasting table that is there, unless its dataset is under legal hold. @throws the database's error where somebody reads it for longer than two seconds */
export async function dropLasting(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  table: SqlName,
): Promise<void> {
  const { rows } = await owner.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  if (rows[0]?.there !== true) return;
  await withTransaction(owner, async (transaction) => {
    await transaction.query("SET LOCAL lock_timeout = '2s'");
    if (await mayGo(transaction, dataset)) await transaction.query(`DROP TABLE IF EXISTS ${table}`);
  });
}
