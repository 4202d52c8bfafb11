/** Translations whose caller has its answer already (202), and those that a crashed hub left behind. */
import type { Leaf } from '../../../log/leaf.ts';
import { receiptText } from '../../../log/receipt/receipt.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../terms/uuid7.ts';
import type { EntryDraft } from '../../audit/draft.ts';
import { abandonedBatches, keepReceipt } from '../../store/batches.ts';
import { sweepTables } from '../../store/rows/sweep.ts';
import { currentEpoch } from '../currentEpoch.ts';
import { batchFacts } from './answer.ts';
import { beginLoading, failLoading, isTemporary, runLoading, type Loading } from './loading.ts';
import { publication, type Publication } from './publication.ts';
import { liveDataset, type IntakeServices } from './services.ts';
import type { Translation } from './translateBatch.ts';

interface BackgroundDraft extends EntryDraft<BackgroundDraft> {
  readonly publication: Publication | undefined;
}

/** Brings a running translation to its end with an entry of the hub's own. Never rejects. */
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
    const { index, leaf, proof, checkpoint } = appended;
    const receipt = receiptText({ exchange, leaf, openings: {}, proof: { index, path: proof, checkpoint } });
    await keepReceipt(services.database.app, loading.batch.id, exchange, receipt);
    await appended.draft.publication?.afterwards();
  } catch (error) {
    services.report({ exchange, operation: 'commitBatch', error });
  }
}

async function publishing(
  services: IntakeServices,
  loading: Loading,
  translation: Translation,
  exchange: string,
): Promise<BackgroundDraft> {
  const epoch = await currentEpoch(() => services.registry.refresh(), services.audit);
  try {
    const made = await publication(services, loading, translation, exchange);
    return {
      publication: made,
      leaf: { ...leafOf(services, exchange), ...made.facts, decision: 'allow', kind: 'intake', epoch },
      claims: { ...made.claims, epoch },
      work: made.work,
      whenLost: () => publishing(services, loading, translation, exchange),
    };
  } catch (error) {
    return refused(services, loading, exchange, error);
  }
}

/** @throws the error again where it may pass: the batch is taken up once more when its lease has run out */
async function refused(
  services: IntakeServices,
  loading: Loading,
  exchange: string,
  error: unknown,
): Promise<BackgroundDraft> {
  if (isTemporary(error)) throw error;
  await failLoading(services, loading, error, exchange);
  const code = error instanceof Problem ? error.code : 'internal_error';
  if (code === 'internal_error') services.report({ exchange, operation: 'commitBatch', error });
  const draft: BackgroundDraft = {
    publication: undefined,
    leaf: {
      ...leafOf(services, exchange),
      ...batchFacts(loading.batch, loading.dataset),
      kind: 'intake',
      decision: 'deny',
      code,
    },
    claims: {},
    whenLost: () => draft,
  };
  return draft;
}

const leafOf = (
  services: IntakeServices,
  exchange: string,
): Pick<Leaf, 'v' | 'id' | 'at' | 'operation' | 'actor'> => ({
  v: 1,
  id: exchange,
  at: new Date(services.database.now()).toISOString(),
  operation: 'commitBatch',
  actor: { staff: 'hub' },
});

export interface Resumer {
  /** Looks for abandoned batches now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

/** Takes up batches whose hub died in the middle, and drops what it left: at start, and again whenever a lease may have run out. */
export function resumeAbandoned(services: IntakeServices): Resumer {
  let looking: Promise<void> | undefined;
  async function lookOnce(): Promise<void> {
    await services.registry.refresh();
    await sweepTables(services.database);
    for (const batch of await abandonedBatches(services.database.app)) {
      try {
        const dataset = liveDataset(services.registry, batch.dataset);
        const mapping = dataset.mappings.get(batch.mapping ?? '');
        if (mapping === undefined || batch.sha256 === null) continue;
        const loading = await beginLoading(services, batch, batch.sha256, dataset, mapping);
        await finishInBackground(services, loading, runLoading(services, loading));
      } catch (error) {
        if (error instanceof Problem && error.code === 'batch_claimed') continue; // another hub was faster
        services.report({ exchange: batch.id, operation: 'commitBatch', error });
      }
    }
  }
  const look = (): Promise<void> =>
    (looking ??= lookOnce()
      .catch((error: unknown) => services.report({ exchange: '', operation: 'commitBatch', error }))
      .finally(() => (looking = undefined)));
  const timer = setInterval(() => void look(), services.limits.leaseSeconds * 1000).unref();
  return {
    look,
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
