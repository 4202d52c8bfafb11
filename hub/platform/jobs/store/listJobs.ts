import type { Reader } from '../../database/reader.ts';

export interface JobRow {
  readonly name: string;
  /** Unix milliseconds; null before the first time */
  readonly due: number;
  readonly succeededAt: number | null;
  /** `ok`, the code of a problem, or null before the first end */
  readonly outcome: string | null;
  readonly running: boolean;
  /** Unix milliseconds; null while nobody does it */
  readonly leaseUntil: number | null;
}

/** Every job that ever ran, by name. */
export async function listJobs(reader: Reader): Promise<JobRow[]> {
  const { rows } = await reader.query<JobRow>(
    `SELECT name, (extract(epoch FROM due) * 1000)::double precision AS due, outcome, owner IS NOT NULL AS running,
            (extract(epoch FROM succeeded_at) * 1000)::double precision AS "succeededAt",
            CASE WHEN owner IS NOT NULL THEN (extract(epoch FROM lease_until) * 1000)::double precision END AS "leaseUntil"
       FROM job ORDER BY name`,
  );
  return rows;
}
