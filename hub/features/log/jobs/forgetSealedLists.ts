import { listLife } from '../../../domain/listLife.ts';
import { forgetSealed } from '../../../log/store/sealedSubjects.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Sealed lists of whom incidents concern go when their time is over, or when they were refused. */
export const forgetSealedLists = (reader: Reader): Job => ({
  name: 'forgetSealedLists',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    await forgetSealed(reader, run.now() - listLife);
    return {};
  },
});
