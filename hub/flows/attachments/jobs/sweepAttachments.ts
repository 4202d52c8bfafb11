import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isDatasetHeld, mayGo } from '../../../log/store/legalHolds.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import type { IntakeServices } from '../../intake/services.ts';
import { changedMeanwhile } from '../../retention/expire.ts';
import {
  datasetsWithAttachments,
  endUnused,
  forgetAttachment,
  hasEnded,
  overdueUploads,
  removedAttachments,
  unnamedAttachments,
  type Unused,
} from '../store/unused.ts';
import { storageNames, type StorageName } from '../store/storage.ts';

type Services = Pick<IntakeServices, 'database' | 'registry' | 'attachments'>;

/** Milliseconds that an upload may take, and that a file remains without a row. */
const graceMs = 24 * 3_600_000;
/** Attachments of one run, and removals in each storage; the rest waits for the next, which begins at once. */
const portion = 100;

/**
 * Removes uploads that did not end within a day, and attachments a day after their last row was deleted, replaced or erased, or, where
 * no row came, after their end. Each gets an entry. Bytes and record are deleted after the entry. A dataset under legal hold loses none of them,
 * and neither does one whose schema cannot be read: which columns name files is then unknown.
 */
export const sweepAttachments = (services: Services): Job => ({
  name: 'sweepAttachments',
  every: 15 * 60_000,
  lease: 600_000,
  run: async (run) => {
    const { database, registry } = services;
    await registry.refresh();
    const now = run.now();
    const before = now - graceMs;
    const failures: unknown[] = [];
    const away = new Set<StorageName>();
    // those of the last run first: no later failure can delay them
    await removeEnded(services, run, failures, away);
    const unused = [...(await overdueUploads(database.app, before, portion))];
    for (const dataset of await datasetsWithAttachments(database.app)) {
      if (await isDatasetHeld(database.app, dataset)) continue;
      if (!registry.current.datasets.has(dataset)) continue;
      try {
        unused.push(
          ...(await unnamedAttachments(database.app, dataset, { now, before, maxAttachments: portion })),
        );
      } catch (error) {
        failures.push(error);
      }
    }
    for (const one of unused) {
      if (run.signal.aborted) break;
      await end(run, one, before);
    }
    const isMore = await removeEnded(services, run, failures, away);
    return { more: (unused.length >= portion || isMore) && !run.signal.aborted, failures };
  },
});

/**
 * Deletes the bytes of ended attachments with their record, each in one transaction in which no hold can be placed. A storage that does
 * not answer delays its own attachments only, and is asked once a run.
 * @param away storages that did not answer in this run @returns whether a storage has more
 */
async function removeEnded(
  { database, attachments }: Services,
  { signal }: JobRun,
  failures: unknown[],
  away: Set<StorageName>,
): Promise<boolean> {
  let isMore = false;
  for (const storage of storageNames) {
    let removed = 0;
    for (const one of await removedAttachments(database.app, storage, portion)) {
      if (signal.aborted || away.has(storage)) break;
      try {
        await withTransaction(database.app, async (transaction) => {
          if (!(await mayGo(transaction, one.dataset)) || !(await hasEnded(transaction, one))) return;
          await attachments.named(one.storage).remove(transaction, one);
          await forgetAttachment(transaction, one.id);
        });
        removed += 1;
      } catch (error) {
        failures.push(error);
        if (isAway(error)) away.add(storage);
      }
    }
    if (removed === portion) isMore = true;
  }
  return isMore;
}

const isAway = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'attachment_storage_unavailable' || error.code === 'attachment_storage_differs');

async function end(run: JobRun, one: Unused, before: number): Promise<void> {
  const { id, dataset, field, bytes, state } = one;
  try {
    await run.act({
      kind: 'retire',
      dataset,
      provider: providerOf(datasetId(dataset)),
      change: { attachment: id, field, bytes, state: state === 'ready' ? 'unused' : 'expired' },
      work: async (transaction) => {
        if (!(await endUnused(transaction, one, before))) throw changedMeanwhile(id);
        if (!(await mayGo(transaction, dataset))) throw changedMeanwhile(id);
      },
    });
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
  }
}
