import { resumeAbandoned } from '../background.ts';
import type { IntakeServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Translations that a crashed hub left are taken up again, and tables that nobody reads any more are dropped. */
export const resumeBatches = (intake: IntakeServices): Job => ({
  name: 'resumeBatches',
  every: intake.limits.leaseSeconds * 1000,
  // what a crashed hub left must not wait longer than its batches do
  lease: intake.limits.leaseSeconds * 1000,
  run: async ({ signal }) => {
    await resumeAbandoned(intake, signal);
    return {};
  },
});
