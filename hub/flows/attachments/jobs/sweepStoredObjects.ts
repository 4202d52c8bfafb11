import type { Job } from '../../../platform/jobs/job.ts';
import type { IntakeServices } from '../../intake/services.ts';
import { unknownAttachments } from '../store/unused.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

type Services = Pick<IntakeServices, 'database' | 'attachments'>;

const dayMs = 24 * 3_600_000;
/** Milliseconds for which bytes without a record remain: longer than any upload. */
const graceMs = 7 * dayMs;

/**
 * Removes objects and unfinished uploads of an object store that no record names: left by a hub that ended between two steps, or by a
 * restored database. Objects whose names are no ids of attachments are not touched. One page a run; the state is the last id.
 */
export const sweepStoredObjects = ({ database, attachments }: Services): Job => ({
  name: 'sweepStoredObjects',
  every: dayMs,
  lease: 600_000,
  run: async (run) => {
    const { signal, state } = run;
    const storage = attachments.listed;
    if (storage?.list === undefined) return {};
    const { objects, next } = await storage.list(typeof state === 'string' ? state : undefined);
    const old = objects.filter(({ id, at }) => isId(id) && at < run.now() - graceMs);
    const ids = old.map(({ id }) => id);
    const unknown = new Set(await unknownAttachments(database.app, ids));
    for (const one of old) {
      if (signal.aborted) return {};
      if (unknown.has(one.id))
        await withTransaction(database.app, (transaction) => storage.remove(transaction, one));
    }
    return { state: next ?? null, more: next !== undefined };
  },
});

const isId = (name: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
