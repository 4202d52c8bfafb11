import type { performAct } from '../hub/platform/jobs/act.ts';
import type { TestDatabase } from './database.ts';

export type HeldJob = Parameters<typeof performAct>[1];

/** While this test has a job, as a process does that runs it. */
export async function holdJob<T>(
  { owner: pool }: Pick<TestDatabase, 'owner'>,
  name: string,
  work: (job: HeldJob) => Promise<T>,
): Promise<T> {
  const { rows } = await pool.query<{ fencing: string; owner: string }>(
    "UPDATE job SET owner = gen_random_uuid(), lease_until = now() + interval '1 minute' WHERE name = $1 RETURNING fencing, owner",
    [name],
  );
  try {
    return await work({ name, fencing: Number(rows[0]?.fencing), owner: rows[0]?.owner ?? '' });
  } finally {
    await pool.query('UPDATE job SET owner = NULL, lease_until = NULL, due = now() WHERE name = $1', [name]);
  }
}
