import type { Job } from '../../../platform/jobs/job.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { deleteExpired } from '../store/events.ts';

const minute = 60_000;
/** Events of one run. */
const maxEvents = 20_000;

/** Events are deleted after the retention of their topic; those of datasets under a legal hold stay. */
export const expireEvents = (pool: Pool): Job => ({
  name: 'expireEvents',
  every: 10 * minute,
  lease: minute,
  run: async (run) => ({ more: (await deleteExpired(pool, run.now(), maxEvents)) === maxEvents }),
});
