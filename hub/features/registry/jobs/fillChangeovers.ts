import { fillChangeovers as fill } from '../../../flows/intake/rebind/fillChangeovers.ts';
import type { IntakeServices } from '../../../flows/intake/services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Converts the rows of datasets in a changeover to the new major version. Readers continue to get the version before. */
export const fillChangeovers = (intake: IntakeServices): Job => ({
  name: 'fillChangeovers',
  every: 5_000,
  lease: 60_000,
  run: (run) =>
    fill(intake, {
      now: () => run.now(),
      signal: run.signal,
      act: (facts) => run.act({ kind: 'management', ...facts }),
    }),
});
