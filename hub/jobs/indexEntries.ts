import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { indexEntries as index } from '../audit/search/indexEntries.ts';
import type { Database } from '../store/database/database.ts';
import type { Job } from './job.ts';

/** chunks of one run: 64 × 1,024 entries */
const most = 64;

/** The search index as entries come, so that no append waits for it. */
export const indexEntries = (database: Pick<Database, 'app'>, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'indexEntries',
  every: 5_000,
  lease: 120_000,
  run: async () => ({ more: await index(database.app, audit.size(), most) }),
});
