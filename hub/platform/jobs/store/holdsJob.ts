import type { Reader } from '../../database/reader.ts';

/** Whether the process with this fencing number still has the job; keeps it so until the transaction ends. */
export async function holdsJob(transaction: Reader, name: string, fencing: number): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'SELECT 1 FROM job WHERE name = $1 AND fencing = $2 AND owner IS NOT NULL FOR SHARE',
    [name, fencing],
  );
  return rowCount === 1;
}
