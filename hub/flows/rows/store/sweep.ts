/** Tables of batches without readers: superseded, merged, failed, or left by a hub that died before it could drop them. */
import { mayGo } from '../../../log/store/legalHolds.ts';
import { keyedRows } from '../../../platform/database/authenticated/keyedRows.ts';
import type { Database, Pool } from '../../../platform/database/database.ts';
import { isRepeatable } from '../../../platform/database/failure.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { dropBatch } from './load.ts';
import type { CrossRule } from '../../../domain/intakeRules.ts';
import { batchTable, type Column } from '../../../domain/rowTable/layout.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import type { LeftOut } from './fetch.ts';

/**
 * Tables that are still read or written. These belong to a batch in translation, or to one that a person may release or switch to. In a
 * snapshot dataset they also belong to the current batch and to the previous one, which existing cursors may continue and a person may
 * restore: the one that was superseded last also where its moment of publication, which has no seal, is gone. A retired dataset has none; under legal hold every table counts. `b` is the batch, `d` its dataset.
 */
const living = `d.id IN (SELECT dataset FROM held_dataset) OR d.state <> 'retired' AND (b.state IN ('checking', 'held', 'prepared') OR d.mode <> 'upsert' AND (d.current_batch = b.id
  OR b.state = 'superseded' AND (NOT EXISTS (
    SELECT 1 FROM batch AS later WHERE later.dataset = b.dataset AND later.state = 'superseded' AND later.published_at IS NOT NULL
       AND (later.superseded_at, later.id) > (b.superseded_at, b.id)) AND b.published_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM batch AS later WHERE later.dataset = b.dataset AND later.state = 'superseded' AND later.same_as IS NULL
       AND later.superseded_at > b.superseded_at) AND NOT EXISTS (
    SELECT 1 FROM batch AS corrected WHERE corrected.corrects = b.id AND corrected.state IN ('published', 'superseded')))))`;

/** Drops them. A table that is being read is left to the next run. */
export async function sweepTables(database: Database): Promise<void> {
  const { rows } = await database.owner.query<{ id: string }>(
    `SELECT made.id FROM (
       SELECT substr(relname, 3)::uuid AS id FROM pg_class
        WHERE relnamespace = 'rows'::regnamespace AND relkind = 'r' AND relname ~ '^b_[0-9a-f]{32}$') AS made
      WHERE NOT EXISTS (SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = made.id AND (${living}))`,
  );
  for (const { id } of rows) {
    try {
      await withTransaction(database.owner, async (transaction) => {
        await transaction.query("SET LOCAL lock_timeout = '2s'");
        if (!(await isLiving(transaction, id))) await dropBatch(transaction, id);
      });
    } catch (error) {
      if (!isRepeatable(error)) throw error;
    }
  }
}

/**
 * Runs with the batch's row locked, so that the batch cannot be committed again until then, nor its dataset put under legal hold. A batch
 * whose row was changed or deleted past the hub counts as living.
 */
async function isLiving(transaction: Reader, id: string): Promise<boolean> {
  const { rows: found } = await transaction.query<{ dataset: string }>(
    'SELECT dataset FROM batch WHERE id = $1 FOR UPDATE',
    [id],
  );
  // after the lock: no administrator can alter the row until the end of the transaction
  const [row] = await keyedRows(transaction, 'batch', [[id]]);
  if (row?.state !== (found[0] === undefined ? 'absent' : 'valid')) return true;
  if (found[0] !== undefined && !(await mayGo(transaction, found[0].dataset))) return true;
  const { rows } = await transaction.query(
    `SELECT 1 FROM batch AS b JOIN dataset AS d ON d.id = b.dataset WHERE b.id = $1 AND (${living})`,
    [id],
  );
  return rows.length > 0;
}

/* Rows of a batch that break a cross-field rule: no value leaves the database, only their number and places. */

/** Maximum number of rows whose places are returned. */
const reportedPlaces = 10;

const relations = { atLeast: '>=', atMost: '<=', sumOf: '=' } as const;

/**
 * The condition of a rule on the rows `b`.
 * @param columns of the rule, that of its `field` first
 * @param days whether they are days, which are stored as texts, or numbers
 */
export function relationOf(
  is: CrossRule['is'],
  columns: readonly Column[],
  days: boolean,
): { readonly filled: string; readonly holds: string } {
  const [value, ...others] = columns.map(({ name }) => (days ? `b.${name}` : `(b.${name})::text::numeric`));
  return {
    filled: columns.map(({ name }) => `b.${name} IS NOT NULL`).join(' AND '),
    holds: `${value ?? ''} ${relations[is]} ${others.join(' + ')}`,
  };
}

/**
 * Sums are exact, also for numbers stored as floats: each counts as the decimal that it was written as. A row in which one of the fields
 * is empty is skipped.
 * @param columns of the rule, that of its `field` first
 * @param days whether they are days, which are stored as texts, or numbers
 * @param but rows that are excluded
 */
export async function brokenRows(
  pool: Pool,
  batch: string,
  {
    is,
    columns,
    days,
  }: Pick<CrossRule, 'is'> & { readonly columns: readonly Column[]; readonly days: boolean },
  but: LeftOut,
): Promise<{ readonly compared: number; readonly broken: number; readonly places: readonly number[] }> {
  const { filled, holds } = relationOf(is, columns, days);
  const text = `
    WITH broken AS MATERIALIZED (SELECT b._row FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition} AND NOT (${holds}))
    SELECT (SELECT count(*) FROM ${batchTable(batch)} AS b WHERE ${filled}${but.condition})::text AS compared,
           (SELECT count(*) FROM broken)::text AS broken,
           ARRAY(SELECT r._row::text FROM broken AS r ORDER BY r._row LIMIT ${reportedPlaces}) AS places`;
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<{ compared: string; broken: string; places: string[] }>(transaction, text, [...but.values]),
  );
  const [found] = rows;
  if (found === undefined) throw new TypeError('counts are always answered');
  return {
    compared: Number(found.compared),
    broken: Number(found.broken),
    places: found.places.map(Number),
  };
}
