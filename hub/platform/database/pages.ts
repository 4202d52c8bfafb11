/**
 * One page of a composed list: in an order that the caller chooses, in both directions, with a bounded count. A cursor names the row next
 * to the page. The row's place is read from the row, so a cursor is valid in every order of its list.
 */
import type { Knex } from 'knex';
import type { QueryResultRow } from 'pg';
import type { Reader, Statement } from './reader.ts';
import { limitedSealedRows } from './authenticated/sealedRows.ts';
import { isSealed, type SealedName } from './authenticated/rules.ts';
import { composer, newestOf, rowsOf, statementOf, type Page, type Part } from './values.ts';

/** Maximum number of rows that a list counts: a count of all rows would scan tables of millions. */
const maxCounted = 1_000;

/** Rows that are read to count a list: one more shows that there are more. */
export const readForTotal = maxCounted + 1;

export interface OrderedPage extends Page {
  /** the page ends before the row of `after` instead of beginning after it */
  readonly isBackwards?: boolean;
  /** a name of the list's orders, descending with `-` in front; undefined: the usual order */
  readonly sort?: string | undefined;
  /** the rows of the list are counted */
  readonly isCounted?: boolean;
}

/** Orders of a list. A list that is continued at a row that was removed, or is not seen any more, has no further rows. */
export interface ListOrder {
  readonly table: string;
  /** name of the table in the query, where it has another */
  readonly alias?: string;
  /** condition of the rows of the list, such as the newest revisions only. @param row alias of the row */
  readonly only?: (row: string) => string;
  /** columns that identify a row among them, in the order of the parts of its cursor */
  readonly id: readonly string[];
  /** by name: SQL expressions of a row that precede its id, none of them null. @param row alias of the row */
  readonly sorts: Readonly<Record<string, (row: string) => readonly string[]>>;
  /** the order without `sort` */
  readonly usual: string;
  /**
   * The parts of a cursor, separated by `~`, are the values of its only order: for rows that change their place, such as an answered duty.
   */
  readonly hasValues?: true;
  /**
   * Rows that were changed past the hub stay on the page: the list marks them, or each use of a row is checked (a comparison of rows with
   * documents of up to megabytes would read all of these).
   */
  readonly showsAltered?: true;
}

export interface ComposedList {
  /** SQL of the columns of a row */
  readonly columns: string;
  /** SQL after FROM; absent: the table */
  readonly from?: string;
  readonly order: ListOrder;
  /** adds the condition of what the caller may see; it holds for the row of a cursor too, whose place would reveal its values */
  readonly permit?: (rows: Knex.QueryBuilder) => void;
  /** adds the filters */
  readonly narrow?: (rows: Knex.QueryBuilder) => void;
  /** only rows that involve one of these departments; the list is then ordered by id, and has no other order */
  readonly reach?: { readonly parts: readonly Part[]; readonly departments: readonly string[] } | undefined;
}

/** Rows of a page in the direction of reading, and the number of rows of the list where it was requested. */
export interface PageRows<R> {
  readonly rows: readonly R[];
  readonly total?: ListTotal;
}

export interface ListTotal {
  readonly count: number;
  /** the list has more rows than were counted */
  readonly more: boolean;
}

/**
 * Chinese text in the order of its sounds, as in GB 18030 for the characters of level one; rare characters follow.
 * @param column as SQL
 */
export const bySound = (column: string): string => `convert_to(${column}, 'GB18030')`;

/** Names of departments in the order of their sounds, '' without one. @param column code of a department, as SQL */
export const byDepartment = (column: string): string =>
  `coalesce((SELECT ${bySound('named.name_zh')} FROM department AS named WHERE named.code = ${column}), '')`;

/** Of a list that is ordered by what identifies its rows. */
export const itself = (): readonly string[] => [];

/**
 * The rows of a page. Of a page that is read backwards, the last row comes first. A row that was changed past the hub is not on it.
 * @throws Problem rows_unauthenticated where thousands of such rows precede
 */
export async function pageRows<S extends QueryResultRow, R>(
  reader: Reader,
  list: ComposedList,
  page: OrderedPage,
  read: (stored: S) => R,
): Promise<PageRows<R>> {
  const { order, reach } = list;
  const { table, alias = table } = order;
  const { maxRows, isCounted = false } = page;
  const { columns, place, isDescending } = placeIn(list, page);
  const direction = isDescending ? 'desc' : 'asc';
  const checked = checkedSource(list);
  const stored =
    checked === undefined
      ? await rowsOf<S>(reader, found(maxRows))
      : await limitedSealedRows<S>(reader, checked, (limit) => statementOf(found(limit)), maxRows);
  const rows = stored.map(read);
  return isCounted ? { rows, total: await totalOf(reader, list) } : { rows };

  function found(limit: number): Knex.QueryBuilder {
    const rows = composer.select(composer.raw(list.columns)).from(sourceOf(list));
    if (reach === undefined) within(rows);
    else
      rows.whereIn(
        `${alias}.${order.id[0] ?? ''}`,
        newestOf(reach.parts, reach.departments, limit, within, direction),
      );
    return rows.orderByRaw(columns.map((column) => `${column} ${direction}`).join(', ')).limit(limit);
  }

  function within(rows: Knex.QueryBuilder): void {
    narrowIn(list)(rows);
    if (place !== undefined)
      rows.whereRaw(`(${columns.join(', ')}) ${isDescending ? '<' : '>'} (?)`, [place as never]);
  }
}

/** The table and its alias, where the list leaves out rows that were changed past the hub. */
const checkedSource = ({
  order: { table, alias = table, showsAltered },
}: ComposedList): readonly [name: SealedName, alias: string] | undefined =>
  isSealed(table) && showsAltered === undefined ? [table, alias] : undefined;

/** The filters, and the conditions of every row. */
const narrowIn =
  (list: ComposedList) =>
  (rows: Knex.QueryBuilder): void => {
    permittedIn(list)(rows);
    list.narrow?.(rows);
  };

const permittedIn =
  ({ order: { table, alias = table, only }, permit }: ComposedList) =>
  (rows: Knex.QueryBuilder): void => {
    if (only !== undefined) rows.whereRaw(only(alias));
    permit?.(rows);
  };

const sourceOf = ({ order: { table }, from = table }: ComposedList): Knex.Raw => composer.raw(from);

/** Columns of the order, and the values of the row of the cursor in them, as SQL. */
function placeIn(
  list: ComposedList,
  { after, isBackwards = false, sort = list.order.usual }: OrderedPage,
): {
  readonly columns: readonly string[];
  readonly place: Knex.Raw | Knex.QueryBuilder | undefined;
  readonly isDescending: boolean;
} {
  const { table, alias = table, id, sorts, hasValues = false } = list.order;
  const by = sorts[sort.replace(/^-/, '')];
  if (by === undefined) throw new TypeError(`${table} has no order ${sort}`);
  const isDescending = sort.startsWith('-') !== isBackwards;
  const key = id.map((column) => `${alias}.${column}`);
  const columns = [...by(alias), ...key];
  if (after === undefined) return { columns, place: undefined, isDescending };
  const parts = hasValues ? after.split('~') : id.length === 1 ? [after] : after.split('@');
  const values = parts.map(() => '?').join(', ');
  if (hasValues || columns.length === key.length)
    return { columns, place: composer.raw(values, parts), isDescending };
  const row = composer
    .select(composer.raw(columns.join(', ')))
    .from(sourceOf(list))
    .whereRaw(`(${key.join(', ')}) = (${values})`, parts);
  permittedIn(list)(row);
  return { columns, place: row, isDescending };
}

/** Like the page, it leaves out rows that were changed past the hub. */
async function totalOf(reader: Reader, list: ComposedList): Promise<ListTotal> {
  const { order, reach } = list;
  const { table, alias = table } = order;
  const narrow = narrowIn(list);
  const counted = (limit: number): Knex.QueryBuilder => {
    const rows = composer.select(composer.raw('1')).from(sourceOf(list));
    if (reach === undefined) narrow(rows);
    else
      rows.whereIn(
        `${alias}.${order.id[0] ?? ''}`,
        newestOf(reach.parts, reach.departments, limit, narrow, 'desc'),
      );
    return rows.limit(limit);
  };
  const checked = checkedSource(list);
  if (checked === undefined) return totalFrom(await countUpTo(reader, counted(readForTotal), readForTotal));
  const statement = (limit: number): Statement => statementOf(counted(limit));
  return totalFrom((await limitedSealedRows(reader, checked, statement, readForTotal)).length);
}

/** The number of rows of a query, at most `maxCount`. */
export async function countUpTo(reader: Reader, rows: Knex.QueryBuilder, maxCount: number): Promise<number> {
  const counted = composer
    .select(composer.raw('count(*)::integer AS count'))
    .from(rows.limit(maxCount).as('counted'));
  const [row] = await rowsOf<{ readonly count: number }>(reader, counted);
  return row?.count ?? 0;
}

/** @param read number of rows of the list, counted up to `readForTotal` */
export const totalFrom = (read: number): ListTotal => ({
  count: Math.min(read, maxCounted),
  more: read > maxCounted,
});

/** In the order of code points, as the database orders text. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/**
 * A page of rows in memory that are already in the order of the list.
 * @param compare position of a row relative to the row of a cursor
 */
export function pageOfRows<R>(
  all: readonly R[],
  { after, maxRows, isBackwards = false, isCounted = false }: OrderedPage,
  compare: (row: R, after: string) => number,
): PageRows<R> {
  const beyond = isBackwards ? -1 : 1;
  const rest = after === undefined ? all : all.filter((row) => Math.sign(compare(row, after)) === beyond);
  const rows = isBackwards ? rest.toReversed().slice(0, maxRows) : rest.slice(0, maxRows);
  return isCounted ? { rows, total: { count: all.length, more: false } } : { rows };
}
