import { fillChangeovers as fill } from '../../../flows/intake/rebind/fillChangeovers.ts';
import type { IntakeServices } from '../../../flows/intake/services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Rows of datasets that go over to a new major version are made under it, while readers go on with the one before. */
export const fillChangeovers = (intake: IntakeServices): Job => ({
  name: 'fillChangeovers',
  every: 5_000,
  lease: 60_000,
  run: async (run) => ({
    more: await fill(intake, {
      now: () => run.now(),
      signal: run.signal,
      act: (facts) => run.act({ kind: 'management', ...facts }),
    }),
  }),
});
