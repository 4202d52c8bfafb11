import type { SqlName } from '../../../domain/rowTable/names.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** All rows of a table. */
export async function countRows(transaction: Transaction, table: SqlName): Promise<number> {
  const { rows } = await longStatement<{ n: string }>(
    transaction,
    `SELECT count(*)::text AS n FROM ${table}`,
  );
  return Number(rows[0]?.n ?? 0);
}
