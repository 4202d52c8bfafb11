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
  overdueUploads,
  removedAttachments,
  unnamedAttachments,
  type Unused,
} from '../store/unused.ts';

type Services = Pick<IntakeServices, 'database' | 'registry' | 'attachments'>;

/** Milliseconds that an upload may take, and that a file may wait for its row. */
const graceMs = 24 * 3_600_000;
/** Attachments of one run; the rest waits for the next, which begins at once. */
const portion = 100;

/**
 * Removes uploads that did not end within a day, and attachments that no row has named for a day: their rows were deleted, replaced or
 * erased, or never came. Each gets an entry. Bytes and record are deleted after the entry. A dataset under legal hold loses none of them,
 * and neither does one whose schema cannot be read: which columns name files is then unknown.
 */
export const sweepAttachments = (services: Services): Job => ({
  name: 'sweepAttachments',
  every: 15 * 60_000,
  lease: 600_000,
  run: async (run) => {
    const { database, registry } = services;
    await registry.refresh();
    const before = run.now() - graceMs;
    const failures: unknown[] = [];
    // those of the last run first: no later failure can delay them
    await removeEnded(services, run, failures);
    const unused = [...(await overdueUploads(database.app, before, portion))];
    for (const dataset of await datasetsWithAttachments(database.app)) {
      if (await isDatasetHeld(database.app, dataset)) continue;
      if (registry.current.datasets.get(dataset)?.schema === undefined) continue;
      try {
        unused.push(...(await unnamedAttachments(database.app, dataset, before, portion)));
      } catch (error) {
        failures.push(error);
      }
    }
    for (const one of unused) {
      if (run.signal.aborted) break;
      await end(run, one, before);
    }
    const removed = await removeEnded(services, run, failures);
    return { more: (unused.length >= portion || removed === portion) && !run.signal.aborted, failures };
  },
});

/**
 * Deletes the bytes of ended attachments with their record, each in one transaction in which no hold can be placed.
 * @returns how many went
 */
async function removeEnded(
  { database, attachments }: Services,
  { signal }: JobRun,
  failures: unknown[],
): Promise<number> {
  let removed = 0;
  for (const one of await removedAttachments(database.app, portion)) {
    if (signal.aborted) break;
    try {
      await withTransaction(database.app, async (transaction) => {
        if (!(await mayGo(transaction, one.dataset))) return;
        await attachments.named(one.storage).remove(transaction, one);
        await forgetAttachment(transaction, one.id);
      });
      removed += 1;
    } catch (error) {
      failures.push(error);
    }
  }
  return removed;
}

async function end(run: JobRun, one: Unused, before: number): Promise<void> {
  const { id, dataset, field, bytes, state } = one;
  try {
    await run.act({
      ...{ kind: 'retire', dataset, provider: providerOf(datasetId(dataset)) },
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
