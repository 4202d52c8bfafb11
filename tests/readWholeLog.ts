import { readEntries } from '../hub/features/log/jobs/readEntries.ts';
import type { Pool } from '../hub/platform/database/database.ts';

/** Has everything that follows from the first `size` entries read, as the hub's own job does it. @returns runs that it took */
export async function readWholeLog(pool: Pool, size: number): Promise<number> {
  const job = readEntries(pool, { size: () => size });
  const run = {
    now: () => Date.now(),
    state: null,
    signal: new AbortController().signal,
    act: () => Promise.reject(new Error('reading is no act')),
  };
  for (let runs = 1; ; runs += 1) {
    const { more, failures = [] } = await job.run(run);
    if (failures.length > 0) throw new AggregateError(failures);
    if (more !== true) return runs;
  }
}
