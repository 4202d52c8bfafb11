import { indexRows as adjust } from '../../indexRows.ts';
import type { IntakeServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Indexes the fields by which agreements allow queries, without blocking readers. An index is dropped when no agreement uses it. */
export const indexRows = (services: Pick<IntakeServices, 'database' | 'registry'>): Job => ({
  name: 'indexRows',
  every: 15_000,
  // indexing a large table takes minutes, in one statement
  lease: 3_600_000,
  run: async ({ signal }) => {
    await adjust(services, signal);
    return {};
  },
});
