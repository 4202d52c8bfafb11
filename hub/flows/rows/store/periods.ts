/**
 * Partitions of a lasting table, one for each period: created before its rows arrive, without blocking readers, and emptied as a whole
 * when the period is over.
 */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { periodLength, type Periods } from '../../../domain/periods.ts';
import {
  batchTable,
  datasetTable,
  periodPrefix,
  periodTable,
  type Column,
} from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Database, Pool } from '../../../platform/database/database.ts';
import { isMissingTable, isRepeatable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { createIndexes } from './indexes.ts';
import { hashOfRows, openDigest } from './openDigest.ts';
import { deletePeriodVersions, noteEndedVersions } from './endVersions.ts';

/** Existing periods of a lasting table, in their order. */
export async function periodsThere(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
): Promise<string[]> {
  const { rows } = await reader.query<{ period: string }>(
    `SELECT upper(replace(substr(part.relname, length($2) + 1), '_', '-')) AS period
       FROM pg_inherits AS i JOIN pg_class AS part ON part.oid = i.inhrelid
      WHERE i.inhparent = to_regclass($1) AND starts_with(part.relname, $2) ORDER BY 1`,
    [datasetTable(dataset, schema), periodPrefix(dataset, schema)],
  );
  return rows.map(({ period }) => period);
}

/** The tables that contain the rows of a table: itself, or its partitions. */
export async function partsOf(reader: Reader, table: SqlName): Promise<SqlName[]> {
  const { rows } = await reader.query<{ part: SqlName }>(
    `SELECT format('"rows"."%s"', part.relname) AS part FROM pg_class AS whole
       JOIN pg_inherits AS i ON i.inhparent = whole.oid JOIN pg_class AS part ON part.oid = i.inhrelid
      WHERE whole.oid = to_regclass($1) AND whole.relkind = 'p' ORDER BY 1`,
    [table],
  );
  if (rows.length > 0) return rows.map(({ part }) => part);
  const { rows: whole } = await reader.query(
    `SELECT FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'p'`,
    [table],
  );
  return whole.length > 0 ? [] : [table];
}

/** Periods of a loaded batch, in their order. */
export async function periodsOfBatch(
  pool: Pool,
  batch: string,
  { name }: Column,
  { every }: Pick<Periods, 'every'>,
): Promise<string[]> {
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<{ period: string }>(
      transaction,
      `SELECT DISTINCT substr(${name}, 1, ${periodLength[every]}) AS period FROM ${batchTable(batch)} ORDER BY 1`,
    ),
  );
  return rows.map(({ period }) => period);
}

interface RequestedPeriods {
  readonly periods: readonly string[];
  /** columns that callers query by */
  readonly requested: readonly Column[];
  /** those that may not begin; called while no other call can begin one */
  readonly overOf: (there: readonly string[]) => readonly string[];
}

/**
 * Creates the missing partitions. They are created and indexed separately and then attached, so no reader or writer waits.
 * @returns the periods that may not begin
 */
export async function makePeriods(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  schema: DatasetSchema,
  { periods, requested, overOf }: RequestedPeriods,
): Promise<readonly string[]> {
  const table = datasetTable(dataset, schema);
  return withTransaction(owner, async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtext($1))', [table]);
    const there = await periodsThere(transaction, dataset, schema);
    const over = overOf(there);
    const known = new Set([...there, ...over]);
    for (const period of periods) {
      if (known.has(period)) continue;
      const part = periodTable(dataset, schema, period);
      await transaction.query(`CREATE TABLE ${part} (LIKE ${table})`);
      await createIndexes(transaction, part, requested);
      await transaction.query(`GRANT SELECT, DELETE, TRUNCATE ON ${part} TO datong_app`);
      await transaction.query(`ALTER TABLE ${table} ATTACH PARTITION ${part} FOR VALUES ${boundsOf(period)}`);
    }
    return over;
  });
}

/** The suffix that turns a year, or a month, into its first day. */
const firstDay: Readonly<Record<number, string>> = { 4: '-01-01', 7: '-01' };

/**
 * The bounds from its first day to the first value after its prefix. The hub generates the value, because no parameter is allowed there.
 */
function boundsOf(period: string): string {
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2})?)?)?$/.test(period)) throw new TypeError('not a period');
  return `FROM ('${period}${firstDay[period.length] ?? ''}') TO ('${period}~')`;
}

/** The rows of a period by the batch that delivered, or last changed, them. */
export interface PeriodRows {
  readonly rows: number;
  readonly batches: number;
}

/** The current rows of a period. undefined where it no longer exists */
export async function rowsOfPeriod(
  pool: Pool,
  dataset: string,
  schema: DatasetSchema,
  period: string,
): Promise<PeriodRows | undefined> {
  try {
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<{ rows: string; batches: string }>(
        transaction,
        `SELECT count(*) AS rows, count(DISTINCT _batch) AS batches FROM ${periodTable(dataset, schema, period)}`,
      ),
    );
    return { rows: Number(rows[0]?.rows ?? 0), batches: Number(rows[0]?.batches ?? 0) };
  } catch (error) {
    if (isMissingTable(error)) return undefined;
    throw error;
  }
}

/**
 * Empties a period, and records for each batch how many of its rows were destroyed, in the transaction of the entry. Writers of the period
 * wait until the transaction ends; readers, and the dataset's other publications, wait for its last statements only. Feeds of changes check their rows again.
 * @param as the dataset's registration, and its current version, as they were read
 * @returns false where the dataset, its rules or the rows changed since they were read, or it is under legal hold. Also false where a
 * reader uses the period for longer, or a batch is being published
 */
export async function emptyPeriod(
  transaction: Transaction,
  as: { readonly dataset: string; readonly digest: string; readonly schema: DatasetSchema },
  period: string,
  expected: PeriodRows,
  exchange: string,
): Promise<boolean> {
  const { dataset, digest, schema } = as;
  const part = periodTable(dataset, schema, period);
  try {
    await transaction.query("SET LOCAL lock_timeout = '500ms'");
    await transaction.query(`LOCK TABLE ${part} IN SHARE ROW EXCLUSIVE MODE`);
    const { rows: found } = await longStatement<{ batch: string; rows: string }>(
      transaction,
      `SELECT _batch AS batch, count(*) AS rows FROM ${part} GROUP BY _batch`,
    );
    const gone = found.reduce((sum, one) => sum + Number(one.rows), 0);
    if (gone !== expected.rows || found.length !== expected.batches) return false;
    // runs after all waiting: a hold that was placed during the wait applies
    if (!(await mayGo(transaction, dataset))) return false;
    const table = datasetTable(dataset, schema);
    // hashed before the digest is locked, which all writers of the dataset need
    const removed = await hashOfRows(transaction, table, part);
    const open = await openDigest(transaction, table);
    await transaction.query(`TRUNCATE ${part}`);
    if (removed !== undefined) open?.removeAll(removed);
    await open?.write(transaction);
    const highest = await deletePeriodVersions(transaction, dataset, period);
    // runs last, and never waits: a publication locks the dataset, and may wait for this period
    await transaction.query('SELECT FROM dataset WHERE id = $1 FOR NO KEY UPDATE NOWAIT', [dataset]);
    const { rowCount } = await transaction.query(
      `UPDATE dataset SET deletions = deletions + 1, periods_gone = periods_gone + 1
        WHERE id = $1 AND digest = $2 AND state <> 'retired'`,
      [dataset, digest],
    );
    if (rowCount !== 1) return false;
    if (highest !== undefined) await noteEndedVersions(transaction, dataset, highest);
    await transaction.query(
      `INSERT INTO period_destruction (dataset, period, batch, rows, exchange)
       SELECT $1, $2, batch, rows, $3 FROM unnest($4::uuid[], $5::bigint[]) AS found (batch, rows)`,
      [dataset, period, exchange, found.map(({ batch }) => batch), found.map(({ rows }) => rows)],
    );
    await transaction.query('SET LOCAL lock_timeout TO DEFAULT');
    return true;
  } catch (error) {
    if (isRepeatable(error) || isMissingTable(error)) return false;
    throw error;
  }
}

/** Drops the empty partition of a period. If a reader uses the table for longer than a moment, it is left to the next run. */
export async function dropPeriod(
  { owner }: Pick<Database, 'owner'>,
  dataset: string,
  schema: DatasetSchema,
  period: string,
): Promise<void> {
  const part = periodTable(dataset, schema, period);
  try {
    await withTransaction(owner, async (transaction) => {
      await transaction.query("SET LOCAL lock_timeout = '50ms'");
      await transaction.query(
        `LOCK TABLE ONLY ${datasetTable(dataset, schema)}, ${part} IN ACCESS EXCLUSIVE MODE`,
      );
      const { rows } = await transaction.query(`SELECT FROM ${part} LIMIT 1`);
      if (rows.length === 0) await transaction.query(`DROP TABLE ${part}`);
    });
  } catch (error) {
    if (!isRepeatable(error) && !isMissingTable(error)) throw error;
  }
}

/** Number of destroyed periods of a dataset: it grows in the transaction that destroys their rows. */
export async function countDestroyed(reader: Statements, dataset: string): Promise<number> {
  const { rows } = await reader.query<{ n: string }>('SELECT periods_gone AS n FROM dataset WHERE id = $1', [
    dataset,
  ]);
  return Number(rows[0]?.n ?? 0);
}

/** Which of these periods have rows. */
export async function periodsWithRows(
  reader: Reader,
  dataset: string,
  schema: DatasetSchema,
  periods: readonly string[],
): Promise<ReadonlySet<string>> {
  for (let requested = periods; requested.length > 0;) {
    const each = requested.map(
      (period, i) =>
        `SELECT $${i + 1}::text AS period WHERE EXISTS (SELECT FROM ${periodTable(dataset, schema, period)})`,
    );
    try {
      const { rows } = await reader.query<{ period: string }>(each.join(' UNION ALL '), [...requested]);
      return new Set(rows.map(({ period }) => period));
    } catch (error) {
      if (!isMissingTable(error)) throw error;
    }
    // one of them was dropped: the others are queried again
    const there = new Set(await periodsThere(reader, dataset, schema));
    requested = requested.filter((period) => there.has(period));
  }
  return new Set();
}

export interface DestroyedPeriod extends PeriodRows {
  readonly period: string;
  /** the exchange whose entry records it; its first 48 bits contain the time */
  readonly exchange: string;
}

/** Maximum number of periods in the answer. */
const maxReported = 100;

/** Destroyed periods, the latest first. */
export async function destroyedPeriods(reader: Reader, dataset: string): Promise<DestroyedPeriod[]> {
  const { rows } = await reader.query<{ period: string; rows: string; batches: string; exchange: string }>(
    `SELECT period, sum(rows) AS rows, count(*) AS batches, exchange FROM period_destruction
      WHERE dataset = $1 GROUP BY exchange, period ORDER BY exchange DESC, period DESC LIMIT $2`,
    [dataset, maxReported],
  );
  return rows.map((one) => ({
    period: one.period,
    rows: Number(one.rows),
    batches: Number(one.batches),
    exchange: one.exchange,
  }));
}
