import { deriveTiles as derive } from '../audit/deriveTiles.ts';
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { ensurePartitions } from '../store/audit/partitions.ts';
import type { Database } from '../store/database/database.ts';
import type { Job } from './job.ts';

/** Hash tiles as entries come, so that no caller waits for them; and partitions ahead of the entries. */
export const deriveTiles = (database: Database, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'deriveTiles',
  every: 5_000,
  lease: 60_000,
  run: async () => {
    await ensurePartitions(database.owner, audit.size());
    await derive(database.app, audit.size());
    return {};
  },
});
