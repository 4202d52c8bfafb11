/**
 * The current batch of a dataset. The column `dataset.current_batch` moves with the log entry of a publication. Its MAC in `row_sum` is
 * written in the same transaction, so a pointer that was reset to an earlier batch is detected.
 */
import { createHash } from 'node:crypto';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { sumColumns, writeSum, type SumRow } from '../../../platform/database/authenticated/sealStore.ts';
import { numberOf, type TableDigests } from '../../../platform/database/authenticated/seals.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { wasCurrent } from '../../intake/store/batches.ts';
import { defined } from '../../../../terms/defined.ts';
import { sumOf } from './openDigest.ts';

const nameOf = (dataset: string): string => `current ${dataset}`;

const sumOfPointer = (dataset: string, batch: string): bigint =>
  numberOf(createHash('sha256').update(`${dataset}\n${batch}`).digest());

/**
 * Runs in the transaction that publishes a batch.
 * @param isAccepted two persons have accepted it in place of the one that the stored pointer names
 */
export async function noteCurrentBatch(
  transaction: Reader,
  dataset: string,
  batch: string,
  isAccepted = false,
): Promise<void> {
  const sealing = sealingOf(transaction);
  const digests = sealing?.digests;
  if (digests === undefined) return;
  const name = nameOf(dataset);
  const { rows } = await transaction.query<SumRow>(
    `SELECT ${sumColumns} FROM row_sum AS s WHERE s.table_name = $1 FOR UPDATE`,
    [name],
  );
  const before = sumOf(digests, name, rows[0]);
  const now = { count: 1, sum: sumOfPointer(dataset, batch) };
  // a publication takes the place of a pointer that was put back: that ends the finding, also in other processes
  const isPutBack = before === undefined ? digests.known(name).version > 0 : !digests.isNewest(name, before);
  // a marked one is recorded already
  if (isPutBack && !isAccepted && before?.lacks === undefined) sealing?.replacedPointers.add(dataset);
  const next =
    isAccepted || isPutBack ? digests.nextForAll(name, before, now) : digests.next(name, before, now);
  await writeSum(transaction, digests.key, name, next);
  digests.written(transaction, name, next);
}

/** Datasets whose current batch differs from the one published last, or that have none although one was published. */
export async function movedDatasets(reader: Reader): Promise<readonly string[]> {
  const digests = sealingOf(reader)?.digests;
  if (digests === undefined) return [];
  const first = await movedOnce(reader, digests);
  if (first.length === 0) return first;
  // compared twice: a publication committed between snapshot and comparison is not a fault, while a real fault remains
  const again = new Set(await movedOnce(reader, digests));
  return first.filter((dataset) => again.has(dataset));
}

/** What readers see, where it is not the batch published last; without `batch`: none. */
export async function movedPointer(
  reader: Reader,
  dataset: string,
): Promise<{ readonly batch?: string } | undefined> {
  if (!(await movedDatasets(reader)).includes(dataset)) return undefined;
  const batch = (await currentBatches(reader)).find((one) => one.dataset === dataset)?.batch;
  return defined({ batch });
}

/** Whether readers see this batch, which was published for the dataset; no publication changes it until the transaction ends. */
export async function isBatch(transaction: Reader, dataset: string, batch: string): Promise<boolean> {
  const { rows } = await transaction.query(
    `SELECT FROM dataset WHERE id = $1 AND current_batch = $2::uuid
        AND EXISTS (SELECT FROM batch AS b WHERE b.id = $2::uuid AND b.dataset = $1 AND ${wasCurrent}) FOR SHARE`,
    [dataset, batch],
  );
  return rows.length > 0;
}

type PointerRow = { readonly [column in keyof SumRow]: SumRow[column] | null } & {
  readonly dataset: string;
  readonly batch: string | null;
};

/** Names of the digests of all pointers. */
export async function pointerNames(reader: Reader): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>('SELECT id FROM dataset');
  return rows.map(({ id }) => nameOf(id));
}

/** @param digests with what was known before the snapshot of the reader, where it has one */
export async function movedOnce(reader: Reader, digests: TableDigests): Promise<readonly string[]> {
  const { rows } = await reader.query<PointerRow>(
    `SELECT d.id AS dataset, d.current_batch::text AS batch, ${sumColumns}
       FROM dataset AS d LEFT JOIN row_sum AS s ON s.table_name = 'current ' || d.id
      WHERE d.current_batch IS NOT NULL OR d.rows_gone_at IS NULL ORDER BY d.id`,
  );
  return rows.flatMap(({ dataset, batch, ...row }) => {
    const name = nameOf(dataset);
    const known = digests.known(name);
    if (batch === null) return row.sum === null && known.version === 0 ? [] : [dataset];
    const sum = sumOf(digests, name, row);
    const holds = sum?.sum === sumOfPointer(dataset, batch) && digests.isNewest(name, sum, known);
    if (holds) digests.seen(name, sum);
    return holds ? [] : [dataset];
  });
}

/** Datasets with their current batch. */
export async function currentBatches(
  reader: Reader,
): Promise<readonly { readonly dataset: string; readonly batch: string }[]> {
  const { rows } = await reader.query<{ dataset: string; batch: string }>(
    'SELECT id AS dataset, current_batch::text AS batch FROM dataset WHERE current_batch IS NOT NULL ORDER BY id',
  );
  return rows;
}
