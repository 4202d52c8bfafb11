/** Stored rows that a batch would delete: no value leaves the database, only their number. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { batchTable, datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { isTable, type LeftOut } from './fetch.ts';

export interface ToDelete {
  /** stored rows whose keys the batch requests to delete */
  readonly going: number;
  /** number of stored rows, counted only until `going` is within the allowed share */
  readonly stored: number;
}

/**
 * @param where rows of the batch that request the deletion of their key
 * @param share of the stored rows that may be deleted; 0 counts them all
 */
export async function rowsToDelete(
  pool: Pool,
  batch: string,
  dataset: string,
  schema: DatasetSchema,
  where: DeleteWhere,
  share: number,
): Promise<ToDelete> {
  const { key, byField } = layoutOf(schema);
  const column = byField.get(where.field);
  const table = datasetTable(dataset, schema);
  if (column === undefined || !(await isTable(pool, table))) return { going: 0, stored: 0 };
  return withTransaction(pool, async (transaction) => {
    const same = key.map(({ name }) => `o.${name} = b.${name}`).join(' AND ');
    const { rows: requested } = await longStatement<{ n: string }>(
      transaction,
      `SELECT count(*)::text AS n FROM ${batchTable(batch)} AS b JOIN ${table} AS o ON ${same} WHERE b.${column.name}::text = ANY($1)`,
      [[...where.is]],
    );
    const going = Number(requested[0]?.n ?? 0);
    if (going === 0) return { going, stored: 0 };
    // avoids counting a dataset of millions of rows for a few deletions
    const enough = share === 0 ? null : Math.ceil(going / share);
    const { rows: counted } = await longStatement<{ n: string }>(
      transaction,
      `SELECT count(*)::text AS n FROM (SELECT FROM ${table} LIMIT $1::bigint) AS counted`,
      [enough],
    );
    return { going, stored: Number(counted[0]?.n ?? 0) };
  });
}

/* Rows of a batch with a key of earlier batches and other values: no value leaves the database, only their number and places. */

/** Maximum number of rows whose places are returned. */
const reportedPlaces = 10;

interface Rewritten {
  readonly rows: number;
  /** `_row` of the first of them */
  readonly places: readonly number[];
  /** of the `_row` of all of them, in their order */
  readonly digest: string;
}

const none: Rewritten = { rows: 0, places: [], digest: '' };

/**
 * A row that equals the stored one does not count.
 * @param but rows that are excluded
 */
export async function rewrittenRows(
  pool: Pool,
  batch: string,
  dataset: string,
  schema: DatasetSchema,
  but: LeftOut,
): Promise<Rewritten> {
  const { columns, key } = layoutOf(schema);
  const table = datasetTable(dataset, schema);
  return withTransaction(pool, async (transaction) => {
    const { rows: stored } = await transaction.query<{ name: string }>(
      `SELECT format('"%s"', attname) AS name FROM pg_attribute
        WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
      [table],
    );
    const there = new Set(stored.map(({ name }) => name));
    if (there.size === 0) return none;
    const same = key.map(({ name }) => `o.${name} = b.${name}`).join(' AND ');
    const differs = columns
      .filter((column) => !key.includes(column))
      .map(({ name, kind }) => {
        // a column of a newer schema version is added when its first batch is published
        if (!there.has(name)) return `b.${name} IS NOT NULL`;
        const cast = kind === 'json' ? '::text' : ''; // json has no equality, its text has
        return `o.${name}${cast} IS DISTINCT FROM b.${name}${cast}`;
      });
    if (differs.length === 0) return none;
    const { rows } = await longStatement<{ rows: string; places: string[]; digest: string | null }>(
      transaction,
      `WITH rewritten AS MATERIALIZED (
         SELECT b._row FROM ${batchTable(batch)} AS b JOIN ${table} AS o ON ${same} WHERE (${differs.join(' OR ')})${but.condition})
       SELECT count(*)::text AS rows, encode(sha256(convert_to(string_agg(_row::text, ',' ORDER BY _row), 'UTF8')), 'hex') AS digest,
              ARRAY(SELECT r._row::text FROM rewritten AS r ORDER BY r._row LIMIT ${reportedPlaces}) AS places
         FROM rewritten`,
      [...but.values],
    );
    const [found] = rows;
    if (found === undefined) throw new TypeError('counts are always answered');
    return { rows: Number(found.rows), places: found.places.map(Number), digest: found.digest ?? '' };
  });
}
