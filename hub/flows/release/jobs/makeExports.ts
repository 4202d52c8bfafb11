import type { AuditLog } from '../../../log/draft.ts';
import { makeNextExport } from '../exports/makeNextExport.ts';
import type { ReleaseServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/**
 * Generates requested files, one after another. The process that received the request looks for files within a second. Polling as often
 * from every process would cost more than the files themselves.
 */
export const makeExports = (release: ReleaseServices, audit: Pick<AuditLog, 'epoch'>): Job => ({
  name: 'makeExports',
  every: 10_000,
  early: () => release.exportsAsked.areWaiting,
  lease: 60_000,
  run: async (run) => {
    release.exportsAsked.lookedFor();
    const more = await makeNextExport(release, {
      audit,
      signal: run.signal,
      append: (parts) => run.act({ ...parts, kind: 'release' }),
    });
    return { more };
  },
});
