/**
 * Returns values in the text form of PostgreSQL. A Date would lose microseconds and the offset, a number would lose digits: dates, times,
 * intervals, bigint and numeric remain strings.
 */
import pg, { type QueryResultRow } from 'pg';
import knexOf, { type Knex } from 'knex';
import type { SoughtWord } from '../../domain/soughtWords.ts';
import type { Reader, Statement } from './reader.ts';

/*
 * Queries whose shape depends on the request are composed with knex, which only compiles them: it has no connection and no transaction.
 * They run like every other statement.
 */

/** Composes a query for PostgreSQL. */
export const composer: Knex = knexOf({ client: 'pg' });

/** The rows of a composed query. */
export async function rowsOf<R extends QueryResultRow>(
  reader: Reader,
  query: Knex.QueryBuilder,
): Promise<R[]> {
  const { text, values } = statementOf(query);
  return (await reader.query<R>(text, [...values])).rows;
}

/** A composed query as the driver takes it. */
export function statementOf(query: Knex.QueryBuilder): Statement {
  const { sql, bindings } = query.toSQL().toNative();
  return { text: sql, values: bindings };
}

/** Narrows a query to rows with these values; a column whose value is undefined is not compared. */
export function narrowed(
  query: Knex.QueryBuilder,
  values: Readonly<Record<string, string | undefined>>,
): Knex.QueryBuilder {
  for (const [column, value] of Object.entries(values)) if (value !== undefined) query.where(column, value);
  return query;
}

/** Where a word of a search is looked for: SQL expressions of this module, never of a caller. */
export interface SearchedText {
  /** text of the row, as SQL */
  readonly text: string;
  /** columns that name a department */
  readonly departments: readonly string[];
}

/** Narrows a query to rows that have each word in their text, or name a department that the word is about. */
export function containing(
  query: Knex.QueryBuilder,
  { text, departments }: SearchedText,
  words: readonly SoughtWord[],
): void {
  const named = departments.map((column) => ` OR ${column} = ANY (?::text[])`).join('');
  for (const { word, departments: codes } of words)
    query.whereRaw(`(strpos(lower(${text}), ?) > 0${named})`, [word, ...departments.map(() => [...codes])]);
}

const asText = new Set<number>([
  20, // int8
  1082, // date
  1083, // time
  1114, // timestamp
  1115, // timestamp[]
  1182, // date[]
  1184, // timestamptz
  1185, // timestamptz[]
  1186, // interval
  1231, // numeric[]
  1266, // timetz
  1700, // numeric
]);

const keep = (value: string): string => value;

export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser: (type, format): unknown =>
    asText.has(type) && format !== 'binary' ? keep : (pg.types.getTypeParser(type, format) as unknown),
};

/* Times cross the database boundary as Unix milliseconds. */

/** Selects a timestamptz column as text of Unix milliseconds, null stays null. */
export const momentOf = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::bigint::text`;

/** A parameter of Unix milliseconds as timestamptz. */
export const momentAt = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

/** The number that `momentOf` selected. */
export const readMoment = (text: string): number => Number(text);

export const readMomentOrNull = (text: string | null): number | null => (text === null ? null : Number(text));

/** One page of a list that is ordered by the rows' key: at most this many rows after a key. */
export interface Page {
  /** key of the last row of the previous page; undefined for the first page */
  readonly after: string | undefined;
  readonly maxRows: number;
}

/** Before every id that is a UUID: the key after which the first page begins. */
export const beforeEveryUuid = '00000000-0000-0000-0000-000000000000';

/*
 * Finds the newest rows that involve a department. With one condition («consumer or provider is one of these»), the database scans all
 * rows from the newest on. It reads a million before it finds fifty of a department whose rows are few and old.
 */

/** Where a row may name a department. */
export interface Part {
  /** the source, as it follows FROM */
  readonly from: string;
  /** names the department; with `id` in an index, in this order */
  readonly column: string;
  /** the row's key, which also orders rows by age */
  readonly id: string;
}

/**
 * Ids of the newest rows of each department and part. Each is found from the end of its range of an index, independent of the others.
 * @param narrow adds the other conditions to the query of each part
 * @param direction `asc`: the oldest instead
 * @returns for `whereIn`: at most `maxRows` for each department and part, so that the newest `maxRows` of all are among them
 */
export function newestOf(
  parts: readonly Part[],
  departments: readonly string[],
  maxRows: number,
  narrow: (query: Knex.QueryBuilder) => void,
  direction: 'asc' | 'desc' = 'desc',
): Knex.QueryBuilder {
  const each = parts.map(({ from, column, id }) => {
    const query = composer
      .select(composer.raw(`${id} AS id`))
      .from(composer.raw(from))
      .whereRaw(`${column} = one.department`);
    narrow(query);
    return composer.select('*').from(query.orderBy(id, direction).limit(maxRows).as('newest'));
  });
  return composer
    .select('found.id')
    .from(composer.raw('unnest(?::text[]) AS one (department)', [[...departments]]))
    .joinRaw('CROSS JOIN LATERAL (?) AS found', [composer.unionAll(each) as never]);
}
