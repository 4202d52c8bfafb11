import { newestMoment } from './store/newestMoment.ts';
import { hubDraft } from './hubDraft.ts';
import { openAuditLog, type AuditLogOptions } from './openAuditLog.ts';

/**
 * The operator's decision that the database's clock is right although the newest entries say a later time: it was ahead when they were
 * written. The decision is the next entry; the log's times go on from there.
 * @returns by how many seconds the entries were ahead; 0 when nothing was to be decided
 * @throws Problem as `openAuditLog`
 */
export async function acceptClock(options: AuditLogOptions): Promise<{ readonly ahead: number }> {
  const { database } = options;
  const newest = await newestMoment(database.app);
  const now = database.now();
  const ahead = Math.ceil(Math.max(0, (newest ?? now) - now) / 1000);
  if (ahead === 0) return { ahead };
  const log = await openAuditLog({ ...options, acceptsClock: true });
  try {
    await log.append(hubDraft('acceptClock', database.now(), { ahead }));
  } finally {
    await log.close();
  }
  return { ahead };
}
