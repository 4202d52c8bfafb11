import type { Reader } from '../../database/reader.ts';

/** Where a job goes on, in its own words, and when it last ended well (Unix milliseconds); undefined for one that never ran. */
export async function stateOfJob(
  reader: Reader,
  name: string,
): Promise<{ readonly state: unknown; readonly succeededAt: number | null } | undefined> {
  const { rows } = await reader.query<{ state: unknown; succeededAt: number | null }>(
    `SELECT state, (extract(epoch FROM succeeded_at) * 1000)::double precision AS "succeededAt" FROM job WHERE name = $1`,
    [name],
  );
  return rows[0];
}
