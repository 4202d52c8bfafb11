/** Loads one batch's rows into a separate table, which is invisible until the batch is published. */
import type { Hash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database } from '../../../platform/database/database.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { inSavepoint, withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { batchId } from '../../../../terms/ids.ts';
import { copyEnd, copyHead } from '../../../domain/rowTable/copyTuples.ts';
import { exactTypes } from './tables.ts';
import { createIndexes } from './indexes.ts';
import { endDigest } from './openDigest.ts';
import { copyHash, refuseAltered, writeBatchDigest } from './rowDigests.ts';
import {
  batchTable,
  fieldDefinitions,
  loadedColumns,
  type Column,
  type Layout,
} from '../../../domain/rowTable/layout.ts';

/** A row that was loaded and removed again. */
export interface LeftRow {
  /** `_row` it was loaded under */
  readonly row: number;
  /** `_row` of the first row with its key; its own where it was removed for another reason */
  readonly first: number;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Loaded {
  /** rows that were written, repeated ones included */
  readonly copied: number;
  /** number of rows removed because of their key */
  readonly repeated: number;
  /** the first of them */
  readonly examples: readonly LeftRow[];
  /** rows removed because their period is over, the first of them, and the earliest of their days */
  readonly over: { readonly rows: number; readonly examples: readonly LeftRow[]; readonly earliest?: string };
  /** rows taken over from the batch that this one corrects, and its rows that were not because their period is over */
  readonly takenOver: number;
  readonly notTakenOver: number;
}

/** A large batch's indexes are sorted in memory, by the session and one parallel worker: a third process on two cores gains nothing. */
const settings = "SET LOCAL maintenance_work_mem = '128MB'; SET LOCAL max_parallel_maintenance_workers = 1";

/** Maximum number of rows listed individually: a file with a single repeated key must not fill the hub's memory. */
export const maxExamples = 10_000;

/**
 * Creates the batch's table, fills it and indexes it, in one transaction: a crash leaves nothing.
 * @param tuples of COPY in the layout's order (copyTuples.ts), none cut in two; each piece is valid until the next is requested
 * @param corrects a batch whose rows are taken over, except those whose key this batch contains
 * @param indexColumns further columns that callers look rows up by
 * @param periods rows whose value in this column is below the first retained one are removed
 * @param fence called at the beginning and at the end of the transaction; an error it throws rolls back the load
 */
export async function loadBatch(
  database: Database,
  layout: Layout,
  batch: string,
  tuples: AsyncIterable<Uint8Array>,
  corrects: string | undefined,
  fence: (transaction: Transaction, last: boolean) => Promise<void> = () => Promise.resolve(),
  indexColumns: readonly Column[] = [],
  periods?: { readonly column: Column; readonly first: string },
): Promise<Loaded> {
  const table = batchTable(batch);
  return withTransaction(database.owner, async (transaction) => {
    await fence(transaction, false);
    await transaction.query(settings);
    // placed before the fields, so that access to them skips no field: indexing takes a sixth less time
    const columns = ['_row bigint', '_subject bytea', ...fieldDefinitions(layout)].join(', ');
    await transaction.query(`DROP TABLE IF EXISTS ${table}`);
    await transaction.query(`CREATE TABLE ${table} (${columns}) WITH (autovacuum_enabled = false)`);
    const sink = transaction.query(
      copyFrom(`COPY ${table} (${loadedColumns(layout)}) FROM STDIN WITH (FREEZE, FORMAT binary)`),
    );
    const written = copyHash();
    await pipeline(lasting(tuples, written), sink);
    // one default value for all existing rows: it is stored once, and neither sent nor written for each row
    await transaction.query(`ALTER TABLE ${table} ADD COLUMN _batch uuid DEFAULT '${batchId(batch)}'`);
    const over = periods === undefined ? none : await withoutOver(transaction, layout, batch, periods);
    const { takenOver, notTakenOver } =
      corrects === undefined
        ? { takenOver: 0, notTakenOver: 0 }
        : await keepRows(transaction, layout, batch, corrects, periods);
    const left = await withoutRepeatedKeys(transaction, layout, batch);
    await transaction.query(`CREATE INDEX ON ${table} (_row)`);
    await createIndexes(transaction, table, indexColumns);
    await transaction.query(`ANALYZE ${table}`);
    await transaction.query(`GRANT SELECT ON ${table} TO datong_app`);
    const isAsWritten = over.rows === 0 && takenOver === 0 && left.repeated === 0;
    const rows = sink.rowCount + takenOver - over.rows - left.repeated;
    await writeBatchDigest(transaction, batch, rows, isAsWritten ? written.digest('hex') : undefined);
    await fence(transaction, true);
    return { copied: sink.rowCount, takenOver, notTakenOver, over, ...left };
  });
}

/** More than a stream accepts without reporting that everything was written: 64 KiB on any Node. */
const awaitedBytes = 64 * 1024;

/**
 * Header, tuples and trailer, also into a hash. The next piece is requested once the previous one has been written. A small one is copied,
 * because its writing is not awaited.
 */
async function* lasting(pieces: AsyncIterable<Uint8Array>, written: Hash): AsyncGenerator<Uint8Array> {
  written.update(copyHead);
  yield copyHead;
  for await (const piece of pieces) {
    written.update(piece);
    if (piece.length > awaitedBytes) yield piece;
    else if (piece.length > 0) yield Buffer.from(piece);
  }
  written.update(copyEnd);
  yield copyEnd;
}

const none: Loaded['over'] = { rows: 0, examples: [] };

/** Removes rows of periods that are no longer retained. */
function withoutOver(
  transaction: Transaction,
  layout: Layout,
  batch: string,
  { column, first }: { readonly column: Column; readonly first: string },
): Promise<Loaded['over']> {
  return removed(transaction, layout, batch, {
    which: `${column.name} < $2`,
    values: [first],
    earliest: column.name,
  });
}

/**
 * @param which condition on the rows to remove, in addition to `using`; its values follow $1 @param first `_row` of the row that stays
 * @param earliest a column whose minimum is returned
 */
async function removed(
  transaction: Transaction,
  layout: Layout,
  batch: string,
  {
    using,
    which,
    first = '_row',
    values = [],
    earliest,
  }: {
    readonly using?: string;
    readonly which: string;
    readonly first?: string;
    readonly values?: readonly unknown[];
    readonly earliest?: string;
  },
): Promise<Loaded['over']> {
  const fields = layout.columns.map((column) => column.name).join(', ');
  const { rows } = await transaction.query<unknown[]>({
    text: `WITH removed AS (DELETE FROM ${batchTable(batch)} ${using === undefined ? '' : `USING ${using}`}
                            WHERE ${which} RETURNING _row, ${first} AS instead, ${fields})
           SELECT count(*) OVER (), ${earliest === undefined ? 'NULL' : `min(${earliest}) OVER ()`}, * FROM removed ORDER BY _row LIMIT $1`,
    values: [maxExamples, ...values],
    rowMode: 'array',
    types: exactTypes,
  });
  const examples = rows.map(([, , row, instead, ...cells]) => ({
    row: Number(row),
    first: Number(instead),
    record: Object.fromEntries(layout.columns.map((column, i) => [column.field, cells[i] ?? null])),
  }));
  const [count, day] = rows[0] ?? [0, null];
  return { rows: Number(count), examples, ...(typeof day === 'string' ? { earliest: day } : {}) };
}

/** Takes over the rows of another batch after this one's own, except those of expired periods. @returns the number of either */
async function keepRows(
  transaction: Transaction,
  layout: Layout,
  batch: string,
  from: string,
  periods: { readonly column: Column; readonly first: string } | undefined,
): Promise<Pick<Loaded, 'takenOver' | 'notTakenOver'>> {
  const [table, former] = [batchTable(batch), batchTable(from)];
  await refuseAltered(transaction, former);
  const fields = layout.columns.map((column) => column.name).join(', ');
  const anew = layout.key.map((column) => `mended.${column.name} = former.${column.name}`).join(' AND ');
  const which = anew === '' ? 'true' : `NOT EXISTS (SELECT 1 FROM ${table} AS mended WHERE ${anew})`;
  const late = periods === undefined ? 'false' : `${periods.column.name} < $1`;
  const first = periods === undefined ? [] : [periods.first];
  const { rows } = await transaction.query<{ n: string }>(
    `SELECT count(*) AS n FROM ${former} AS former WHERE ${late} AND ${which}`,
    first,
  );
  const { rowCount } = await transaction.query(
    `INSERT INTO ${table} (${fields}, _row, _subject)
     SELECT ${fields}, _row + (SELECT coalesce(max(_row), 0) FROM ${table}), _subject FROM ${former} AS former
      WHERE NOT (${late}) AND ${which}`,
    first,
  );
  return { takenOver: rowCount ?? 0, notTakenOver: Number(rows[0]?.n ?? 0) };
}

/** Makes the key unique. Without repeated keys this costs only the index; otherwise the repetitions are searched. */
async function withoutRepeatedKeys(
  transaction: Transaction,
  layout: Layout,
  batch: string,
): Promise<Pick<Loaded, 'repeated' | 'examples'>> {
  if (layout.key.length === 0) return { repeated: 0, examples: [] };
  const table = batchTable(batch);
  const key = layout.key.map((column) => column.name).join(', ');
  try {
    await inSavepoint(transaction, () => transaction.query(`CREATE UNIQUE INDEX ON ${table} (${key})`));
    return { repeated: 0, examples: [] };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const { rows, examples } = await removed(transaction, layout, batch, {
    using: `(SELECT ctid AS place, row_number() OVER same AS nth, first_value(_row) OVER same AS first
               FROM ${table} WINDOW same AS (PARTITION BY ${key} ORDER BY _row)) AS numbered`,
    which: 'ctid = numbered.place AND numbered.nth > 1',
    first: 'numbered.first',
  });
  await transaction.query(`CREATE UNIQUE INDEX ON ${table} (${key})`);
  return { repeated: rows, examples };
}

/** Drops the table of a batch that will not be read again. */
export async function dropBatch(owner: Reader, batch: string): Promise<void> {
  await owner.query(`DROP TABLE IF EXISTS ${batchTable(batch)}`);
  await endDigest(owner, batchTable(batch));
}
