import { Problem } from '../../../../terms/problem.ts';
import { isDatasetHeld } from '../../../log/store/legalHolds.ts';
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
const grace = 24 * 3_600_000;
/** Attachments of one run; the rest waits for the next, which begins at once. */
const portion = 100;

/**
 * Removes uploads that did not end within a day, and attachments that no row has named for a day: their rows were deleted, replaced or
 * erased, or never came. Each gets an entry. Bytes are deleted after the entry, and the record after the bytes, so that a crash leaves
 * no bytes without a record.
 */
export const sweepAttachments = (services: Services): Job => ({
  name: 'sweepAttachments',
  every: 15 * 60_000,
  lease: 600_000,
  run: async (run) => {
    const { database, registry } = services;
    await registry.refresh();
    const before = run.now() - grace;
    const unused = [...(await overdueUploads(database.app, before, portion))];
    for (const dataset of await datasetsWithAttachments(database.app)) {
      if (await isDatasetHeld(database.app, dataset)) continue;
      const schema = registry.current.datasets.get(dataset)?.schema;
      unused.push(...(await unnamedAttachments(database.app, dataset, schema, before, portion)));
    }
    for (const one of unused) {
      if (run.signal.aborted) break;
      await end(run, one, before);
    }
    const removed = await removedAttachments(database.app, portion);
    for (const place of removed) {
      if (run.signal.aborted) break;
      await services.attachments.named(place.storage).remove(place);
      await forgetAttachment(database.app, place.id);
    }
    return { more: (unused.length >= portion || removed.length === portion) && !run.signal.aborted };
  },
});

async function end(run: JobRun, one: Unused, before: number): Promise<void> {
  const { id, dataset, department, field, bytes, state } = one;
  try {
    await run.act({
      ...{ kind: 'retire', dataset, provider: department },
      change: { attachment: id, field, bytes, state: state === 'ready' ? 'unused' : 'expired' },
      work: async (transaction) => {
        if (!(await endUnused(transaction, one, before))) throw changedMeanwhile(id);
      },
    });
  } catch (error) {
    if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
  }
}
