/**
 * A person's word on a held batch (被搁置的批次): the end of the intake walk that waited for her.
 *
 *   whose batch? → may it still come in? → a second person? → append entry + publish batch → receipt
 */
import { Problem } from '../../../terms/problem.ts';
import type { components } from '../../../api/openapi.ts';
import { batchLife, type BatchAct } from '../../domain/batch.ts';
import { receives } from '../../domain/dataset.ts';
import { holdsIdentityNumber } from '../../domain/identityNumberIn.ts';
import { transition } from '../../domain/lifeCycle.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { batchById } from '../../store/intake/batchById.ts';
import type { BatchRow } from '../../store/intake/batchRow.ts';
import { decideBatch } from '../../store/intake/decideBatch.ts';
import { keepReceipt } from '../../store/intake/keepReceipt.ts';
import { proposalOf, propose } from '../../store/intake/proposals.ts';
import { intakeRulesOf } from '../../store/registry/datasets.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { ensureDatasetTable } from '../../store/rows/merge.ts';
import { sweepTables } from '../../store/rows/sweep.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { outdatedCorrection } from './correction.ts';
import { makeCurrent } from './publication.ts';
import { liveDataset } from '../liveDataset.ts';
import type { IntakeServices } from './services.ts';

export type Deciding = Pick<IntakeServices, 'database' | 'registry'>;

/** The batch of the call's path and the reason of its body. @throws Problem batch_unknown, reason_identifies */
export async function decided(
  call: Call<StaffCaller>,
  { database }: Deciding,
): Promise<{ readonly batch: BatchRow; readonly reason: string }> {
  const batch = await batchById(database.app, call.params['batch'] ?? '');
  if (batch === undefined) throw new Problem('batch_unknown');
  const { reason } = call.body as components['schemas']['BatchDecision'];
  if (holdsIdentityNumber(reason)) throw new Problem('reason_identifies', {}, { at: '/body/reason' });
  return { batch, reason };
}

/** What can still be read as the dataset is now. @throws Problem dataset_unknown, dataset_unavailable, batch_outdated */
export function stillFits({ registry }: Deciding, batch: BatchRow): LiveDataset {
  const dataset = liveDataset(registry, batch.dataset);
  const { state } = dataset.row;
  if (!receives(state)) throw new Problem('dataset_unavailable', { dataset: batch.dataset, state });
  if (batch.schema !== dataset.schema.urn)
    throw new Problem('batch_outdated', { schema: batch.schema ?? '' });
  return dataset;
}

/** The first of two persons' word. */
export function proposed(
  call: Call<StaffCaller>,
  batch: BatchRow,
  act: 'release' | 'restore',
  reason: string,
): Outcome {
  const { person } = call.caller;
  const change = { batch: batch.id, act, proposed: true, reason };
  return allowed(
    202,
    { ...batchAnswer(batch), proposedBy: person },
    {
      facts: { ...batchFacts(batch, undefined), change },
      work: (transaction) =>
        propose(transaction, { batch: batch.id, act, proposedBy: person, reason, exchange: call.exchange }),
    },
  );
}

/** POST /v1/batches/{batch}/release. @throws Problem transition_not_allowed and what `decided` and `stillFits` throw */
export async function releaseBatch(call: Call<StaffCaller>, services: Deciding): Promise<Outcome> {
  const { database, registry } = services;
  const { batch, reason } = await decided(call, services);
  transition(batchLife, whatIs(batch), batch.state, 'release');
  const dataset = stillFits(services, batch);
  const first = await proposalOf(database.app, batch.id, 'release');
  const { person } = call.caller;
  const alone = first === undefined || first.proposedBy === person;
  if (intakeRulesOf(dataset.row).secondPerson && alone) return proposed(call, batch, 'release', reason);
  const { row, schema } = dataset;
  if (row.mode === 'upsert') await ensureDatasetTable(database, row.id, schema);
  const [outdated] = await outdatedCorrection(database.app, { batch, dataset });
  if (outdated !== undefined) throw new Problem(outdated.code, outdated.facts);
  const current = await makeCurrent(database, dataset, batch, call.exchange);
  const published: BatchRow = { ...batch, state: 'published', exchange: call.exchange, approvedBy: person };
  const findings = batch.findings.map(({ code }) => code).join(' ');
  const change = {
    batch: batch.id,
    act: 'release',
    reason,
    findings,
    ...secondOf(first?.proposedBy, person),
  };
  return allowed(200, batchAnswer(published), {
    facts: { ...batchFacts(published, dataset), change },
    claims: current.claims,
    work: async (transaction) => {
      await decide(transaction, batch, 'release', call);
      await current.work(transaction);
    },
    whenDurable: async (receipt) => {
      await keepReceipt(database.app, batch.id, call.exchange, receipt);
      registry.movePointer(row.id, batch.id);
      await sweepTables(database);
    },
  });
}

/** POST /v1/batches/{batch}/drop. One person is enough: nothing becomes visible. @throws Problem transition_not_allowed, batch_unknown, reason_identifies */
export async function dropBatch(call: Call<StaffCaller>, services: Deciding): Promise<Outcome> {
  const { database, registry } = services;
  const { batch, reason } = await decided(call, services);
  const state = transition(batchLife, whatIs(batch), batch.state, 'drop');
  const change = { batch: batch.id, act: 'drop', reason };
  return allowed(200, batchAnswer({ ...batch, state, heldUntil: null, exchange: call.exchange }), {
    facts: { ...batchFacts(batch, registry.current.datasets.get(batch.dataset)), change },
    work: (transaction) => decide(transaction, batch, 'drop', call),
    whenDurable: async (receipt) => {
      await keepReceipt(database.app, batch.id, call.exchange, receipt);
      await sweepTables(database);
    },
  });
}

/** @throws Problem transition_not_allowed when somebody else decided meanwhile, or time ran out */
export async function decide(
  transaction: Parameters<typeof decideBatch>[0],
  batch: BatchRow,
  act: Extract<BatchAct, 'release' | 'drop' | 'restore'>,
  { caller, exchange }: Call<StaffCaller>,
): Promise<void> {
  if (!(await decideBatch(transaction, batch.id, act, caller.person, exchange)))
    throw new Problem('transition_not_allowed', { what: whatIs(batch), state: batch.state, act });
}

export const whatIs = ({ id }: BatchRow): string => `batch ${id}`;

/** Who spoke first, where it was somebody else. */
export const secondOf = (first: string | undefined, person: string): { readonly proposedBy?: string } =>
  first === undefined || first === person ? {} : { proposedBy: first };
