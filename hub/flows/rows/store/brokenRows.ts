/** Rows of a batch that break a rule across their fields: no value leaves the database, only how many there are and where. */
import type { CrossRule } from '../../../domain/intakeRules.ts';
import { batchTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/longStatement.ts';
import type { LeftOut } from './leftOut.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

/** Rows whose places are told. */
const placesTold = 10;

const relations = { atLeast: '>=', atMost: '<=', sumOf: '=' } as const;

/**
 * What a rule asks of the rows `b`.
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
 * Sums are exact, also of numbers that are kept as floats: of each the decimal that it was written as counts. A row in which one of the fields is empty is left out.
 * @param columns of the rule, that of its `field` first
 * @param days whether they are days, which stand as texts, or numbers
 * @param but rows that are left out
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
           ARRAY(SELECT r._row::text FROM broken AS r ORDER BY r._row LIMIT ${placesTold}) AS places`;
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
