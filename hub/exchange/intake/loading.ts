/** A translation in progress: leased, kept alive, and brought to one of its ends. */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { finishBatch, leaseBatch, renewLease, type BatchRow } from '../../store/batches.ts';
import { dropBatch } from '../../store/rows/load.ts';
import type { LiveDataset, LiveMapping } from '../registry.ts';
import type { IntakeServices } from './services.ts';
import { translateBatch, type Translation } from './translateBatch.ts';

/** This process, as the owner of leases. */
const owner = randomUUID();

export interface Loading {
  readonly batch: BatchRow & { readonly sha256: string };
  readonly dataset: LiveDataset;
  readonly mapping: LiveMapping;
}

/**
 * Takes the batch, so that no other hub translates it too.
 * @param sha256 hex digest of the whole file
 * @throws Problem batch_claimed
 */
export async function beginLoading(
  services: IntakeServices,
  batch: BatchRow,
  sha256: string,
  dataset: LiveDataset,
  mapping: LiveMapping,
): Promise<Loading> {
  const as = { sha256, mapping: mapping.label, mappingDigest: mapping.digest, schema: dataset.schema.urn };
  const leased = await leaseBatch(services.database.app, batch.id, as, owner, services.limits.leaseSeconds);
  if (!leased) throw new Problem('batch_claimed');
  return { batch: { ...batch, sha256, mapping: mapping.label, schema: as.schema }, dataset, mapping };
}

/** Translates and loads, keeping the lease meanwhile. Whatever fails leaves the batch failed, by its code, and is thrown. */
export async function runLoading(
  services: IntakeServices,
  loading: Loading,
  exchange: string,
): Promise<Translation> {
  const { batch, dataset, mapping } = loading;
  const { leaseSeconds } = services.limits;
  const heartbeat = setInterval(
    () => void renewLease(services.database.app, batch.id, owner, leaseSeconds).catch(() => undefined),
    (leaseSeconds * 1000) / 3,
  ).unref();
  try {
    return await translateBatch(services, batch, dataset, mapping);
  } catch (error) {
    const problem = error instanceof Problem ? error.code : 'internal_error';
    await settle(services, loading, { state: 'failed', problem, exchange });
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Ends a batch that is not published: held for its provider to mend, or failed. */
export async function settle(
  services: IntakeServices,
  loading: Loading,
  end: {
    readonly state: 'held' | 'failed';
    readonly problem: string;
    readonly exchange: string;
    readonly translation?: Translation;
  },
): Promise<void> {
  const { state, problem, exchange, translation } = end;
  await finishBatch(services.database.app, {
    id: loading.batch.id,
    owner,
    state,
    problem,
    exchange,
    ...(translation === undefined ? {} : { counts: translation.counts }),
  });
  await dropBatch(services.database, loading.batch.id);
}

/** Ends a published batch, inside the transaction of its entry. @throws Problem batch_claimed when another hub has taken it over */
export async function finishPublished(
  reader: Parameters<typeof finishBatch>[0],
  loading: Loading,
  translation: Translation,
  exchange: string,
): Promise<void> {
  const { batch } = loading;
  const finished = await finishBatch(reader, {
    id: batch.id,
    owner,
    state: 'published',
    counts: translation.counts,
    exchange,
  });
  if (!finished) throw new Problem('batch_claimed');
}
