import type { Reader } from '../../../platform/database/reader.ts';

/** Keeps the lease. @returns false when it was lost */
export async function renewLease(
  reader: Reader,
  id: string,
  owner: string,
  seconds: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET lease_until = now() + make_interval(secs => $3) WHERE id = $1 AND lease_owner = $2 AND state = 'checking'`,
    [id, owner, seconds],
  );
  return rowCount === 1;
}
