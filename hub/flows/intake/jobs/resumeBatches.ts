import { resumeAbandoned } from '../background.ts';
import type { IntakeServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Resumes translations that a crashed hub left, and drops tables without readers. */
export const resumeBatches = (intake: IntakeServices): Job => ({
  name: 'resumeBatches',
  every: intake.limits.leaseSeconds * 1000,
  // resuming must not take longer than the lease of a batch
  lease: intake.limits.leaseSeconds * 1000,
  run: async ({ signal }) => {
    await resumeAbandoned(intake, signal);
    return {};
  },
});
