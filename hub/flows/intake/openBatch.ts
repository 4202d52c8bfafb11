import { codePageOfCpg } from '../../../adapters/dbf/codePages.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { receives } from '../../domain/dataset.ts';
import { type BatchRow, unalteredBatch, openBatch as insertBatch, openBatches } from './store/batches.ts';
import { bytesToCome, countedInTurn, type BytesToCome } from './store/leaseBatch.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import {
  allowed,
  DecideAfresh,
  denied,
  withFacts,
  type Call,
  type Outcome,
  type Announced,
} from '../../pipeline/call.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { hostedDataset } from '../hostedDataset.ts';
import type { IntakeLimits } from './limits.ts';
import { checkProvider, checkSigned, type Sender } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { unavailable } from '../../registry/unavailable.ts';
import { sent } from '../../domain/cells.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { batchAnswer, batchFacts } from './answer.ts';

/**
 * POST /v1/datasets/{dataset}/batches: starts an upload. @throws Problem dataset_unknown, cases_by_call_only, rollup_computed, too_many_open_batches,
 * batch_too_large, storage_short
 */
export const openBatch = intakeOperation('openBatch', {
  kind: 'intake',
  permission: sent,
  owner: ofDataset,
  run: (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    return withFacts(facts, () => opened(call, services, id, facts));
  },
});

async function opened(
  call: Call<Sender, 'openBatch'>,
  services: IntakeServices,
  id: ReturnType<typeof datasetId>,
  facts: { readonly dataset: string; readonly provider: string },
): Promise<Outcome> {
  checkProvider(call.caller, id);
  const department = providerOf(id);
  const dataset = hostedDataset(services.registry, id);
  const { state } = dataset.row;
  if (!receives(state)) return denied(unavailable(dataset.row), facts);
  checkSigned(call.caller, dataset.row);
  // a file would replace rows without their versions
  if (intakeRulesOf(dataset.row).cases !== undefined)
    return denied(new Problem('cases_by_call_only', { dataset: id }), facts);
  const { rollup } = dataset.row.intake;
  if (rollup !== undefined)
    return denied(new Problem('rollup_computed', { dataset: id, of: rollup.of }), facts);
  const { fileName, codePage, bytes } = call.body;
  if (codePage !== undefined) codePageOfCpg(Buffer.from(codePage, 'utf8')); // an unknown code page is refused before its table is uploaded
  const spaceStillThere = bytes === undefined ? undefined : await checkSpace(services, bytes);
  const batch = uuid7(call.now);
  return allowed<'openBatch'>(
    201,
    { batch, dataset: id, state: 'receiving', offset: 0 },
    {
      facts: { ...facts, schema: dataset.schema.urn, change: { batch, state: 'receiving' } },
      // runs in the entry's transaction, so that batches opened concurrently are counted too
      work: async (transaction) => {
        await spaceStillThere?.(transaction);
        await begunBatch(transaction, services.limits, {
          id: batch,
          dataset: id,
          department,
          fileName,
          codePage,
          declared: bytes,
        });
      },
    },
  );
}

/** A file is stored sealed, then as rows with their index, and both pass through the server's log (WAL): this many times its bytes. */
const timesStored = 3;
/** Bytes that stay free for other writes. */
const reservedBytes = 256 * 2 ** 20;

/**
 * Refuses an upload that is known not to fit before it is sent.
 * @returns a check to repeat in the transaction that begins the batch: of batches opened concurrently, each counts what the previous one
 * declared
 * @throws Problem batch_too_large, storage_short
 */
export async function checkSpace(
  services: IntakeServices,
  bytes: number,
): Promise<(transaction: Transaction) => Promise<void>> {
  const fits = await spaceFor(services, bytes);
  if (fits?.(await bytesToCome(services.database.app)) === false)
    throw new Problem('storage_short', { bytes });
  return async (transaction) => {
    if (fits?.(await countedInTurn(transaction)) === false) throw new DecideAfresh();
  };
}

/**
 * @returns whether the disk has space for so many bytes in addition to all uploads in progress; undefined where the free space is unknown
 * @throws Problem batch_too_large
 */
async function spaceFor(
  { database, limits }: IntakeServices,
  bytes: number,
): Promise<((begun: BytesToCome) => boolean) | undefined> {
  const limit = limits.batchBytes;
  if (bytes > limit) throw new Problem('batch_too_large', { limit });
  const room = await database.storage.room();
  if (room === undefined) return undefined;
  return ({ declared, unloaded }) =>
    room >= timesStored * (bytes + declared) + (timesStored - 1) * unloaded + reservedBytes;
}

/** Begins a batch within the department's limit of open batches. @throws Problem too_many_open_batches */
export async function begunBatch(
  transaction: Transaction,
  limits: Pick<IntakeLimits, 'openBatches' | 'openBytes'>,
  batch: Parameters<typeof insertBatch>[1],
): Promise<void> {
  const open = await openBatches(transaction, batch.department);
  if (open.batches >= limits.openBatches || open.bytes >= limits.openBytes)
    throw new Problem('too_many_open_batches', { ...open });
  await insertBatch(transaction, batch);
}

/**
 * The batch of the call's path, if the caller's department submitted it. For a department system, another department's batch does not
 * exist; for a person, the permission table was checked before. @throws Problem batch_unknown
 */
export async function ownBatch(
  services: Pick<IntakeServices, 'database'>,
  call: Announced<Sender>,
): Promise<BatchRow> {
  const batch = await unalteredBatch(services.database.app, call.params['batch'] ?? '');
  const { caller } = call;
  const foreign = caller.kind === 'department' && batch?.department !== caller.department;
  if (batch === undefined || foreign) throw new Problem('batch_unknown');
  return batch;
}

/** GET /v1/batches/{batch}: state, counts, receipt of the outcome. No rows. */
export const getBatch = intakeOperation<'getBatch', DepartmentCaller>('getBatch', {
  kind: 'inspect',
  run: async (call, services) => {
    const batch = await ownBatch(services, call);
    const dataset = services.registry.current.datasets.get(batch.dataset);
    return allowed<'getBatch'>(200, batchAnswer(batch), { facts: batchFacts(batch, dataset) });
  },
});
