import { deriveTiles as derive } from '../../../log/deriveTiles.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { ensurePartitions } from '../../../log/store/partitions.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';

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
