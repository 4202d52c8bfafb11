/** A translation in progress: it is leased, renewed, and brought to one of its final states. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { Finding } from '../../domain/guards.ts';
import type { BatchProfile } from '../../domain/quality.ts';
import type { Ranges } from '../../domain/ranges.ts';
import { isConnectionLoss, outageOf } from '../../platform/database/failure.ts';
import { finishBatch, type BatchOutcome } from './store/finishBatch.ts';
import { leaseBatch, holdsLease, renewLease, storeProgress } from './store/leaseBatch.ts';
import { batchById, type BatchRow } from './store/batches.ts';
import type { LeafFacts } from '../../log/entry.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { dropBatch } from '../rows/store/load.ts';
import { withTransaction, type Transaction } from '../../platform/database/transaction.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { ComingDataset, LiveDataset } from '../../registry/snapshot.ts';
import { batchFacts } from './answer.ts';
import type { IntakeServices } from './services.ts';
import type { Guarded } from './guarded.ts';
import { translateBatch, type SoFar, type Translation } from './translateBatch.ts';

export interface Loading {
  readonly batch: BatchRow & { readonly sha256: string };
  /** its current version, or the version that it is moving to */
  readonly dataset: LiveDataset | ComingDataset;
  readonly mapping: LiveMapping;
  /** owner of the lease: this attempt, not this process, which may lose a lease and take the batch again */
  readonly lease: string;
}

/**
 * Leases the batch, so that no other hub translates it too.
 * @param sha256 hex digest of the whole file
 * @throws Problem batch_claimed
 */
export async function beginLoading(
  services: IntakeServices,
  batch: BatchRow,
  sha256: string,
  dataset: LiveDataset | ComingDataset,
  mapping: LiveMapping,
): Promise<Loading> {
  const as = {
    sha256,
    mapping: mapping.label,
    mappingDigest: mapping.digest,
    schema: dataset.schema.urn,
    corrects: batch.corrects,
    control: batch.control,
  };
  const lease = randomUUID();
  const leased = await leaseBatch(services.database.app, batch.id, as, lease, services.limits.leaseSeconds);
  if (!leased) throw new Problem('batch_claimed');
  const taken = { ...batch, sha256, mapping: mapping.label, schema: as.schema, receipt: null, problem: null };
  return { batch: taken, dataset, mapping, lease };
}

/** Translates and loads, and renews the lease during the work. Its errors are handled by `failLoading`. */
export async function runLoading(services: IntakeServices, loading: Loading): Promise<Translation> {
  const { leaseSeconds } = services.limits;
  const heartbeat = setInterval(
    () => void extendLease(services, loading).catch(() => undefined),
    (leaseSeconds * 1000) / 3,
  ).unref();
  const progress = progressKeeper(services, loading);
  try {
    const fenced = (transaction: Transaction, lock: boolean): Promise<void> =>
      fence(transaction, loading, lock);
    return await translateBatch(services, loading, fenced, progress.report);
  } finally {
    clearInterval(heartbeat);
    progress.end();
  }
}

/** Milliseconds between progress updates of a translation. */
const progressEvery = 1_000;

/** Stores the progress of a translation, once a second and never concurrently; a failure has no effect. */
function progressKeeper(
  { database }: IntakeServices,
  { batch, lease }: Loading,
): { readonly report: (soFar: SoFar) => void; readonly end: () => void } {
  let began: number | undefined;
  let latest: SoFar | undefined;
  let keeping = false;
  const timer = setInterval(() => {
    if (latest === undefined || began === undefined || keeping) return;
    const seconds = (performance.now() - began) / 1000;
    const progress = { ...latest, seconds };
    latest = undefined;
    keeping = true;
    storeProgress(database.app, batch.id, lease, progress)
      .catch(() => undefined)
      .finally(() => {
        keeping = false;
      });
  }, progressEvery).unref();
  return {
    report: (soFar) => {
      began ??= performance.now();
      latest = soFar;
    },
    end: () => clearInterval(timer),
  };
}

/** @throws Problem batch_claimed when another hub has taken the batch over */
export async function extendLease(services: IntakeServices, { batch, lease }: Loading): Promise<void> {
  if (!(await renewLease(services.database.app, batch.id, lease, services.limits.leaseSeconds)))
    throw new Problem('batch_claimed');
}

/** Ensures that a hub without the lease changes nothing of the batch. @throws Problem batch_claimed */
async function fence(reader: Reader, { batch, lease }: Loading, lock: boolean): Promise<void> {
  if (!(await holdsLease(reader, batch.id, lease, lock))) throw new Problem('batch_claimed');
}

/** Problems of a batch whose dataset changed after it was opened: it is rejected, and never published. */
export const isTooLate = (problem: string): boolean =>
  problem === 'batch_outdated' || problem === 'cases_by_call_only';

/**
 * Marks the batch as failed, or as rejected where its dataset moved to another version or got cases, with the problem code. Never rejects. If the
 * database or log is unreachable, the batch does not end: it is resumed when its lease has expired.
 */
export async function failLoading(
  services: IntakeServices,
  loading: Loading,
  error: unknown,
  exchange: string,
): Promise<void> {
  if (isTemporary(error)) return;
  const problem = endedBy(error);
  try {
    // like a translation that came too late: the same file is sent again, and the hub itself did not fail
    const state = isTooLate(problem) ? 'rejected' : 'failed';
    await settle(services, loading, { state, problem, exchange });
  } catch (failure) {
    services.report({ exchange, operation: 'commitBatch', error: failure });
  }
}

/**
 * Facts of a load that ended without a publication. They state that a batch is held, because a person must decide on it.
 * @param otherwise those of a batch that is not held
 */
export async function endFacts(
  { database }: Pick<IntakeServices, 'database'>,
  { batch, dataset }: Loading,
  otherwise: LeafFacts,
): Promise<LeafFacts> {
  const ended = await batchById(database.app, batch.id);
  if (ended?.state !== 'held') return otherwise;
  return { ...batchFacts(ended, dataset), change: { batch: batch.id, state: ended.state } };
}

export const isTemporary = (error: unknown): boolean =>
  error instanceof Problem ? error.status === 503 : isConnectionLoss(error);

/**
 * The code of the error that ended a load. Errors that the database reports about itself, such as a full disk, are not failures of the
 * hub.
 */
export const endedBy = (error: unknown): string =>
  error instanceof Problem ? error.code : (outageOf(error)?.code ?? 'internal_error');

/**
 * Ends a batch that is not published, if this hub still has it. Rows of a held batch are retained for the decision; rows of a rejected or
 * failed batch are deleted.
 */
export async function settle(
  services: IntakeServices,
  loading: Loading,
  end: {
    readonly state: 'held' | 'rejected' | 'failed';
    readonly problem: string;
    readonly exchange: string;
    readonly translation?: Translation;
    readonly ranges?: Ranges | undefined;
    readonly profile?: BatchProfile;
    readonly oldestPeriod?: string | undefined;
    readonly findings?: readonly Finding[];
    readonly holdDays?: number;
  },
): Promise<void> {
  const { translation, ...reported } = end;
  const { id } = loading.batch;
  const counts = translation === undefined ? {} : measured(loading, translation);
  await withTransaction(services.database.owner, async (transaction) => {
    const isFinished = await finishBatch(transaction, { id, owner: loading.lease, ...reported, ...counts });
    if (isFinished && end.state !== 'held') await dropBatch(transaction, id);
  });
}

/** Ends a batch that is ready for another version, inside the transaction of its entry. @throws Problem batch_claimed */
export async function finishPrepared(
  reader: Reader,
  loading: Loading,
  translation: Translation,
  exchange: string,
  oldestPeriod: string | undefined,
): Promise<void> {
  const { id } = loading.batch;
  const owned = { id, owner: loading.lease, state: 'prepared' as const, exchange, oldestPeriod };
  if (!(await finishBatch(reader, { ...owned, ...measured(loading, translation) })))
    throw new Problem('batch_claimed');
}

/** The measurements of a batch that are stored in addition to its rows. The headings of corrected rows belong to another file. */
const measured = (
  { batch }: Loading,
  { counts, columns }: Translation,
): Pick<BatchOutcome, 'counts' | 'columns'> => ({ counts, ...(batch.corrects === null ? { columns } : {}) });

/** Ends a published batch, inside the transaction of its entry. @throws Problem batch_claimed when another hub has taken it over */
export async function finishPublished(
  reader: Reader,
  loading: Loading,
  translation: Translation,
  exchange: string,
  found: Guarded & Pick<BatchOutcome, 'oldestPeriod'>,
): Promise<void> {
  const finished = await finishBatch(reader, {
    id: loading.batch.id,
    owner: loading.lease,
    state: 'published',
    ...measured(loading, translation),
    ...found,
    exchange,
  });
  if (!finished) throw new Problem('batch_claimed');
}
