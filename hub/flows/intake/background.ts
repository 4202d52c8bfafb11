/** Translations whose call was already answered with 202, and those left by a crashed hub. */
import { createHash } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { theHub } from '../../log/draft.ts';
import { entry, type Entry } from '../../log/entry.ts';
import { receiptOf } from '../../log/receipt.ts';
import { abandonBatch, abandonedBatches, unloggedHeld } from './store/endBatch.ts';
import { outageOf } from '../../platform/database/failure.ts';
import { storeReceipt, pendingRetranslations } from './store/leaseBatch.ts';
import type { BatchRow } from './store/batches.ts';
import { rawBytes } from '../rows/store/sealedParts.ts';
import { sweepTables } from '../rows/store/sweep.ts';
import { hearEpoch } from '../../platform/jobs/hearEpoch.ts';
import { currentEpoch } from '../../pipeline/requestChecks.ts';
import { batchFacts } from './answer.ts';
import {
  beginLoading,
  endedBy,
  endFacts,
  failLoading,
  isTemporary,
  runLoading,
  type Loading,
} from './loading.ts';
import { publication } from './publication.ts';
import type { Publication } from './publicationShape.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { liveDataset } from '../hostedDataset.ts';
import { translationTarget, liveMapping } from './translationTarget.ts';
import { storePart } from './putBatchPart.ts';
import type { IntakeServices } from './services.ts';
import type { Translation } from './translateBatch.ts';

type Background = Entry<Publication | undefined>;

/** Completes a running translation with an entry of the hub itself. Never rejects. */
export async function finishInBackground(
  services: IntakeServices,
  loading: Loading,
  running: Promise<Translation>,
): Promise<void> {
  const exchange = uuid7(services.database.now());
  try {
    const draft = await running.then(
      (translation) => publishing(services, loading, translation, exchange),
      (error: unknown) => refused(services, loading, exchange, error),
    );
    const appended = await services.audit
      .append(draft)
      .catch(async (error: unknown) =>
        services.audit.append(await refused(services, loading, exchange, error)),
      );
    await storeReceipt(services.database.app, loading.batch.id, exchange, receiptOf(appended));
    await appended.draft.carried?.afterwards();
  } catch (error) {
    services.report({ exchange, operation: 'commitBatch', error });
  }
}

async function publishing(
  services: IntakeServices,
  loading: Loading,
  translation: Translation,
  exchange: string,
): Promise<Background> {
  // a translation may take long, and a refusal is final
  await hearEpoch(services, 'commitBatch');
  const epoch = await currentEpoch(() => services.registry.refresh(), services.audit);
  try {
    const made = await publication(services, loading, translation, exchange);
    return entry({
      ...byTheHub(services, exchange),
      facts: made.facts,
      epoch,
      claims: { ...made.claims, epoch },
      work: made.work,
      carried: made,
      decideAgain: () => publishing(services, loading, translation, exchange),
    });
  } catch (error) {
    return refused(services, loading, exchange, error);
  }
}

/** @throws the error again where it may be temporary: the batch is resumed when its lease has expired */
async function refused(
  services: IntakeServices,
  loading: Loading,
  exchange: string,
  error: unknown,
): Promise<Background> {
  if (isTemporary(error)) throw error;
  await failLoading(services, loading, error, exchange);
  const code = endedBy(error);
  if (!(error instanceof Problem)) services.report({ exchange, operation: 'commitBatch', error });
  return entry({
    ...byTheHub(services, exchange),
    facts: await endFacts(services, loading, batchFacts(loading.batch, loading.dataset)),
    code,
    carried: undefined,
  });
}

const byTheHub = ({ database }: IntakeServices, exchange: string) =>
  ({ exchange, now: database.now(), operation: 'commitBatch', kind: 'intake', actor: theHub }) as const;

/** Whether a mapping exists, for the dataset's current version or the version it is moving to. */
const isThere = ({ mappings, coming }: LiveDataset, name: string): boolean =>
  (mappings.get(name) ?? coming?.mappings.get(name))?.compiled !== undefined;

/**
 * Resumes batches whose hub crashed and deletes their leftovers: at start, and whenever a lease may have expired.
 * @param signal the hub is shutting down: no further batch is resumed
 */
export async function resumeAbandoned(services: IntakeServices, signal: AbortSignal): Promise<void> {
  await services.registry.refresh();
  await sweepTables(services.database);
  for (const batch of await abandonedBatches(services.database.app)) {
    if (signal.aborted) return;
    try {
      const bound = liveDataset(services.registry, batch.dataset);
      if (batch.sha256 === null || !isThere(bound, batch.mapping ?? '')) continue;
      const { dataset, mapping } = translationTarget(bound, batch.mapping ?? '');
      const loading = await beginLoading(services, batch, batch.sha256, dataset, mapping);
      await finishInBackground(services, loading, runLoading(services, loading));
    } catch (error) {
      if (error instanceof Problem && error.code === 'batch_claimed') continue; // another hub was faster
      services.report({ exchange: batch.id, operation: 'commitBatch', error });
    }
  }
  for (const batch of await pendingRetranslations(services.database.app, services.limits.leaseSeconds)) {
    if (signal.aborted) return;
    await continueRetranslation(services, batch, signal);
  }
}

/** Seconds within which the entry of a held batch is written, if the log can be written. */
const entryWithin = 60;

/** Writes the missing entries of held batches, under the ids that the batches name. */
export async function logHeldBatches(services: IntakeServices): Promise<void> {
  for (const batch of await unloggedHeld(services.database.app, entryWithin)) {
    if (batch.exchange === null) continue;
    await services.audit.append(
      entry({
        ...byTheHub(services, batch.exchange),
        facts: {
          ...batchFacts(batch, services.registry.current.datasets.get(batch.dataset)),
          change: { batch: batch.id, state: batch.state },
        },
        code: batch.problem ?? 'internal_error',
        carried: undefined,
      }),
    );
  }
}

/**
 * Copies the missing bytes of a batch made from stored bytes, then has them read. Does nothing if another caller was first or the batch
 * has ended. Never rejects.
 * @param signal the hub is shutting down: the work is resumed later
 */
export async function continueRetranslation(
  services: IntakeServices,
  batch: BatchRow,
  signal?: AbortSignal,
): Promise<void> {
  const { retranslates, sha256, mapping: name } = batch;
  if (retranslates === null || sha256 === null || name === null) return;
  try {
    const bytes = await takeOver(services, batch, retranslates, signal);
    if (bytes === undefined) return;
    const dataset = liveDataset(services.registry, batch.dataset);
    const mapping = liveMapping(dataset, name);
    const loading = await beginLoading(services, { ...batch, bytes }, sha256, dataset, mapping);
    await finishInBackground(services, loading, runLoading(services, loading));
  } catch (error) {
    if (error instanceof Problem && error.code === 'batch_claimed') return; // another hub was faster
    // a full disk also counts as temporary: the work is resumed when there is space
    if (isTemporary(outageOf(error) ?? error))
      services.report({ exchange: batch.id, operation: 'retranslateBatch', error });
    else await giveUp(services, batch, error);
  }
}

/** Ends a batch that cannot be completed, and logs why. Never rejects. */
async function giveUp(services: IntakeServices, batch: BatchRow, error: unknown): Promise<void> {
  const exchange = uuid7(services.database.now());
  const code = error instanceof Problem ? error.code : 'internal_error';
  if (code === 'internal_error') services.report({ exchange, operation: 'retranslateBatch', error });
  try {
    await services.audit.append(
      entry({
        ...byTheHub(services, exchange),
        facts: batchFacts(batch, undefined),
        code,
        work: async (transaction) => {
          await abandonBatch(transaction, batch.id, exchange, code);
        },
        carried: undefined,
      }),
    );
  } catch (failure) {
    services.report({ exchange, operation: 'retranslateBatch', error: failure });
  }
}

/** @returns the number of bytes; undefined where another hub has taken over, or the hub is shutting down */
async function takeOver(
  services: IntakeServices,
  batch: BatchRow,
  from: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let at = batch.bytes;
  for await (const plain of rawBytes(services.database.app, services.sealer, from, at)) {
    if (signal?.aborted === true) return undefined;
    const sha256 = createHash('sha256').update(plain).digest();
    if (!(await storePart(services, { batch: batch.id, at, plain, sha256 }))) return undefined;
    at += plain.length;
  }
  return at;
}
