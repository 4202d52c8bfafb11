/** What is kept of a retired dataset, and its destruction. */
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Database } from '../../../platform/database/database.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { rowTablesOf } from './rowTablesOf.ts';

export interface DatasetRemains {
  /** rows that readers saw last, or events that are stored */
  readonly rows: number;
  /** batches that anything is kept of */
  readonly batches: number;
  /** raw bytes as they came */
  readonly bytes: number;
  /** rows in quarantine */
  readonly quarantined: number;
}

/** @param table that readers saw last; undefined where no batch was ever published */
export async function datasetRemains(
  database: Pick<Database, 'app'>,
  dataset: string,
  table: SqlName | undefined,
): Promise<DatasetRemains> {
  const { rows } = await database.app.query<{
    batches: string;
    bytes: string;
    quarantined: string;
    events: string;
  }>(
    `SELECT (SELECT count(*) FROM batch AS b WHERE b.dataset = $1 AND b.raw_gone_at IS NULL) AS batches,
            (SELECT coalesce(sum(p.bytes), 0) FROM batch_part AS p JOIN batch AS b ON b.id = p.batch WHERE b.dataset = $1) AS bytes,
            (SELECT count(*) FROM event WHERE type = $1) AS events,
            (SELECT count(*) FROM quarantine AS q JOIN batch AS b ON b.id = q.batch WHERE b.dataset = $1)
              + (SELECT count(*) FROM live_quarantine WHERE dataset = $1) AS quarantined`,
    [dataset],
  );
  const [found] = rows;
  return {
    rows: table === undefined ? Number(found?.events ?? 0) : await countRows(database, table),
    batches: Number(found?.batches ?? 0),
    bytes: Number(found?.bytes ?? 0),
    quarantined: Number(found?.quarantined ?? 0),
  };
}

async function countRows({ app }: Pick<Database, 'app'>, table: SqlName): Promise<number> {
  try {
    const { rows } = await withTransaction(app, (transaction) =>
      longStatement<{ rows: string }>(transaction, `SELECT count(*) AS rows FROM ${table}`),
    );
    return Number(rows[0]?.rows ?? 0);
  } catch (error) {
    if (isMissingTable(error)) return 0;
    throw error;
  }
}

/** Raw bytes and quarantined rows, in the transaction of the entry that tells how many. @returns false where they went before, or are under legal hold */
export async function destroyRemains(transaction: Reader, dataset: string): Promise<boolean> {
  if (!(await mayGo(transaction, dataset))) return false;
  const { rowCount } = await transaction.query(
    `UPDATE dataset SET rows_gone_at = now(), current_batch = NULL WHERE id = $1 AND state = 'retired' AND rows_gone_at IS NULL`,
    [dataset],
  );
  if (rowCount !== 1) return false;
  await transaction.query('DELETE FROM batch_part WHERE batch IN (SELECT id FROM batch WHERE dataset = $1)', [
    dataset,
  ]);
  await transaction.query('DELETE FROM quarantine WHERE batch IN (SELECT id FROM batch WHERE dataset = $1)', [
    dataset,
  ]);
  await transaction.query('DELETE FROM event WHERE type = $1', [dataset]);
  await transaction.query('DELETE FROM live_quarantine WHERE dataset = $1', [dataset]);
  await transaction.query('UPDATE batch SET raw_gone_at = now() WHERE dataset = $1 AND raw_gone_at IS NULL', [
    dataset,
  ]);
  return true;
}

/** The tables of its rows. Done behind the entry: one that says they are gone and was cut short is ended by the next run. */
export async function dropRowTables(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  lasting: readonly SqlName[],
): Promise<void> {
  const tables = [...(await rowTablesOf(owner, dataset)), ...lasting];
  for (const table of tables) await owner.query(`DROP TABLE IF EXISTS ${table}`);
}
