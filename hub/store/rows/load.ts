/** One batch's rows into a table of their own, where nobody sees them until the batch is published. */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database } from '../database.ts';
import { withTransaction, type Transaction } from '../transaction.ts';
import { exactTypes } from './exactTypes.ts';
import { batchTable, fieldDefinitions, loadedColumns, type Layout } from './layout.ts';

/** A row that was left out because an earlier one of the batch has the same key. */
export interface RepeatedRow {
  /** `_row` it was loaded under */
  readonly row: number;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Loaded {
  readonly repeated: readonly RepeatedRow[];
}

/**
 * Creates the batch's table, fills it and indexes it, in one transaction: a crash leaves nothing behind.
 * @param lines COPY text lines in the layout's order (copyLine.ts)
 */
export async function loadBatch(
  database: Database,
  layout: Layout,
  batch: string,
  lines: AsyncIterable<Uint8Array>,
): Promise<Loaded> {
  const table = batchTable(batch);
  return withTransaction(database.owner, async (transaction) => {
    const columns = [...fieldDefinitions(layout), '_batch uuid', '_row bigint', '_subject bytea'].join(', ');
    await transaction.query(`DROP TABLE IF EXISTS ${table}`);
    await transaction.query(`CREATE TABLE ${table} (${columns}) WITH (autovacuum_enabled = false)`);
    const sink = transaction.query(
      copyFrom(`COPY ${table} (${loadedColumns(layout)}) FROM STDIN WITH (FREEZE)`),
    );
    await pipeline(Readable.from(lines, { objectMode: true, highWaterMark: 2 }), sink);
    const repeated = await withoutRepeatedKeys(transaction, layout, batch);
    await transaction.query(`CREATE INDEX ON ${table} (_row)`);
    await transaction.query(`ANALYZE ${table}`);
    await transaction.query(`GRANT SELECT ON ${table} TO datong_app`);
    return { repeated };
  });
}

/** Makes the key unique. The clean case costs no more than the index; only a clash pays for looking who repeats whom. */
async function withoutRepeatedKeys(
  transaction: Transaction,
  layout: Layout,
  batch: string,
): Promise<readonly RepeatedRow[]> {
  if (layout.key.length === 0) return [];
  const table = batchTable(batch);
  const key = layout.key.map((column) => column.name).join(', ');
  await transaction.query('SAVEPOINT before_key');
  try {
    await transaction.query(`CREATE UNIQUE INDEX ON ${table} (${key})`);
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '23505')) throw error;
  }
  await transaction.query('ROLLBACK TO SAVEPOINT before_key');
  const fields = layout.columns.map((column) => column.name).join(', ');
  const removed = await transaction.query<unknown[]>({
    text: `DELETE FROM ${table} WHERE ctid IN (
             SELECT ctid FROM (SELECT ctid, row_number() OVER (PARTITION BY ${key} ORDER BY _row) AS nth FROM ${table}) AS numbered
             WHERE nth > 1) RETURNING _row, ${fields}`,
    rowMode: 'array',
    types: exactTypes,
  });
  await transaction.query(`CREATE UNIQUE INDEX ON ${table} (${key})`);
  return removed.rows
    .map(([row, ...values]) => ({
      row: Number(row),
      record: Object.fromEntries(layout.columns.map((column, i) => [column.field, values[i] ?? null])),
    }))
    .sort((a, b) => a.row - b.row);
}

/** Removes the table of a batch that will not be read again. */
export async function dropBatch(database: Database, batch: string): Promise<void> {
  await database.owner.query(`DROP TABLE IF EXISTS ${batchTable(batch)}`);
}
