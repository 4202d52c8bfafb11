/** Upsert datasets: one lasting table, into which a batch is merged by key when it is published. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { mayGo } from '../../../log/store/legalHolds.ts';
import type { Database } from '../../../platform/database/database.ts';
import { copiedRows } from '../../../platform/database/binaryRows.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { periodColumn, type Periods } from '../../../domain/periods.ts';
import {
  batchTable,
  datasetTable,
  fieldDefinitions,
  layoutOf,
  type Column,
  type Layout,
} from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { movedDatasets } from './currentBatches.ts';
import { faultOfTable } from './rowDigests.ts';
import { beginDigest, digestName, openDigest, refused, removeCopied, type OpenDigest } from './openDigest.ts';
import { plainName, addColumns } from './tables.ts';

/**
 * Creates the lasting table where it is missing, and adds the columns of a newer schema version. For a complete table only the description
 * is read. A lock that blocks readers would have to wait for an index creation in progress, which in turn waits for the transaction
 * requesting the lock. `_row` numbers rows for paging and is unchanged when a row is updated.
 * @param apart the column by which rows are partitioned by period: then the table has partitions, created by `makePeriods`
 */
export async function ensureDatasetTable(
  database: Database,
  dataset: string,
  schema: DatasetSchema,
  apart?: Periods,
): Promise<void> {
  const layout = layoutOf(schema);
  const table = datasetTable(dataset, schema);
  const { rows: columns } = await database.owner.query<{ name: string }>(
    `SELECT format('"%s"', attname) AS name FROM pg_attribute
      WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  if (columns.length === 0)
    return makeTable(
      database,
      { dataset, layout, table },
      apart === undefined ? undefined : periodColumn(apart, schema),
    );
  const there = new Set(columns.map(({ name }) => name));
  await addColumns(
    database,
    table,
    layout.columns.filter(({ name }) => !there.has(name)),
  );
  await mayDelete(database, table);
}

async function makeTable(
  { owner }: Database,
  { dataset, layout, table }: { readonly dataset: string; readonly layout: Layout; readonly table: SqlName },
  apart: Column | undefined,
): Promise<void> {
  const key = layout.key.map((column) => column.name).join(', ');
  await withTransaction(owner, async (transaction) => {
    await transaction.query('SELECT pg_advisory_xact_lock(hashtext($1))', [table]);
    // queries the catalogue directly: to_regclass may have cached the absence from before the lock
    const { rows: made } = await transaction.query(
      "SELECT FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relname = $1",
      [plainName(table)],
    );
    if (made.length > 0) return;
    await refuseGone(transaction, dataset, table);
    await transaction.query(
      `CREATE TABLE ${table} (${fieldDefinitions(layout).join(', ')}, _batch uuid NOT NULL,
         _row bigint GENERATED ALWAYS AS IDENTITY, _subject bytea, UNIQUE (${key})${
           // one sequence numbers the rows of all partitions; PostgreSQL has no unique index over them without their column
           apart === undefined ? ', UNIQUE (_row))' : `) PARTITION BY RANGE (${apart.name})`
         }`,
    );
    if (apart !== undefined) await transaction.query(`CREATE INDEX ON ${table} (_row)`);
    await transaction.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO datong_app`);
    await beginDigest(transaction, table);
  });
}

/** A new table must not take the place of one that was removed past the hub. @throws Problem rows_unauthenticated */
async function refuseGone(transaction: Transaction, dataset: string, table: SqlName): Promise<void> {
  const sealing = sealingOf(transaction);
  if (sealing?.digests === undefined) return;
  const isGone =
    (await faultOfTable(transaction, table)) !== undefined ||
    (await movedDatasets(transaction)).includes(dataset);
  if (!isGone) return;
  sealing.suspect();
  throw refused(digestName(table));
}

/**
 * Empties the table of a major version that the dataset left and returns to; it has no readers.
 * @returns false where its rows are retained because the dataset is under legal hold
 */
export async function emptyDatasetTable(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
): Promise<boolean> {
  const table = datasetTable(dataset, schema);
  const { rows } = await transaction.query(`SELECT FROM ${table} LIMIT 1`);
  if (rows.length > 0 && !(await mayGo(transaction, dataset))) return false;
  const digest = await openDigest(transaction, table);
  await longStatement(transaction, `DELETE FROM ${table}`);
  await digest?.writeEmpty(transaction);
  return true;
}

/** For tables created before deletions were supported. */
async function mayDelete({ owner }: Database, table: SqlName): Promise<void> {
  const { rows } = await owner.query<{ may: boolean }>(
    "SELECT has_table_privilege('datong_app', $1, 'DELETE') AS may",
    [table],
  );
  if (rows[0]?.may !== true) await owner.query(`GRANT DELETE ON ${table} TO datong_app`);
}

/**
 * Merges a loaded batch, inside the transaction that writes its entry. Unchanged rows are not written.
 * @param deleteWhere its rows with one of these values in this field delete the row of their key instead
 * @returns number of deleted rows
 */
export async function mergeBatch(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
  deleteWhere?: DeleteWhere,
): Promise<number> {
  const layout = layoutOf(schema);
  const source = { rows: batchTable(batch), values: [] };
  const table = datasetTable(dataset, schema);
  const { deletion, insertion } = mergeStatements(layout, table, source, deleteWhere);
  const digest = await openDigest(transaction, table);
  if (digest === undefined) {
    const removed =
      deletion === undefined ? undefined : await longStatement(transaction, deletion.text, deletion.values);
    await longStatement(transaction, insertion.text, insertion.values);
    return removed?.rowCount ?? 0;
  }
  // COPY takes no parameters
  const literal = ({ text, values }: Statement): string => {
    const marks = (values[0] as readonly string[] | undefined)?.map((one) => transaction.escapeLiteral(one));
    return marks === undefined ? text : text.replace('$1', () => `ARRAY[${marks.join(', ')}]::text[]`);
  };
  const gone =
    deletion === undefined
      ? 0
      : await removeCopied(transaction, digest, `${literal(deletion)} RETURNING ${digest.listed('stored')}`);
  await copiedRows(
    transaction,
    returningChanges(layout, table, literal(insertion), digest),
    ([before, ...values]) => (before?.[0] === 1 ? digest.remove(values) : digest.add(values)),
  );
  await digest.write(transaction);
  return gone;
}

/** A merge that returns the rows as they are now, and as they were: `before` and their columns. */
function returningChanges({ key }: Layout, table: SqlName, insertion: string, digest: OpenDigest): string {
  const same = key.map(({ name }) => `former.${name} = changed.${name}`).join(' AND ');
  // all parts of a statement read the same snapshot: "former" has the rows from before the merge
  return `WITH changed AS (${insertion} RETURNING stored.*)
    SELECT false AS before, ${digest.listed('changed')} FROM changed
    UNION ALL SELECT true, ${digest.listed('former')} FROM changed JOIN ${table} AS former ON ${same}`;
}

/** Columns of a merge whose values may differ from the stored ones. */
const comparedColumns = ({ columns, key }: Layout): readonly Column[] =>
  columns.filter((column) => !key.includes(column));

/** Whether a stored row and the row that replaces it differ. @param stored alias @param next alias @returns undefined: it has its key alone */
export function differenceOf(layout: Layout, stored: string, next: string): string | undefined {
  const differences = comparedColumns(layout).map(({ name, kind }) => {
    // json has no equality, its text has
    const cast = kind === 'json' ? '::text' : '';
    return `${stored}.${name}${cast} IS DISTINCT FROM ${next}.${name}${cast}`;
  });
  return differences.length === 0 ? undefined : `(${differences.join(' OR ')})`;
}

/** Rows to merge: a table or a subquery with the columns of the layout, `_batch`, `_row` and `_subject`. */
export interface MergeSource {
  readonly rows: string;
  /** $1 and so on of the subquery */
  readonly values: readonly unknown[];
}

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** The statements of a merge: first the rows that delete others, then all others. @param isAddOnly stored rows are not changed */
export function mergeStatements(
  layout: Layout,
  table: SqlName,
  source: MergeSource,
  deleteWhere?: DeleteWhere,
  isAddOnly = false,
): { readonly deletion: Statement | undefined; readonly insertion: Statement } {
  const names = layout.columns.map((column) => column.name);
  const key = layout.key.map((column) => column.name);
  const written = [...names, '_batch', '_subject'];
  const difference = differenceOf(layout, 'stored', 'excluded');
  const mark = layout.byField.get(deleteWhere?.field ?? '')?.name;
  const values = [...source.values, ...(mark === undefined ? [] : [[...(deleteWhere?.is ?? [])]])];
  const marks = `$${values.length}`;
  const insertion = `INSERT INTO ${table} AS stored (${written.join(', ')})
     SELECT ${written.join(', ')} FROM ${source.rows} AS arrived
      ${mark === undefined ? '' : `WHERE (${mark}::text = ANY(${marks})) IS NOT TRUE`} ORDER BY _row
     ON CONFLICT (${key.join(', ')}) ${
       difference === undefined || isAddOnly
         ? 'DO NOTHING'
         : `DO UPDATE SET ${[...comparedColumns(layout).map((column) => column.name), '_batch', '_subject']
             .map((name) => `${name} = excluded.${name}`)
             .join(', ')} WHERE ${difference}`
     }`;
  if (mark === undefined) return { deletion: undefined, insertion: { text: insertion, values } };
  const deletion = `DELETE FROM ${table} AS stored USING ${source.rows} AS gone
        WHERE gone.${mark}::text = ANY(${marks}) AND ${key.map((name) => `stored.${name} = gone.${name}`).join(' AND ')}`;
  return { deletion: { text: deletion, values }, insertion: { text: insertion, values } };
}
