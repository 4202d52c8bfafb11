import type { Reader } from '../../../platform/database/reader.ts';

/** Whether a lease still stands. @param lock keeps it so until the transaction ends */
export async function holdsLease(reader: Reader, id: string, owner: string, lock: boolean): Promise<boolean> {
  const { rows } = await reader.query(
    `SELECT 1 FROM batch WHERE id = $1 AND lease_owner = $2 AND state = 'checking'${lock ? ' FOR SHARE' : ''}`,
    [id, owner],
  );
  return rows.length === 1;
}
