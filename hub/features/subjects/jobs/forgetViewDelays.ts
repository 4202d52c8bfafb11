import type { Job } from '../../../platform/jobs/job.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { deleteViewDelays } from '../store/viewDelays.ts';

const hourMs = 3_600_000;

/** A delay has no effect after its last day, and the log records who decided it. It is stored seven days longer, in case the clock is set back. */
const retentionMs = 7 * 24 * hourMs;

/** Deletes delays of what persons are shown, and with them the persons' keyed hashes. */
export const forgetViewDelays = (reader: Reader): Job => ({
  name: 'forgetViewDelays',
  every: hourMs,
  lease: 60_000,
  run: async (run) => {
    await deleteViewDelays(reader, run.now() - retentionMs);
    return {};
  },
});
