/**
 * The latest row of each series, read by the index of the key: one step to the next series, one to its latest row. What a page costs depends
 * on the series that it passes, not on their rows.
 */
import type { RowCondition } from '../../../../policies/decision.ts';
import type { Column, Layout } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Series } from '../../../domain/timeField.ts';
import type { Statements } from '../../../platform/database/untilAborted.ts';
import { keyCasts } from './byKey.ts';
import { conditionSql } from './fetch.ts';
import type { FetchedRow, Position } from './fetchedRow.ts';
import { exactTypes, namesOf } from './tables.ts';

export interface LatestQuery {
  readonly table: SqlName;
  readonly layout: Layout;
  readonly series: Series;
  /** columns to read */
  readonly columns: readonly Column[];
  /** which rows exist for the caller: the latest among these is returned */
  readonly visible: readonly RowCondition[];
  /** the caller's own conditions: a latest row that does not satisfy them is left out */
  readonly asked: readonly RowCondition[];
  /** the last moment that counts, as it is written in a row */
  readonly until: string | undefined;
  /** the series that the page before ended with */
  readonly after: Position | undefined;
  /**
   * Set where the order of the key would disclose it: rows come in an order that follows from this text and discloses nothing, and all
   * series are found for each page.
   */
  readonly shuffledBy?: string | undefined;
  readonly limit: number;
}

/** Rows in the order of their series, or shuffled. */
export async function fetchLatest(pool: Statements, query: LatestQuery): Promise<readonly FetchedRow[]> {
  const { table, layout, series, columns, shuffledBy } = query;
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const keys = series.keys.map(({ name }) => name);
  const time = series.time.name;
  const sql = (condition: RowCondition): string => conditionSql(layout, condition, bind);
  const inSeries = [
    ...keys.map((name, i) => `${name} = s.s${i}`),
    ...query.visible.map(sql),
    ...(query.until === undefined ? [] : [`${time} <= ${bind(query.until)}`]),
  ];
  const lateral = `(SELECT * FROM ${table} ${where(inSeries)} ORDER BY ${time} DESC LIMIT 1)`;
  const place = shuffledBy === undefined ? undefined : placeSql(keys.length, bind(shuffledBy));
  const conditions = query.asked.map(sql);
  if (place !== undefined && query.after !== undefined)
    conditions.push(`${place} > ${bind(query.after.values[0])}`);
  const selected = [
    ...columns.map(({ name }) => `l.${name}`),
    ...(place === undefined ? series.keys.map(({ name }) => `l.${name}`) : [place]),
  ];
  // the recursion finds series in their order, one at a time: a sort would make it find all that remain
  const isNamed = namedSeries(series, query.asked) !== undefined;
  const order = place ?? (isNamed ? keys.map((_, i) => `s.s${i}`).join(', ') : undefined);
  const from = keys.length === 0 ? 'SELECT' : seriesSql(query, bind);
  const text = `WITH RECURSIVE s${keys.length === 0 ? '' : `(${keys.map((_, i) => `s${i}`).join(', ')})`} AS (${from})
     SELECT ${[...selected, 'l._row', 'l._subject'].map((name, i) => `${name} AS x${i}`).join(', ')}
       FROM s CROSS JOIN LATERAL ${lateral} AS l ${where(conditions)}
      ${order === undefined ? '' : `ORDER BY ${order}`} LIMIT ${bind(query.limit)}`;
  const name = namesOf(pool)(text);
  const { rows } = await pool.query<unknown[]>({
    text,
    values,
    rowMode: 'array',
    types: exactTypes,
    ...(name === undefined ? {} : { name }),
  });
  return rows.map((cells) => rowOf(cells, columns));
}

/** Whether a query passes more than so many series. */
export async function hasMoreSeries(
  pool: Statements,
  query: LatestQuery,
  maxSeries: number,
): Promise<boolean> {
  const { keys } = query.series;
  if (keys.length === 0) return maxSeries < 1;
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const from = seriesSql(query, bind);
  const text = `WITH RECURSIVE s(${keys.map((_, i) => `s${i}`).join(', ')}) AS (${from})
     SELECT EXISTS (SELECT FROM s OFFSET ${bind(maxSeries)}) AS more`;
  const { rows } = await pool.query<{ more: boolean }>(text, values);
  return rows[0]?.more === true;
}

/** The place of a series in a shuffled order. @param by name of the parameter with the text that shuffles */
const placeSql = (keys: number, by: string): string =>
  `encode(sha256(convert_to(${by}::text || ARRAY[${Array.from({ length: keys }, (_, i) => `s.s${i}::text`).join(', ')}]::text, 'UTF8')), 'hex') COLLATE "C"`;

/** The series of a page, one after the other, or those that the caller names. */
function seriesSql(
  { table, series, asked: requested, after, shuffledBy }: LatestQuery,
  bind: (value: unknown) => string,
): string {
  const keys = series.keys.map(({ name }) => name);
  const behind =
    after === undefined || shuffledBy !== undefined
      ? undefined
      : series.keys.map(({ kind }, i) => `${bind(String(after.values[i]))}::${keyCasts[kind]}`);
  const named = namedSeries(series, requested);
  const [only] = series.keys;
  if (named !== undefined && only !== undefined) {
    const list = `SELECT DISTINCT named FROM unnest(${bind(named.map(String))}::text[]) AS texts(text), LATERAL (SELECT text::${keyCasts[only.kind]}${only.kind === 'text' ? ' COLLATE "C"' : ''}) AS k(named)`;
    return behind === undefined ? list : `${list} WHERE named > ${behind.join(', ')}`;
  }
  const fixed = series.keys.findIndex((key) => isLoose(key) || equalTo(requested, key.field) === undefined);
  const prefix = series.keys
    .slice(0, fixed === -1 ? undefined : fixed)
    .map(
      ({ name, kind, field }) => `${name} = ${bind(String(equalTo(requested, field)))}::${keyCasts[kind]}`,
    );
  const next = (than: readonly string[] | undefined): string =>
    `SELECT ${keys.join(', ')} FROM ${table} ${where([
      ...prefix,
      ...(than === undefined ? [] : [`(${keys.join(', ')}) > (${than.join(', ')})`]),
    ])} ORDER BY ${keys.join(', ')} LIMIT 1`;
  return `(${next(behind)}) UNION ALL
     SELECT n.* FROM s CROSS JOIN LATERAL (${next(keys.map((_, i) => `s.s${i}`))}) AS n`;
}

/** Whether one value may be written in several ways, which are several series: none of them is named by the value. */
const isLoose = ({ decimal, moments }: Column): boolean => decimal || moments !== undefined;

/** The values that the caller names of a key of one column. */
function namedSeries({ keys }: Series, requested: readonly RowCondition[]): readonly unknown[] | undefined {
  const [only] = keys;
  if (only === undefined || keys.length > 1 || isLoose(only)) return undefined;
  const equal = equalTo(requested, only.field);
  if (equal !== undefined) return [equal];
  const found = requested.find(({ field, op }) => field === only.field && op === 'in');
  return found === undefined ? undefined : (found.value as readonly unknown[]);
}

const equalTo = (requested: readonly RowCondition[], name: string): unknown =>
  requested.find(({ field, op }) => field === name && op === 'eq')?.value;

const where = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

function rowOf(cells: readonly unknown[], columns: readonly Column[]): FetchedRow {
  const record: Record<string, unknown> = {};
  columns.forEach((column, i) => {
    const value = cells[i];
    if (value !== null || column.nullable) record[column.field] = value;
  });
  const subject = cells.at(-1);
  return {
    record,
    subject: subject instanceof Uint8Array ? subject : undefined,
    position: { values: cells.slice(columns.length, -2), row: 0 },
  };
}
