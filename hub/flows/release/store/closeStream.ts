import type { Transaction } from '../../../platform/database/transaction.ts';

/** @param onlyAbandoned only where its lease has ended @returns false where it was closed already, or is kept */
export async function closeStream(
  transaction: Transaction,
  id: string,
  { onlyAbandoned }: { readonly onlyAbandoned: boolean },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM release_stream WHERE id = $1 AND (NOT $2 OR lease_until < now())',
    [id, onlyAbandoned],
  );
  return rowCount === 1;
}
