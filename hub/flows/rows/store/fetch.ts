/** Fetches stored rows, with every condition pushed into SQL. Used only by the release flow. */
import type { Statements } from '../../../platform/database/untilAborted.ts';
import type { RowCondition } from '../../../../policies/decision.ts';
import { namesOf, exactTexts, exactTypes } from './tables.ts';
import type { FetchedRow, Position } from './fetchedRow.ts';
import { type Column, type Layout, layoutOf } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { momentSql } from './moments.ts';
import { instantNamed } from '../../../../terms/moment.ts';
import type { Region } from '../../../../schemas/places/within.ts';
import { isCrowded, regionSql } from './places.ts';
import { byColumn, ColumnPage, minByColumn } from './rowsByColumn.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';

export type { FetchedRow, Position } from './fetchedRow.ts';

export interface SortTerm {
  readonly column: Column;
  readonly descending: boolean;
}

export interface RowQuery {
  readonly table: SqlName;
  readonly layout: Layout;
  /** columns to read, in the order of the records */
  readonly columns: readonly Column[];
  /** ANDed; fields exist and values have the column's type (conditionFits) */
  readonly conditions: readonly RowCondition[];
  /** values of the whole primary key, as rows hold them. Conditions compare decimals as numbers, but `1.0` and `1.00` are two keys */
  readonly rowKey?: Readonly<Record<string, unknown>>;
  readonly sort: readonly SortTerm[];
  readonly after: Position | undefined;
  readonly limit: number;
  /** for snapshot datasets: the dataset whose pointer must still refer to this batch when the rows are read */
  readonly dataset: string | undefined;
}

export interface Fetched {
  readonly rows: readonly FetchedRow[];
  /** the same rows by column, where a page of many rows was requested */
  readonly page?: ColumnPage;
  /** the dataset's current batch as read by the same statement; undefined where it was not requested */
  readonly current: string | null | undefined;
}

/** Whether a value can be compared with a column: its JSON type is the column's. */
export function valueFits(column: Column, value: unknown): boolean {
  switch (column.kind) {
    case 'text':
      return (
        typeof value === 'string' &&
        value.isWellFormed() &&
        !value.includes('\0') &&
        (column.moments === undefined || instantNamed(value) !== undefined) &&
        (!column.decimal || /^-?\d{1,30}(\.\d{1,30})?$/.test(value))
      );
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'json':
      return false;
  }
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const arrays: Readonly<Record<Column['kind'], string>> = {
  text: 'text[]',
  integer: 'bigint[]',
  number: 'double precision[]',
  boolean: 'boolean[]',
  json: 'text[]',
};

/** The SQL expression as which a column's value is compared. */
export const comparable = (column: Column): string =>
  column.decimal ? `(${column.name})::numeric` : column.name;

/** Whether a table still exists: a batch's table is dropped once no reader needs it. */
export async function isTable(pool: Statements, table: SqlName): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    table,
  ]);
  return rows[0]?.there === true;
}

/** Rows that satisfy every condition. Two queries of the same shape have the same text, so PostgreSQL plans them once. */
export async function fetchRows(pool: Statements, query: RowQuery): Promise<Fetched> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const crowded = await crowdedRegions(pool, query);
  const where = [
    ...query.conditions.map((condition) =>
      conditionSql(query.layout, condition, bind, !crowded.has(condition)),
    ),
  ];
  const { rowKey } = query;
  if (rowKey !== undefined)
    where.push(...query.layout.key.map(({ name, field }) => `${name} = ${bind(rowKey[field])}`));
  if (query.after !== undefined) where.push(afterSql(query.sort, query.after, bind));
  const selected = [
    ...query.columns.map((column) => column.name),
    ...query.sort.map((term) => term.column.name),
    '_row',
    '_subject',
  ];
  const order = [
    ...query.sort.map((term) => `${comparable(term.column)} ${term.descending ? 'DESC' : 'ASC'} NULLS LAST`),
    '_row',
  ];
  let text = `SELECT ${selected.map((name, i) => `${name} AS x${i}`).join(', ')} FROM ${query.table}${
    where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''
  } ORDER BY ${order.join(', ')} LIMIT ${bind(query.limit)}`;
  const many = query.limit >= minByColumn;
  if (many) text = byColumn(text, selected.length - 2);
  if (query.dataset !== undefined) {
    text = `SELECT pointer.current_batch, found.* FROM (SELECT current_batch FROM dataset WHERE id = ${bind(query.dataset)}) AS pointer LEFT JOIN LATERAL (${text}) AS found ON true`;
  }
  const name = namesOf(pool)(text);
  const result = await pool.query<unknown[]>({
    text,
    values,
    rowMode: 'array',
    types: many ? exactTexts : exactTypes,
    ...(name === undefined ? {} : { name }),
  });
  return many ? fetchedByColumn(query, result.rows) : fetched(query, result.rows);
}

/** Conditions `within` that are found sooner without their index. */
async function crowdedRegions(
  pool: Statements,
  { table, layout, conditions }: RowQuery,
): Promise<ReadonlySet<RowCondition>> {
  const crowded = new Set<RowCondition>();
  for (const condition of conditions) {
    const column = condition.op === 'within' ? layout.byField.get(condition.field) : undefined;
    if (column !== undefined && (await isCrowded(pool, table, column, condition.value as Region)))
      crowded.add(condition);
  }
  return crowded;
}

function fetchedByColumn(query: RowQuery, [found]: readonly unknown[][]): Fetched {
  const pointed = query.dataset !== undefined;
  const cells = pointed ? found?.slice(1) : found;
  const page = ColumnPage.of(query.columns, query.sort.length, cells ?? []);
  return new FetchedPage(page, pointed ? currentOf(found) : undefined);
}

/** Creates its rows on demand. */
class FetchedPage implements Fetched {
  readonly page: ColumnPage;
  readonly current: string | null | undefined;

  constructor(page: ColumnPage, current: string | null | undefined) {
    this.page = page;
    this.current = current;
  }

  get rows(): readonly FetchedRow[] {
    return this.page.rows;
  }
}

/** The dataset's current batch, the first cell of the first row. */
const currentOf = (found: readonly unknown[] | undefined): string | null =>
  typeof found?.[0] === 'string' ? found[0] : null;

function fetched(query: RowQuery, found: readonly unknown[][]): Fetched {
  const pointed = query.dataset !== undefined;
  const first = pointed ? 1 : 0;
  const width = query.columns.length;
  const rowAt = first + width + query.sort.length;
  const rows: FetchedRow[] = [];
  for (const cells of found) {
    const row = cells[rowAt];
    if (typeof row !== 'number') continue; // the pointer's row where no row was found
    const record: Record<string, unknown> = {};
    query.columns.forEach((column, i) => {
      const value = cells[first + i];
      if (value !== null || column.nullable) record[column.field] = value;
    });
    const subject = cells[rowAt + 1];
    rows.push({
      record,
      subject: subject instanceof Uint8Array ? subject : undefined,
      position: { values: cells.slice(first + width, rowAt), row },
    });
  }
  return { rows, current: pointed ? currentOf(found[0]) : undefined };
}

type Bind = (value: unknown) => string;

/** A condition as a term of a WHERE clause; its values go through `bind`. @param indexed of a place: see regionSql */
export function conditionSql(layout: Layout, condition: RowCondition, bind: Bind, indexed = true): string {
  const column = layout.byField.get(condition.field);
  if (column === undefined) throw new TypeError('a condition names a field that the layout does not have');
  if (column.moments !== undefined) return momentSql(column, condition, bind);
  const left = comparable(column);
  const cast = column.decimal ? '::numeric' : '';
  switch (condition.op) {
    case 'eq':
      // a list has the value among its items (indexes.ts indexes them)
      if (column.kind === 'json')
        return `(${column.name}::jsonb) @> to_jsonb(${bind(condition.value)}::text)`;
      return `${left} = ${bind(condition.value)}${cast}`;
    case 'in':
      return `${left} = ANY(${bind(condition.value)}::${column.decimal ? 'numeric[]' : arrays[column.kind]})`;
    case 'range': {
      const bounds = condition.value as Readonly<Record<string, unknown>>;
      const parts = Object.entries(comparisons).flatMap(([bound, sign]) =>
        bounds[bound] === undefined ? [] : [`${left} ${sign} ${bind(bounds[bound])}${cast}`],
      );
      return parts.length === 0 ? 'true' : `(${parts.join(' AND ')})`;
    }
    case 'within':
      return regionSql(column, condition.value as Region, bind, indexed);
  }
}

/** All rows after a position in the order of the sort terms (NULLS LAST), then of `_row`. */
function afterSql(sort: readonly SortTerm[], after: Position, bind: Bind): string {
  let rest = `_row > ${bind(after.row)}`;
  for (const [i, term] of [...sort.entries()].reverse()) {
    const left = comparable(term.column);
    const value = after.values[i] ?? null;
    if (value === null) {
      rest = `(${left} IS NULL AND ${rest})`;
    } else {
      const right = `${bind(value)}${term.column.decimal ? '::numeric' : ''}`;
      const beyond = `${left} ${term.descending ? '<' : '>'} ${right}`;
      rest = `(${beyond} OR ${left} IS NULL OR (${left} = ${right} AND ${rest}))`;
    }
  }
  return rest;
}

/** Rows of a batch that a query on it excludes: those that only delete stored rows. */
export interface LeftOut {
  /** on the rows `b`, with the values as $1; empty where none are excluded */
  readonly condition: string;
  readonly values: readonly (readonly string[])[];
}

interface Deleting {
  readonly deleteWhere?: DeleteWhere | undefined;
}

/** @param row alias of the row */
export function leftOut({ deleteWhere }: Deleting, schema: DatasetSchema, row = 'b'): LeftOut {
  const column: Column | undefined = layoutOf(schema).byField.get(deleteWhere?.field ?? '');
  if (deleteWhere === undefined || column === undefined) return { condition: '', values: [] };
  return {
    condition: ` AND (${row}.${column.name}::text = ANY($1)) IS NOT TRUE`,
    values: [[...deleteWhere.is]],
  };
}

/** A condition on a stored row `o`: no row of `gone` deletes it. The values are those of `leftOut`. @param gone place of a query */
export function notDeletedBy({ deleteWhere }: Deleting, schema: DatasetSchema, gone: string): string {
  const { byField, key } = layoutOf(schema);
  const column = byField.get(deleteWhere?.field ?? '');
  if (column === undefined) return '';
  const same = key.map(({ name }) => `gone.${name} = o.${name}`).join(' AND ');
  return ` AND NOT EXISTS (SELECT FROM ${gone} AS gone WHERE gone.${column.name}::text = ANY($1) AND ${same})`;
}
