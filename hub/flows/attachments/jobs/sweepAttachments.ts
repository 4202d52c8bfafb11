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
  type Removed,
  type Unused,
} from '../store/unused.ts';
import { storageNames, type StorageName } from '../store/storage.ts';

type Services = Pick<IntakeServices, 'database' | 'registry' | 'attachments'>;

/** Milliseconds that an upload may take, and that a file remains without a row. */
const graceMs = 24 * 3_600_000;
/**
 * Attachments that one run ends of each dataset and of uploads, and removals in each storage; the rest waits for the next, which begins at
 * once. Those that remain, because they or their dataset were altered, do not count: they must not delay the attachments after them.
 */
const portion = 100;

/** What one run learns. */
interface Sweep {
  readonly run: JobRun;
  readonly failures: unknown[];
  /** storages that did not answer: each is asked once */
  readonly away: Set<StorageName>;
  /** datasets whose data must remain, because their row was altered or a hold began */
  readonly retained: Set<string>;
}

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
    const sweep: Sweep = { run, failures, away: new Set(), retained: new Set() };
    // those of the last run first: no later failure can delay them
    await removeEnded(services, sweep);
    const endOne = (one: Unused): Promise<Handled> => end(sweep, one, before);
    let isMore = await inPages(
      sweep,
      (after) => overdueUploads(database.app, before, after, portion),
      endOne,
    );
    for (const dataset of await datasetsWithAttachments(database.app)) {
      if (await isDatasetHeld(database.app, dataset)) continue;
      if (!registry.current.datasets.has(dataset)) continue;
      isMore =
        (await inPages(sweep, unnamedPages(services, sweep, dataset, { now, before }), endOne)) || isMore;
    }
    isMore = (await removeEnded(services, sweep)) || isMore;
    return { more: isMore && !run.signal.aborted, failures };
  },
});

/**
 * Pages of the attachments of a dataset that no row names. Each reads all rows of the dataset, so there is a second one only where some of
 * the first remain.
 */
function unnamedPages(
  { database }: Services,
  { failures, retained }: Sweep,
  dataset: string,
  times: { readonly now: number; readonly before: number },
): () => Promise<readonly Unused[]> {
  const except: string[] = [];
  return async () => {
    if (retained.has(dataset)) return [];
    try {
      const page = await unnamedAttachments(database.app, dataset, {
        ...times,
        except,
        maxAttachments: portion,
      });
      except.push(...page.map(({ id }) => id));
      return page;
    } catch (error) {
      failures.push(error);
      return [];
    }
  };
}

/** What became of an attachment. A failure other than an altered record may concern all others too, so it counts towards the portion. */
type Handled = 'done' | 'failed' | 'remains';

/**
 * Handles attachments page by page, until a portion is done or failed.
 * @param page those after an id
 * @returns whether there may be more that can be done
 */
async function inPages<One extends Pick<Unused, 'id' | 'dataset'>>(
  { run: { signal }, retained }: Sweep,
  page: (after: string | undefined) => Promise<readonly One[]>,
  handle: (one: One) => Promise<Handled>,
): Promise<boolean> {
  const counts = { done: 0, failed: 0, remains: 0 };
  let after: string | undefined;
  while (counts.done + counts.failed < portion) {
    const listed = await page(after);
    for (const one of listed) {
      if (signal.aborted) return false;
      if (!retained.has(one.dataset)) counts[await handle(one)] += 1;
    }
    after = listed.at(-1)?.id;
    if (listed.length < portion) return false;
  }
  return counts.done > 0;
}

const isAltered = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'rows_unauthenticated' && error.facts['table'] === 'attachment';

/**
 * Deletes the bytes of ended attachments with their record, each in one transaction in which no hold can be placed. A storage that does
 * not answer delays its own attachments only.
 * @returns whether a storage has more
 */
async function removeEnded({ database, attachments }: Services, sweep: Sweep): Promise<boolean> {
  const { failures, away, retained } = sweep;
  let isMore = false;
  for (const storage of storageNames) {
    if (away.has(storage)) continue;
    const remove = async (one: Removed): Promise<Handled> => {
      if (away.has(storage)) return 'failed';
      try {
        return await withTransaction(database.app, async (transaction) => {
          if (!(await mayGo(transaction, one.dataset))) {
            retained.add(one.dataset);
            return 'remains';
          }
          if (!(await hasEnded(transaction, one))) return 'remains';
          await attachments.named(one.storage).remove(transaction, one);
          await forgetAttachment(transaction, one.id);
          return 'done';
        });
      } catch (error) {
        failures.push(error);
        if (isAway(error)) away.add(storage);
        return isAltered(error) ? 'remains' : 'failed';
      }
    };
    const listed = (after: string | undefined): Promise<readonly Removed[]> =>
      away.has(storage) ? Promise.resolve([]) : removedAttachments(database.app, storage, after, portion);
    isMore = (await inPages(sweep, listed, remove)) || isMore;
  }
  return isMore;
}

const isAway = (error: unknown): boolean =>
  error instanceof Problem &&
  (error.code === 'attachment_storage_unavailable' || error.code === 'attachment_storage_differs');

async function end({ run, failures, retained }: Sweep, one: Unused, before: number): Promise<Handled> {
  const { id, dataset, field, bytes, state } = one;
  try {
    await run.act({
      kind: 'retire',
      dataset,
      provider: providerOf(datasetId(dataset)),
      change: { attachment: id, field, bytes, state: state === 'ready' ? 'unused' : 'expired' },
      work: async (transaction) => {
        if (!(await endUnused(transaction, one, before))) throw changedMeanwhile(id);
        if (await mayGo(transaction, dataset)) return;
        retained.add(dataset);
        throw changedMeanwhile(id);
      },
    });
    return 'done';
  } catch (error) {
    if (isAltered(error)) failures.push(error);
    else if (!(error instanceof Problem && error.code === 'retirement_outdated')) throw error;
    return 'remains';
  }
}
