import type { RowCondition } from '../../../../policies/decision.ts';
import type { Column, Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { exactTypes } from './tables.ts';
import { comparable, conditionSql } from './fetch.ts';

export interface CountedGroup {
  /** dimension → value; a missing dimension was summed over */
  readonly key: Readonly<Record<string, string | number | boolean | null>>;
  /** persons, or rows where the data has no subjects */
  readonly count: number;
  /** by field */
  readonly sums: Readonly<Record<string, CountedSum>>;
}

export interface CountedSum {
  /** persons, or rows, that have a value */
  readonly contributors: number;
  /** decimal text, exact */
  readonly sum: string;
  /** the largest contribution of one person, or row: the sum of its absolute values */
  readonly largest: string;
  /** one person, or row, contributes more than half of the sum of all absolute values */
  readonly dominated: boolean;
}

/** By its shortest text, which is the value in JSON: the cast of a double itself has 15 digits. */
const numeric = (column: Column): string =>
  column.kind === 'number' ? `(${column.name}::text)::numeric` : `(${comparable(column)})::numeric`;

/** x0… = the dimensions, then which of them were summed over, the count, and for each sum its four columns. */
const numbered = (columns: readonly string[]): string =>
  columns.map((one, i) => `${one} AS x${i}`).join(', ');

/** In data without subjects, each row counts. */
function groupsOfRows(names: readonly string[], sums: readonly Column[], from: string): string {
  const selected = [
    ...names,
    `GROUPING(${names.join(', ')})::bigint`,
    'count(*)',
    ...sums.flatMap((column) => [
      `count(${column.name})`,
      `coalesce(sum(${numeric(column)}), 0)::text`,
      `coalesce(max(abs(${numeric(column)})), 0)::text`,
      `coalesce(2 * max(abs(${numeric(column)})) > sum(abs(${numeric(column)})), false)`,
    ]),
  ];
  return `SELECT ${numbered(selected)} FROM ${from} GROUP BY CUBE (${names.join(', ')}) HAVING count(*) > 0`;
}

/**
 * In data about persons, each person counts once in a group, however many rows they have in it: twelve months of one person are a group of
 * one. Rows without a subject count together as one person.
 */
function groupsOfSubjects(names: readonly string[], sums: readonly Column[], from: string): string {
  const ofSubject = [
    ...names,
    `GROUPING(${names.join(', ')})::bigint AS g`,
    ...sums.flatMap((column, i) => [
      `sum(${numeric(column)}) AS v${i}`,
      `sum(abs(${numeric(column)})) AS w${i}`,
    ]),
  ];
  const selected = [
    ...names,
    'g',
    'count(*)',
    ...sums.flatMap((_, i) => [
      `count(v${i})`,
      `coalesce(sum(v${i}), 0)::text`,
      `coalesce(max(w${i}), 0)::text`,
      `coalesce(2 * max(w${i}) > sum(w${i}), false)`,
    ]),
  ];
  const subjects = `SELECT ${ofSubject.join(', ')} FROM ${from} GROUP BY CUBE (${names.join(', ')}), _subject`;
  return `SELECT ${numbered(selected)} FROM (${subjects}) AS subjects GROUP BY ${[...names, 'g'].join(', ')}`;
}

/**
 * The persons of a batch, or its rows where it has no subjects, counted and summed by every set of dimensions at once (GROUP BY CUBE).
 * Groups without rows are omitted.
 * @param limit groups read at most: one more than may be returned, to detect that there are too many
 */
export async function countGroups(
  pool: Pool,
  query: {
    readonly table: SqlName;
    readonly layout: Layout;
    readonly dimensions: readonly Column[];
    readonly sums: readonly Column[];
    readonly conditions: readonly RowCondition[];
    readonly limit: number;
  },
): Promise<readonly CountedGroup[]> {
  const { dimensions, sums } = query;
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = query.conditions.map((condition) => conditionSql(query.layout, condition, bind));
  const names = dimensions.map(({ name }) => name);
  const from = `${query.table}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`;
  const grouped = query.layout.subject === undefined ? groupsOfRows : groupsOfSubjects;
  const text = `${grouped(names, sums, from)} LIMIT ${bind(query.limit)}`;
  const { rows } = await withTransaction(pool, (transaction) =>
    longStatement<never>(transaction, { text, values, rowMode: 'array', types: exactTypes }),
  );
  return (rows as readonly (readonly unknown[])[]).map((cells) => groupOf(cells, dimensions, sums));
}

function groupOf(
  cells: readonly unknown[],
  dimensions: readonly Column[],
  sums: readonly Column[],
): CountedGroup {
  const width = dimensions.length;
  const [summedOver, count] = [Number(cells[width]), Number(cells[width + 1])];
  const key = dimensions.flatMap(({ field }, i): [string, CountedGroup['key'][string]][] =>
    // the first dimension is the highest bit
    (summedOver >> (width - 1 - i)) % 2 === 1 ? [] : [[field, cells[i] as CountedGroup['key'][string]]],
  );
  return {
    key: Object.fromEntries(key),
    count,
    sums: Object.fromEntries(
      sums.map(({ field }, i): [string, CountedSum] => {
        const at = width + 2 + 4 * i;
        return [
          field,
          {
            contributors: Number(cells[at]),
            sum: String(cells[at + 1]),
            largest: String(cells[at + 2]),
            dominated: cells[at + 3] === true,
          },
        ];
      }),
    ),
  };
}
