/**
 * POST /v1/batches/{batch}/commit: the end of the intake flow.
 *
 *   may this department submit? → translate (adapt, map, validate, store invisibly) → append entry + publish batch → receipt
 */
import { Problem } from '../../../terms/problem.ts';
import type { ControlTotals } from '../../domain/batch.ts';
import { type BatchRow, batchById } from './store/batches.ts';
import { closeAsSame } from './store/endBatch.ts';
import { storeReceipt } from './store/leaseBatch.ts';
import { allowed, denied, final, withFacts, type Call, type Outcome } from '../../pipeline/call.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { finishInBackground } from './background.ts';
import { controlOf } from './controlTotals.ts';
import { comesAlong, correctable, sameBytes } from './correction.ts';
import { beginLoading, endFacts, failLoading, runLoading, type Loading } from './loading.ts';
import { checkCodePage, orWaiting, translationTarget } from './translationTarget.ts';
import { publication } from './publication.ts';
import { liveDataset } from '../hostedDataset.ts';
import { ownBatch } from './openBatch.ts';
import { checkSigned, type Sender } from './sender.ts';
import type { IntakeServices } from './services.ts';
import type { Translation } from './translateBatch.ts';
import { sent } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';

/** `BatchCommit` of openapi.yaml */
interface Commit {
  readonly sha256: string;
  readonly bytes: number;
  readonly mapping: string;
  readonly corrects?: string;
  readonly control?: ControlTotals;
}

export const commitBatch = intakeOperation('commitBatch', {
  kind: 'intake',
  permission: sent,
  owner: ofBatch,
  run: async (call, services) => {
    const batch = await ownBatch(services, call);
    const dataset = liveDataset(services.registry, batch.dataset);
    return withFacts(batchFacts(batch, dataset), () => commit(services, call, batch, dataset));
  },
});

async function commit(
  services: IntakeServices,
  call: Call<Sender, 'commitBatch'>,
  batch: BatchRow,
  bound: LiveDataset,
): Promise<Outcome> {
  checkSigned(call.caller, bound.row);
  const request = call.body;
  const { dataset, mapping } = await orWaiting(services.database.app, bound, request.mapping, () =>
    translationTarget(bound, request.mapping),
  );
  refuseMergeInChangeover(dataset);
  if (batch.retranslates !== null) throw new Problem('batch_not_open', { state: batch.state });
  if (batch.state !== 'receiving' && batch.state !== 'failed') {
    return committedBefore(services, batch, request, dataset);
  }
  if (request.bytes !== batch.bytes) {
    throw new Problem('batch_incomplete', { received: batch.bytes, declared: request.bytes });
  }
  checkCodePage(batch, mapping);
  const { corrects } = request;
  const corrected =
    corrects === undefined ? undefined : await correctable(services.database.app, corrects, dataset);
  const whole = corrected !== undefined && comesAlong(corrected, dataset) ? corrected : undefined;
  const control = controlOf(request, dataset, mapping.compiled, whole);
  if (corrected === undefined) {
    const first = await sameBytes(services, batch, request, dataset, mapping);
    if (first !== undefined) return sameAnswer(batch, first, request, dataset, mapping);
  }
  const opened = { ...batch, corrects: corrects ?? null, control };
  const loading = await beginLoading(services, opened, request.sha256, dataset, mapping);
  const running = runLoading(services, loading);
  try {
    const translation = await inTime(running, services.limits.answerWithin);
    if (translation !== undefined) return await published(services, call, loading, translation);
  } catch (error) {
    await failLoading(services, loading, error, call.exchange);
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    // this call ended the batch: if decided again, it would be answered as a repetition of an earlier commit
    return final(denied(error, await endFacts(services, loading, batchFacts(batch, dataset))));
  }
  void finishInBackground(services, loading, running);
  return answered(202, { ...loading.batch, state: 'checking' }, dataset);
}

/** @throws Problem changeover_under_way */
function refuseMergeInChangeover(dataset: LiveDataset): void {
  const { id, mode, schema } = dataset.row;
  if ('changeover' in dataset && mode === 'upsert')
    throw new Problem('changeover_under_way', { dataset: id, schema });
}

async function published(
  services: IntakeServices,
  call: Call,
  loading: Loading,
  translation: Translation,
): Promise<Outcome> {
  const { batch, facts, claims, work, afterwards } = await publication(
    services,
    loading,
    translation,
    call.exchange,
  );
  return allowed<'commitBatch'>(200, batchAnswer(batch), {
    facts,
    claims,
    work,
    whenLost: () => published(services, call, loading, translation),
    whenBarred: (problem) => failLoading(services, loading, problem, call.exchange),
    whenDurable: async (receipt) => {
      await storeReceipt(services.database.app, batch.id, call.exchange, receipt);
      await afterwards();
    },
  });
}

const answered = (status: 200 | 202, batch: BatchRow, dataset: LiveDataset): Outcome =>
  allowed<'commitBatch'>(status, batchAnswer(batch), { facts: batchFacts(batch, dataset) });

/** A repeated commit returns the state of the first one; a different commit is refused. */
async function committedBefore(
  services: IntakeServices,
  batch: BatchRow,
  request: Commit,
  dataset: LiveDataset,
): Promise<Outcome> {
  // the newest version may differ from the one that the first commit meant
  const name = request.mapping.slice(request.mapping.lastIndexOf('/') + 1);
  const mapped = batch.mapping === name || batch.mapping?.startsWith(`${name}@`) === true;
  const same = batch.sha256 === request.sha256 && mapped;
  if (!same) throw new Problem('batch_not_open', { state: batch.state });
  if (batch.state === 'checking') return answered(202, batch, dataset);
  const first = batch.sameAs === null ? batch : await batchById(services.database.app, batch.sameAs);
  return answered(200, first ?? batch, dataset);
}

/** Nothing is loaded again: returns the first batch's answer, with an entry that names it. */
function sameAnswer(
  batch: BatchRow,
  first: BatchRow,
  request: Commit,
  dataset: LiveDataset,
  mapping: LiveMapping,
): Outcome {
  const as = {
    sha256: request.sha256,
    mapping: mapping.label,
    mappingDigest: mapping.digest,
    schema: dataset.schema.urn,
  };
  return allowed<'commitBatch'>(200, batchAnswer(first), {
    facts: { ...batchFacts(first, dataset), change: { batch: batch.id, sameAs: first.id } },
    work: async (transaction) => {
      if (!(await closeAsSame(transaction, batch.id, as, first))) throw new Problem('batch_claimed');
    },
  });
}

/** The value, or undefined after the time limit. A rejection is passed on. */
async function inTime<T>(running: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}
