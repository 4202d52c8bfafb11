/** One batch's rows into a table of their own, where nobody sees them until the batch is published. */
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

/** A row that was loaded and left out again. */
export interface LeftRow {
  /** `_row` it was loaded under */
  readonly row: number;
  /** `_row` of the first with its key; its own where it was left out for something else */
  readonly first: number;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Loaded {
  /** rows that were written, the repeated ones among them */
  readonly copied: number;
  /** how many rows were left out for their key */
  readonly repeated: number;
  /** the first of them */
  readonly examples: readonly LeftRow[];
  /** rows that were left out because their period is over, the first of them, and the earliest of their days */
  readonly over: { readonly rows: number; readonly examples: readonly LeftRow[]; readonly earliest?: string };
  /** rows that were taken over from the batch that this one corrects, and those of it that were not because their period is over */
  readonly kept: number;
  readonly keptOver: number;
}

/** A large batch's indexes are sorted in memory, by the session and one beside it: a third on two cores only takes turns with them. */
const settings = "SET LOCAL maintenance_work_mem = '128MB'; SET LOCAL max_parallel_maintenance_workers = 1";

/** Rows that are named one by one: a file of nothing but one key must not fill the hub's memory. */
export const maxExamples = 10_000;

/**
 * Creates the batch's table, fills it and indexes it, in one transaction: a crash leaves nothing behind.
 * @param tuples of COPY in the layout's order (copyTuples.ts), none cut in two; each piece holds until the next is asked for
 * @param corrects a batch whose rows come too, but for those whose key this one brings anew
 * @param requestedBy further columns that callers look rows up by
 * @param periods rows whose value in this column is below the first one that is kept are left out
 * @param fence asked at the beginning and at the end of the transaction; what it throws undoes the load
 */
export async function loadBatch(
  database: Database,
  layout: Layout,
  batch: string,
  tuples: AsyncIterable<Uint8Array>,
  corrects: string | undefined,
  fence: (transaction: Transaction, last: boolean) => Promise<void> = () => Promise.resolve(),
  requestedBy: readonly Column[] = [],
  periods?: { readonly column: Column; readonly first: string },
): Promise<Loaded> {
  const table = batchTable(batch);
  return withTransaction(database.owner, async (transaction) => {
    await fence(transaction, false);
    await transaction.query(settings);
    // ahead of the fields, so that whoever looks for them passes over none: their index takes a sixth less
    const columns = ['_row bigint', '_subject bytea', ...fieldDefinitions(layout)].join(', ');
    await transaction.query(`DROP TABLE IF EXISTS ${table}`);
    await transaction.query(`CREATE TABLE ${table} (${columns}) WITH (autovacuum_enabled = false)`);
    const sink = transaction.query(
      copyFrom(`COPY ${table} (${loadedColumns(layout)}) FROM STDIN WITH (FREEZE, FORMAT binary)`),
    );
    const written = copyHash();
    await pipeline(lasting(tuples, written), sink);
    // one value for every row that is there: it is kept once, and neither sent nor written a million times
    await transaction.query(`ALTER TABLE ${table} ADD COLUMN _batch uuid DEFAULT '${batchId(batch)}'`);
    const over = periods === undefined ? none : await withoutOver(transaction, layout, batch, periods);
    const { kept: retained, keptOver } =
      corrects === undefined
        ? { kept: 0, keptOver: 0 }
        : await keepRows(transaction, layout, batch, corrects, periods);
    const left = await withoutRepeatedKeys(transaction, layout, batch);
    await transaction.query(`CREATE INDEX ON ${table} (_row)`);
    await createIndexes(transaction, table, requestedBy);
    await transaction.query(`ANALYZE ${table}`);
    await transaction.query(`GRANT SELECT ON ${table} TO datong_app`);
    const isAsWritten = over.rows === 0 && retained === 0 && left.repeated === 0;
    const rows = sink.rowCount + retained - over.rows - left.repeated;
    await writeBatchDigest(transaction, batch, rows, isAsWritten ? written.digest('hex') : undefined);
    await fence(transaction, true);
    return { copied: sink.rowCount, kept: retained, keptOver, over, ...left };
  });
}

/** More than a stream takes without being told that everything was written: 64 KiB on any Node. */
const awaitedBytes = 64 * 1024;

/** Head, tuples, end, also into a hash. The next piece is asked for once the one before has been written; a small one is copied, because nobody waits for it. */
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

/** Rows of periods that are not kept any more are never stored. */
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

/** @param which of the rows go, beside what is `using`; its values follow $1 @param first `_row` of the one that stays instead @param earliest a column whose least value is told */
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

/** Takes over the rows of another batch behind this one's own, but for those of periods that are over by now. @returns how many of either */
async function keepRows(
  transaction: Transaction,
  layout: Layout,
  batch: string,
  from: string,
  periods: { readonly column: Column; readonly first: string } | undefined,
): Promise<Pick<Loaded, 'kept' | 'keptOver'>> {
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
  return { kept: rowCount ?? 0, keptOver: Number(rows[0]?.n ?? 0) };
}

/** Makes the key unique. The clean case costs no more than the index; only a clash pays for looking who repeats whom. */
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

/** Removes the table of a batch that will not be read again. */
export async function dropBatch(owner: Reader, batch: string): Promise<void> {
  await owner.query(`DROP TABLE IF EXISTS ${batchTable(batch)}`);
  await endDigest(owner, batchTable(batch));
}
