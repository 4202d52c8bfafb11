import { Problem } from '../../../../terms/problem.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { isAnyDatasetHeld, isNoneHeld } from '../../../log/store/legalHolds.ts';
import type { Database } from '../../../platform/database/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import type { IntakeServices } from '../../intake/services.ts';
import { comparePage, missingProblem } from '../compareObjects.ts';
import { isAttachmentName, type AttachmentStorage, type StoredObject } from '../store/storage.ts';
import { unknownAttachments } from '../store/unused.ts';

type Services = Pick<IntakeServices, 'database' | 'attachments'>;

const dayMs = 24 * 3_600_000;
/** Milliseconds for which bytes without a record remain, also after a claim of the bucket: longer than any upload. */
const graceMs = 7 * dayMs;
/** Reasons to remove nothing, after which the comparison of the records goes on. */
const expected: ReadonlySet<string> = new Set(['attachment_storage_differs', 'rows_unauthenticated']);

/**
 * Removes objects and unfinished uploads of an object store that no record names: left by a hub that ended between two steps, or by a
 * restored database. Objects whose names are no ids of attachments are not touched, and neither is a bucket whose marker is not this
 * hub's. After a claim nothing is removed for the time of grace: a restored database does not know newer objects. The dataset of an object
 * without a record is unknown, so a legal hold on any dataset stops the removal. One page a run, with one entry where objects were removed;
 * the state is the last id. Records whose objects are missing are a failure of the run; they are compared also where nothing may be removed.
 */
export const sweepStoredObjects = ({ database, attachments }: Services): Job => ({
  name: 'sweepStoredObjects',
  every: dayMs,
  lease: 600_000,
  run: async (run) => {
    const { signal, state } = run;
    const storage = attachments.listed;
    if (storage?.list === undefined) return {};
    const after = typeof state === 'string' ? state : undefined;
    const listedAt = database.now();
    const page = await storage.list(after);
    const { objects, next } = page;
    const failures: unknown[] = [];
    const compared = await comparePage(database.app, page, after, listedAt);
    if (compared.missing > 0) failures.push(missingProblem(compared));
    let unknown: readonly StoredObject[] = [];
    try {
      unknown = await removable(database, storage, objects, run.now() - graceMs);
    } catch (error) {
      if (!(error instanceof Problem) || !expected.has(error.code)) throw error;
      failures.push(error);
    }
    let objectsRemoved = 0;
    for (const one of unknown) {
      if (signal.aborted) break;
      try {
        const isRemoved = await withTransaction(database.app, async (transaction) => {
          if (!(await isNoneHeld(transaction))) return false;
          await storage.remove(transaction, one);
          return true;
        });
        if (!isRemoved) break;
        objectsRemoved += 1;
      } catch (error) {
        failures.push(error);
      }
    }
    if (objectsRemoved > 0) await run.act({ change: { objectsRemoved } });
    if (signal.aborted) return { failures };
    return { state: next ?? null, more: next !== undefined, failures };
  },
});

/**
 * The objects without a record that may be removed now.
 * @param before Unix milliseconds: later objects remain, and all of a bucket that was claimed later
 * @throws Problem attachment_storage_differs where the bucket is not this hub's; rows_unauthenticated where records were changed past the hub
 */
async function removable(
  { app, owner }: Pick<Database, 'app' | 'owner'>,
  storage: Pick<AttachmentStorage, 'check' | 'claimedAt'>,
  objects: readonly StoredObject[],
  before: number,
): Promise<readonly StoredObject[]> {
  if (await isAnyDatasetHeld(app)) return [];
  await storage.check?.();
  if (((await storage.claimedAt?.()) ?? 0) >= before) return [];
  const old = objects.filter(({ id, at }) => isAttachmentName(id) && at < before);
  const ids = old.map(({ id }) => id);
  const unknown = new Set(await unknownAttachments(owner, ids));
  return old.filter(({ id }) => unknown.has(id));
}
