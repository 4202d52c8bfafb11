import type { Job } from '../../../platform/jobs/job.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { deleteViewDelays } from '../store/viewDelays.ts';

const hourMs = 3_600_000;

/** A delay is not read after its last day; the log has who decided it. The time covers a clock that is set back. */
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
