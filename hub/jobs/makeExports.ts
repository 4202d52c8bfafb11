import type { AuditLog } from '../audit/draft.ts';
import { makeNextExport } from '../exchange/release/exports/makeNextExport.ts';
import type { ReleaseServices } from '../exchange/release/services.ts';
import type { Job } from './job.ts';

/** Files that departments asked for, one after the other. */
export const makeExports = (release: ReleaseServices, audit: Pick<AuditLog, 'epoch'>): Job => ({
  name: 'makeExports',
  every: 1_000,
  lease: 60_000,
  run: async (run) => ({
    more: await makeNextExport(release, {
      audit,
      signal: run.signal,
      append: (parts) => run.act({ ...parts, kind: 'release' }),
    }),
  }),
});
