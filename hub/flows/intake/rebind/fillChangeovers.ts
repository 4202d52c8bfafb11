/**
 * Rebind: fills datasets that move to a new major version. Their rows are made from the stored bytes of the current batch, which stays
 * visible until the switch.
 *
 *   what is to be filled? → a new batch → sealed bytes copied part by part → read under the new version → ready
 *
 * For a dataset whose rows are merged by key, the bytes are its current rows, serialised. All inputs are stored: after a crash, the batch
 * is continued part by part, or read again.
 */
import { createHash } from 'node:crypto';
import type { JsonOptions } from '../../../../adapters/json/options.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { ProblemCode } from '../../../../terms/problemCatalogue.ts';
import { Problem } from '../../../../terms/problem.ts';
import { changeoverStage } from '../../../domain/changeover.ts';
import { listsUsed } from '../../../registry/listsUsed.ts';
import type { LiveMapping } from '../../../registry/mappings.ts';
import type { ComingDataset } from '../../../registry/snapshot.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { abandonBatch } from '../store/endBatch.ts';
import { advanceBatch } from '../store/leaseBatch.ts';
import { type BatchRow, batchById, openBatch } from '../store/batches.ts';
import {
  endChangeover,
  fillChangeover,
  listOpenChangeovers,
  type ChangeoverRow,
} from '../../../registry/store/changeovers.ts';
import { datasetById, type DatasetRow } from '../../../registry/store/datasets.ts';
import { putPart, rawBytes } from '../../rows/store/sealedParts.ts';
import { finishInBackground } from '../background.ts';
import { beginLoading, runLoading } from '../loading.ts';
import { copyRows, dropFormerTables } from './changeoverRows.ts';
import { readyTable } from '../../lastingTable.ts';
import type { IntakeServices } from '../services.ts';
import { defined } from '../../../../terms/defined.ts';

/** How the filling job acts: each act is an entry of the hub itself. */
export interface Filler {
  readonly now: () => number;
  /** the hub is shutting down: no further step is begun */
  readonly signal: AbortSignal;
  readonly act: (facts: {
    readonly dataset: string;
    readonly provider: string;
    readonly change: Readonly<Record<string, string | number>>;
    readonly work: (transaction: Transaction, exchange: string) => Promise<void>;
    readonly bumpsEpoch?: boolean;
  }) => Promise<unknown>;
}

/** What a run leaves. */
export interface Filled {
  /** whether another step may run at once */
  readonly more: boolean;
  /** errors of single datasets */
  readonly failures: readonly unknown[];
}

/** One step of each dataset that is moving. An error of one does not stop the others. @throws Problem job_taken_over */
export async function fillChangeovers(services: IntakeServices, filler: Filler): Promise<Filled> {
  const { database, registry } = services;
  await registry.refresh();
  const failures: unknown[] = [];
  await dropFormerTables(services, filler.now(), failures);
  let more = false;
  for (const changeover of await listOpenChangeovers(database.app)) {
    if (filler.signal.aborted) return { more: false, failures };
    try {
      more = (await step(services, changeover, filler)) || more;
    } catch (error) {
      if (error instanceof Problem && error.code === 'job_taken_over') throw error;
      failures.push(error);
    }
  }
  return { more: more && failures.length === 0, failures };
}

async function step(services: IntakeServices, changeover: ChangeoverRow, filler: Filler): Promise<boolean> {
  const { database, registry } = services;
  const row = await datasetById(database.app, changeover.dataset);
  const coming = registry.current.datasets.get(changeover.dataset)?.coming;
  if (row?.state === 'retired') await giveUp(changeover, row, filler);
  else if (row !== undefined && coming?.changeover === changeover.id)
    return fill(services, changeover, row, coming, filler);
  return false;
}

async function fill(
  services: IntakeServices,
  changeover: ChangeoverRow,
  row: DatasetRow,
  coming: ComingDataset,
  filler: Filler,
): Promise<boolean> {
  const { app } = services.database;
  const lists = listsUsed(services.registry.current.codeLists, coming);
  const batch = changeover.batch === null ? undefined : await batchById(app, changeover.batch);
  const now = { current: row.currentBatch, lists };
  switch (changeoverStage({ ...changeover, batch: batch?.state }, now)) {
    case 'copying':
      if (batch === undefined) return false;
      if (changeover.rowsBy === null)
        return unlessAltered(changeover, batch, filler, () =>
          copyAndRead(services, changeover, batch, coming, filler),
        );
      // after a hub ended half-way, rows may have changed: they are copied from the beginning
      if (batch.bytes > 0) return begin(services, changeover, { row, batch, lists }, filler);
      return unlessAltered(changeover, batch, filler, () =>
        readRows(services, changeover, batch, coming, filler),
      );
    case 'waiting':
    case 'outdated':
      return begin(services, changeover, { row, batch, lists }, filler);
    case 'checking': // the hub that reads it holds its lease; an abandoned one is resumed like any other batch
    case 'ready':
    case 'stopped':
      return false;
  }
}

/**
 * Begins a separate batch from the bytes of the current batch; where only code lists changed, from the bytes sent for the new version.
 */
async function begin(
  { database }: IntakeServices,
  changeover: ChangeoverRow,
  {
    row,
    batch,
    lists,
  }: { readonly row: DatasetRow; readonly batch: BatchRow | undefined; readonly lists: string },
  filler: Filler,
): Promise<boolean> {
  const { currentBatch: current } = row;
  const byRows = changeover.rowsBy !== null;
  const again = !byRows && batch?.state === 'prepared' && changeover.over === current ? batch.id : current;
  const from = again === null ? undefined : await batchById(database.app, again);
  // there are no rows yet: a file sent with the new mapping provides them. Rows merged by key come from many files, and no single file
  // contains all of them
  if (from === undefined && !byRows) return false;
  const id = uuid7(filler.now());
  const correction: ProblemCode | null =
    byRows || from === undefined || from.corrects === null ? null : 'bytes_of_correction';
  const filled = correction === null ? id : null;
  await filler.act({
    dataset: row.id,
    provider: row.department,
    change: {
      kind: 'Dataset',
      id: row.id,
      act: 'fill',
      changeover: changeover.id,
      ...defined({ from: from?.id }),
      ...(correction === null ? { batch: id } : { outcome: correction }),
    },
    work: async (transaction, exchange) => {
      if (filled !== null) {
        await openBatch(transaction, {
          id,
          dataset: row.id,
          department: row.department,
          fileName: byRows ? undefined : (from?.fileName ?? undefined),
          codePage: byRows ? undefined : (from?.codePage ?? undefined),
        });
      }
      const source = byRows ? null : (from?.id ?? null);
      const filling = { batch: filled, over: current, source, lists, trouble: correction };
      if (!(await fillChangeover(transaction, changeover.id, changeover, filling)))
        throw new Problem('changeover_read_anew', { dataset: row.id });
      if (batch !== undefined) await abandonBatch(transaction, batch.id, exchange);
    },
  });
  return filled !== null;
}

/** Stops the changeover where its source was altered past the hub: its steward sees why. @throws the error, which is reported */
async function unlessAltered(
  changeover: ChangeoverRow,
  batch: BatchRow,
  filler: Filler,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Problem ? error.code : undefined;
    if (code === 'sealed_bytes_damaged' || code === 'rows_unauthenticated')
      await stop(changeover, batch, filler, code);
    throw error;
  }
}

/** Copies the missing bytes, then has them read. */
async function copyAndRead(
  services: IntakeServices,
  changeover: ChangeoverRow,
  batch: BatchRow,
  coming: ComingDataset,
  filler: Filler,
): Promise<boolean> {
  const { database, sealer } = services;
  const from = changeover.source === null ? undefined : await batchById(database.app, changeover.source);
  if (from === undefined || from.sha256 === null) return false; // a file that a sender uploads needs no copying
  let at = batch.bytes;
  for await (const plain of rawBytes(database.app, sealer, from.id, at)) {
    if (filler.signal.aborted) return false;
    const sha256 = createHash('sha256').update(plain).digest();
    await withTransaction(database.app, async (transaction) => {
      if (!(await advanceBatch(transaction, batch.id, at, plain.length)))
        throw new Problem('changeover_read_anew', { dataset: changeover.dataset });
      await putPart(transaction, sealer, { batch: batch.id, at, plain, sha256 });
    });
    at += plain.length;
  }
  if (at !== from.bytes) {
    await stop(changeover, batch, filler, 'raw_bytes_gone');
    return false;
  }
  const mapping = coming.mappings.get(nameOf(from));
  if (mapping?.compiled === undefined) {
    await stop(changeover, batch, filler, 'mapping_unknown');
    return false;
  }
  const copied: BatchRow = { ...batch, bytes: at };
  const loading = await beginLoading(services, copied, from.sha256, coming, mapping);
  await finishInBackground(services, loading, runLoading(services, loading));
  return false;
}

/** Copies the current rows, then has them read by the mapping named for them. */
async function readRows(
  services: IntakeServices,
  changeover: ChangeoverRow,
  batch: BatchRow,
  coming: ComingDataset,
  filler: Filler,
): Promise<boolean> {
  const { dataset, rowsBy } = changeover;
  const bound = services.registry.current.datasets.get(dataset);
  const mapping = coming.mappings.get(rowsBy ?? '');
  if (bound === undefined || mapping?.compiled === undefined) {
    await stop(changeover, batch, filler, 'mapping_unknown');
    return false;
  }
  // a dataset that receives no files may have no rows
  await readyTable(services, bound, []);
  const copied = await copyRows(
    services,
    { dataset, batch: batch.id },
    bound.schema,
    filler.signal,
    noRows(mapping),
  );
  if (copied === undefined) return false;
  const { bytes, sha256 } = copied;
  const loading = await beginLoading(services, { ...batch, bytes }, sha256, coming, mapping);
  await finishInBackground(services, loading, runLoading(services, loading));
  return false;
}

/** Empty input in the layout that the mapping reads. */
const noRows = ({ compiled }: Pick<LiveMapping, 'compiled'>): string =>
  (compiled.options as JsonOptions).layout === 'lines' ? '\n' : '[]\n';

/** The name of the mapping that read a batch, without its version. */
const nameOf = ({ mapping }: BatchRow): string => (mapping ?? '').replace(/@\d+$/, '');

/** Stops when the stored bytes cannot be used: the changeover waits for a file, or for its cancellation. */
async function stop(
  changeover: ChangeoverRow,
  batch: BatchRow,
  filler: Filler,
  trouble: ProblemCode,
): Promise<void> {
  const { id, dataset, over, source, lists } = changeover;
  await filler.act({
    dataset,
    provider: batch.department,
    change: { kind: 'Dataset', id: dataset, act: 'fill', changeover: id, batch: batch.id, outcome: trouble },
    work: async (transaction, exchange) => {
      if (
        !(await fillChangeover(
          transaction,
          id,
          { batch: batch.id, over },
          { batch: null, over, source, lists, trouble },
        ))
      )
        throw new Problem('changeover_read_anew', { dataset });
      await abandonBatch(transaction, batch.id, exchange);
    },
  });
}

/** The dataset was retired meanwhile. */
async function giveUp(changeover: ChangeoverRow, row: DatasetRow, filler: Filler): Promise<void> {
  const { id, dataset, batch } = changeover;
  await filler.act({
    dataset,
    provider: row.department,
    change: { kind: 'Dataset', id: dataset, act: 'abandon', changeover: id },
    bumpsEpoch: true,
    work: async (transaction, exchange) => {
      if (!(await endChangeover(transaction, id, 'abandon', exchange)))
        throw new Problem('changeover_read_anew', { dataset });
      if (batch !== null) await abandonBatch(transaction, batch, exchange);
    },
  });
}
