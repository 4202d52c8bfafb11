import type { AuditLog } from '../../../log/draft.ts';
import { makeNextExport } from '../exports/makeNextExport.ts';
import type { ReleaseServices } from '../services.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/**
 * Files that departments asked for, one after the other. The process that was asked looks for them within a second; that every process asks
 * the database as often would cost more than all files.
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
