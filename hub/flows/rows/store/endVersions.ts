/**
 * The end of versions of rows (`intake.cases`): they go with their rows, their period or the rules of their dataset. The highest of their
 * numbers stays, so that a row that comes again begins after it.
 */
import { longStatement } from '../../../platform/database/connection.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { hashOf } from './rowVersions.ts';

/** Deletes the versions of deleted rows, in the transaction that deletes the rows. */
export async function deleteVersions(
  transaction: Pick<Reader, 'query'>,
  dataset: string,
  keys: readonly string[],
): Promise<void> {
  await transaction.query(
    `WITH gone AS (DELETE FROM row_version WHERE dataset = $1 AND key_hash = ANY ($2::bytea[]) RETURNING version)
     INSERT INTO row_version_ended (dataset, version) SELECT $1, max(version) FROM gone HAVING count(*) > 0
     ON CONFLICT (dataset) DO UPDATE SET version = greatest(row_version_ended.version, excluded.version)`,
    [dataset, keys.map(hashOf)],
  );
}

/**
 * Deletes the versions of the rows of a period.
 * @returns the highest of their numbers, for `noteEndedVersions`; undefined where there were none
 */
export function deletePeriodVersions(
  transaction: Transaction,
  dataset: string,
  period: string,
): Promise<number | undefined> {
  return deleted(transaction, 'dataset = $1 AND period = $2', [dataset, period]);
}

/** @returns the highest of the deleted numbers; undefined where there were none */
async function deleted(
  transaction: Transaction,
  condition: string,
  values: readonly string[],
): Promise<number | undefined> {
  const { rows } = await longStatement<{ highest: number | null }>(
    transaction,
    `WITH gone AS (DELETE FROM row_version WHERE ${condition} RETURNING version)
     SELECT max(version) AS highest FROM gone`,
    [...values],
  );
  return rows[0]?.highest ?? undefined;
}

/** Rows that come again begin after the number. Waits for a transaction that has locked the dataset. */
export async function noteEndedVersions(
  transaction: Pick<Reader, 'query'>,
  dataset: string,
  highest: number,
): Promise<void> {
  await transaction.query(
    `INSERT INTO row_version_ended (dataset, version) VALUES ($1, $2)
     ON CONFLICT (dataset) DO UPDATE SET version = greatest(row_version_ended.version, excluded.version)`,
    [dataset, highest],
  );
}

/** Deletes the versions of all rows of a dataset. */
export async function deleteDatasetVersions(transaction: Transaction, dataset: string): Promise<void> {
  const highest = await deleted(transaction, 'dataset = $1', [dataset]);
  if (highest !== undefined) await noteEndedVersions(transaction, dataset, highest);
}
