import { readEntries } from '../hub/jobs/readEntries.ts';
import type { Pool } from '../hub/store/database/database.ts';

/** Has everything that follows from the first `size` entries read, as the hub's own job does it. @returns runs that it took */
export async function readWholeLog(pool: Pool, size: number): Promise<number> {
  const job = readEntries(pool, { size: () => size });
  const run = {
    ...{ now: () => Date.now(), state: null, signal: new AbortController().signal },
    act: () => Promise.reject(new Error('reading is no act')),
  };
  for (let runs = 1; ; runs += 1) if ((await job.run(run)).more !== true) return runs;
}
