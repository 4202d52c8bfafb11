import { indexRows as adjust } from '../../indexRows.ts';
import type { IntakeServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** What agreements let callers ask by is indexed while rows are read, and no longer than an agreement asks by it. */
export const indexRows = (services: Pick<IntakeServices, 'database' | 'registry'>): Job => ({
  name: 'indexRows',
  every: 15_000,
  // an index of a large table is made in minutes, in one statement
  lease: 3_600_000,
  run: async ({ signal }) => {
    await adjust(services, signal);
    return {};
  },
});
