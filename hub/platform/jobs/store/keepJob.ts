import type { Reader } from '../../database/reader.ts';

/** Keeps the lease of a job. @param until Unix milliseconds @returns false when another process has taken it over */
export async function keepJob(
  reader: Reader,
  name: string,
  { fencing, until }: { readonly fencing: number; readonly until: number },
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE job SET lease_until = to_timestamp($3 / 1000.0) WHERE name = $1 AND fencing = $2 AND owner IS NOT NULL',
    [name, fencing, until],
  );
  return rowCount === 1;
}
