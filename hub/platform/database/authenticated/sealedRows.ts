import type { QueryResultRow } from 'pg';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader, Statement } from '../reader.ts';
import { sealingOf, type Checked } from './rowSealing.ts';
import type { SealedName } from './rules.ts';
import { sealOf } from './statements.ts';

/** A sealed table; with its alias where the statement gives it one. */
type SealedSource = SealedName | readonly [name: SealedName, alias: string];

const partsOf = (source: SealedSource): readonly [table: SealedName, alias: string] =>
  typeof source === 'string' ? [source, source] : source;

/**
 * Rows of a sealed table without those that have no valid seal, and without those to which an index led although they do not meet the
 * conditions: every decision treats such rows as absent. The seal is checked over the content that the same statement read. For a limited number of rows see `firstSealedRows`.
 * @param text begins with SELECT, and has no LIMIT: rows without a valid seal would use it up
 */
export const sealedRows = async <R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  text: string,
  values?: unknown[],
): Promise<R[]> => (await checkedRows<R>(reader, source, text, values)).rows;

/** As `sealedRows`, but fails where a row has no valid seal or does not meet the conditions. @throws Problem rows_unauthenticated */
export async function allSealedRows<R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  text: string,
  values?: unknown[],
): Promise<R[]> {
  const { rows, count } = await checkedRows<R>(reader, source, text, values);
  if (rows.length < count) throw new Problem('rows_unauthenticated', { table: partsOf(source)[0] });
  return rows;
}

/** The first of these rows, where the conditions lead to one at most. */
export const sealedRow = async <R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  text: string,
  values?: unknown[],
): Promise<R | undefined> => (await checkedRows<R>(reader, source, text, values)).rows[0];

/** maximum number of rows without a valid seal that are passed over */
const maxPassed = 20_000;

/**
 * The first rows of a sealed table that have a valid seal. Other rows do not count: more rows are read in their place, so that rows that
 * were written past the hub hide no genuine one.
 * @param text begins with SELECT, ends with its ORDER BY, and has no LIMIT
 * @param failures of a job: receives a problem where rows without a valid seal were left out
 * @throws Problem rows_unauthenticated where more than 20,000 rows without a valid seal precede
 */
export async function firstSealedRows<R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  text: string,
  values: readonly unknown[],
  maxRows: number,
  failures: unknown[] = [],
): Promise<R[]> {
  const altered = new Problem('rows_unauthenticated', { table: partsOf(source)[0] });
  // a further portion by OFFSET would miss rows if earlier rows were deleted since the portion before
  for (let limit = maxRows; ; limit = Math.min(maxRows + limit * 10, maxRows + maxPassed + 1)) {
    const { rows, count } = await checkedRows<R>(reader, source, `${text} LIMIT ${limit}`, [...values]);
    if (rows.length < maxRows && count - rows.length > maxPassed) throw altered;
    if (rows.length < maxRows && count === limit) continue;
    if (count > rows.length) failures.push(altered);
    return rows.slice(0, maxRows);
  }
}

/**
 * The same for a statement that has its own limit, inside or outside its subqueries: it is run again with a larger one where rows without a
 * valid seal were among its rows.
 * @param statement for a limit; it begins with SELECT
 * @throws Problem rows_unauthenticated where more than 20,000 rows without a valid seal precede
 */
export async function limitedSealedRows<R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  statement: (limit: number) => Statement,
  maxRows: number,
): Promise<R[]> {
  for (let limit = maxRows; ; limit = maxRows + limit * 10) {
    const { text, values } = statement(limit);
    const { rows, count } = await checkedRows<R>(reader, source, text, [...values]);
    if (count - rows.length > maxPassed)
      throw new Problem('rows_unauthenticated', { table: partsOf(source)[0] });
    if (rows.length >= maxRows || count < limit) return rows.slice(0, maxRows);
  }
}

/** @returns the rows with a valid seal, and the number of rows that were read */
async function checkedRows<R extends QueryResultRow>(
  reader: Reader,
  source: SealedSource,
  text: string,
  values: unknown[] | undefined,
): Promise<{ readonly rows: R[]; readonly count: number }> {
  const sealing = sealingOf(reader);
  if (sealing?.isActive !== true) {
    const { rows } = await reader.query<R>(text, values);
    return { rows, count: rows.length };
  }
  const [table, alias] = partsOf(source);
  const sealed = text.replace(
    /^\s*SELECT\s/i,
    () => `SELECT ${sealOf(table, alias)}, ${sealing.conditionsOf(text)} AS met, `,
  );
  const { rows } = await reader.query<R & Checked>(sealed, values);
  return { rows: sealing.authentic(table, rows) as unknown as R[], count: rows.length };
}
