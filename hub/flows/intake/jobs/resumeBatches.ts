import { logHeldBatches, resumeAbandoned } from '../background.ts';
import type { IntakeServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Resumes translations that a crashed hub left, drops tables without readers, and logs held batches whose entry is missing. */
export const resumeBatches = (intake: IntakeServices): Job => ({
  name: 'resumeBatches',
  every: intake.limits.leaseSeconds * 1000,
  // resuming must not take longer than the lease of a batch
  lease: intake.limits.leaseSeconds * 1000,
  run: async ({ signal }) => {
    await resumeAbandoned(intake, signal);
    await logHeldBatches(intake);
    return {};
  },
});
