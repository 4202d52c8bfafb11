import { deleteDatasetVersions } from './endVersions.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import { firstSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Database } from '../../../platform/database/database.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { termOf } from './liveQuarantine.ts';
import { endDigest } from './openDigest.ts';
import { rowTablesOf } from './tables.ts';

const dayMs = 86_400_000;
/** `intake.holdDays` is no greater */
const maxHoldDays = 90;

/** A batch that is no longer current, with its stored remains. */
export interface RawRemains {
  readonly batch: string;
  readonly dataset: string;
  readonly department: string;
  /** raw bytes as received */
  readonly bytes: number;
  /** rows in quarantine */
  readonly quarantined: number;
}

/**
 * SQL condition: a batch has raw bytes or quarantined rows. Its mark does not decide alone: it is not sealed, and a superuser who sets it
 * would retain them for ever. The batch is `b`.
 */
const hasRaw = `b.id IN (SELECT id FROM batch WHERE raw_gone_at IS NULL AND finished_at IS NOT NULL
               UNION SELECT batch FROM batch_part UNION SELECT batch FROM quarantine)`;

/**
 * SQL expression: when the batch `b` ended. `finished_at` has no seal, and counts no earlier than the beginning of the batch, and no later
 * than the longest time that a batch is held after it.
 */
const endOf = `coalesce(b.superseded_at, greatest(b.opened_at, least(b.finished_at, b.opened_at + interval '${maxHoldDays} days')))`;

/**
 * Batches whose raw bytes and quarantined rows are past retention: superseded, failed, rejected, dropped or expired longer ago than the
 * retention of their dataset, or of the hub. A published batch is current and a held one may be released: both are retained, as are
 * batches of a dataset under legal hold, and those whose row was changed past the hub. @param now Unix milliseconds @param days for datasets without their own period
 */
export async function rawRemains(
  reader: Reader,
  now: number,
  days: number,
  maxRows: number,
): Promise<RawRemains[]> {
  const rows = await firstSealedRows<{
    batch: string;
    dataset: string;
    department: string;
    bytes: string;
    quarantined: string;
  }>(
    reader,
    ['batch', 'b'],
    `SELECT b.id AS batch, b.dataset, b.department,
            (SELECT coalesce(sum(p.bytes), 0) FROM batch_part AS p WHERE p.batch = b.id) AS bytes,
            (SELECT count(*) FROM quarantine AS q WHERE q.batch = b.id) AS quarantined
       FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
      WHERE ${hasRaw} AND b.state IN ('superseded', 'failed', 'rejected', 'dropped', 'expired')
        AND b.dataset NOT IN (SELECT dataset FROM held_dataset)
        AND ${endOf} < to_timestamp(($1::bigint - coalesce(d.raw_days, $2)::bigint * ${dayMs}) / 1000.0)
      ORDER BY b.opened_at, b.id`,
    [now, days],
    maxRows,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes), quarantined: Number(row.quarantined) }));
}

/** Stored bytes of a batch. */
export interface RawBytes {
  readonly batch: string;
  readonly bytes: number;
}

/**
 * States of files whose rows were accepted. The file of any other batch is retained for the days of such files, so that its failure can be
 * examined.
 */
const cameIn = "'published', 'superseded'";

/** Batches of a dataset whose bytes contain rows of a period before this one, the oldest first. */
export async function bytesBefore(reader: Reader, dataset: string, first: string): Promise<RawBytes[]> {
  const { rows } = await reader.query<{ batch: string; bytes: string }>(
    `SELECT b.id AS batch, (SELECT coalesce(sum(p.bytes), 0) FROM batch_part AS p WHERE p.batch = b.id) AS bytes
       FROM batch AS b WHERE b.dataset = $1 AND b.oldest_period < $2 AND b.state IN (${cameIn}) ORDER BY b.oldest_period, b.id`,
    [dataset, first],
  );
  return rows.map(({ batch, bytes }) => ({ batch, bytes: Number(bytes) }));
}

/**
 * Destroys them, in the transaction of the entry that records how many.
 * @param as the dataset's registration, as it was read
 * @returns false when they or its rules changed since they were read, or the dataset is under legal hold
 */
export async function destroyBytes(
  transaction: Reader,
  as: { readonly dataset: string; readonly digest: string },
  { batch, bytes }: RawBytes,
): Promise<boolean> {
  if (!(await mayGo(transaction, as.dataset))) return false;
  const { rowCount } = await transaction.query(
    `UPDATE batch SET oldest_period = NULL WHERE id = $1 AND oldest_period IS NOT NULL AND state IN (${cameIn})
        AND EXISTS (SELECT FROM dataset AS d WHERE d.id = $2 AND d.digest = $3)`,
    [batch, as.dataset, as.digest],
  );
  return rowCount === 1 && (await dropParts(transaction, batch)) === bytes;
}

/** @returns number of destroyed bytes */
async function dropParts(reader: Reader, batch: string): Promise<number> {
  const { rows } = await reader.query<{ bytes: string }>(
    'WITH gone AS (DELETE FROM batch_part WHERE batch = $1 RETURNING bytes) SELECT coalesce(sum(bytes), 0) AS bytes FROM gone',
    [batch],
  );
  return Number(rows[0]?.bytes);
}

/**
 * Destroys them, in the transaction of the entry that records how much.
 * @param now and `days` as for `rawRemains`
 * @returns false when they changed since they were read, the batch is used again, its term has not passed, or its dataset is under legal hold
 */
export async function destroyRaw(
  reader: Reader,
  remains: RawRemains,
  now: number,
  days: number,
): Promise<boolean> {
  if (!(await mayGo(reader, remains.dataset))) return false;
  // the term again: the row of the dataset may have been altered while the batches were listed
  const term = await termOf(reader, remains.dataset, days);
  const { rowCount } = await reader.query(
    `UPDATE batch AS b SET raw_gone_at = now(), oldest_period = NULL
      WHERE b.id = $1 AND (b.raw_gone_at IS NULL OR $2) AND b.state IN ('superseded', 'failed', 'rejected', 'dropped', 'expired')
        AND ${endOf} < to_timestamp(($3::bigint - $4::bigint) / 1000.0)`,
    [remains.batch, remains.bytes + remains.quarantined > 0, now, term],
  );
  if (rowCount !== 1) return false;
  const bytes = await dropParts(reader, remains.batch);
  const quarantined = await reader.query('DELETE FROM quarantine WHERE batch = $1', [remains.batch]);
  return bytes === remains.bytes && quarantined.rowCount === remains.quarantined;
}

/** The stored data of a retired dataset, and its destruction. */
interface DatasetRemains {
  /** rows of the last current table, or stored events */
  readonly rows: number;
  /** batches with any stored data */
  readonly batches: number;
  /** raw bytes as received */
  readonly bytes: number;
  /** rows in quarantine */
  readonly quarantined: number;
}

/** @param table the last current one; undefined where no batch was ever published */
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

/**
 * Destroys raw bytes and quarantined rows, in the transaction of the entry that records how many. @returns false where they were destroyed
 * before, or are under legal hold
 */
export async function destroyRemains(transaction: Transaction, dataset: string): Promise<boolean> {
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
  await deleteDatasetVersions(transaction, dataset);
  await transaction.query('DELETE FROM live_quarantine WHERE dataset = $1', [dataset]);
  await transaction.query('UPDATE batch SET raw_gone_at = now() WHERE dataset = $1 AND raw_gone_at IS NULL', [
    dataset,
  ]);
  return true;
}

/** Whether the entry of the destruction was made: the seal of the dataset's row is of that entry's transaction. */
async function areRowsGone(transaction: Transaction, dataset: string): Promise<boolean> {
  const text = `SELECT id FROM dataset WHERE id = $1 AND state = 'retired' AND rows_gone_at IS NOT NULL`;
  return (await sealedRows(transaction, 'dataset', text, [dataset])).length > 0;
}

/**
 * Drops the tables of its rows, after the entry; none without that entry, or under legal hold. If the process ends in between, the next run
 * completes it.
 */
export async function dropRowTables(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  lasting: readonly SqlName[],
): Promise<void> {
  const tables = [...(await rowTablesOf(owner, dataset)), ...lasting];
  for (const table of tables)
    await withTransaction(owner, async (transaction) => {
      if (!(await areRowsGone(transaction, dataset)) || !(await mayGo(transaction, dataset))) return;
      await transaction.query(`DROP TABLE IF EXISTS ${table}`);
      await endDigest(transaction, table);
    });
}
