/**
 * A department's own database, read by its pull: PostgreSQL, or what speaks its protocol. Everything happens in one read-only transaction
 * that sees the database as it was when it began, so rows that change while they are read neither vanish nor come twice.
 */
import pg from 'pg';
import { networkFault } from '../../../terms/faultWords.ts';
import { Problem } from '../../../terms/problem.ts';
import { usualOverlap, type PullDocument, type PullMark } from '../../domain/pull.ts';
import { failureOf } from '../../store/database/failure.ts';
import type { SourcePlace } from './sourcePlace.ts';

/** Rows of one page: a statement of its own. */
const pageRows = 2_000;
/** ms until a connection must be there */
const patience = 10_000;
/** ms beyond the statement's own limit after which a source that says nothing is given up */
const grace = 5_000;
/** every value as the text that the database writes: dates and numbers are nobody's guess */
const asText = { getTypeParser: () => (text: string) => text };
/** types of a column that says when a row changed */
const times: ReadonlyMap<number, string> = new Map([
  [1082, 'date'],
  [1114, 'timestamp'],
  [1184, 'timestamptz'],
]);

/** Where a run begins to read. */
export type From =
  | { readonly kind: 'start' }
  /** a little before the newest change of a run that read everything */
  | { readonly kind: 'since'; readonly mark: PullMark }
  /** right behind the last row of one that did not */
  | { readonly kind: 'behind'; readonly mark: PullMark };

export interface SourcePage {
  /** as many as there are columns; null where the database has none */
  readonly rows: readonly (readonly (string | null)[])[];
  /** of its last row */
  readonly mark: PullMark;
}

export interface Source {
  /** names as the query gives them */
  readonly columns: readonly string[];
  /** columns by which rows are read in order */
  readonly order: readonly string[];
  /** whether a row has nothing in one of them, and so would never be read */
  unfit(): Promise<boolean>;
  /** rows from there on */
  count(from: From): Promise<number>;
  /** whether anything lies behind a mark */
  newer(mark: PullMark): Promise<boolean>;
  /** The rows in their order, page by page. @throws Problem pull_key_unfit */
  pages(from: From): AsyncGenerator<SourcePage>;
  close(): Promise<void>;
}

type Reading = Pick<PullDocument, 'source' | 'query' | 'key' | 'changed' | 'overlap' | 'seconds'>;

/**
 * @throws Problem pull_source_unreachable, pull_source_refused, pull_source_slow, pull_source_failed, pull_role_writes, pull_invalid
 */
export async function openSource(reading: Reading, place: SourcePlace, password: string): Promise<Source> {
  const { source, seconds } = reading;
  const client = new pg.Client({
    ...{ host: source.host, port: source.port, database: source.database, user: source.user, password },
    ssl: place.tls === 'off' ? false : { rejectUnauthorized: true, ...(place.ca && { ca: place.ca }) },
    connectionTimeoutMillis: patience,
    query_timeout: seconds * 1_000 + grace,
    application_name: 'datong pull',
  });
  client.on('error', () => undefined); // told by the query that finds it
  const close = (): Promise<void> => client.end().catch(() => undefined);
  const ask = async (text: string, values: readonly unknown[] = []) => {
    try {
      return await client.query<(string | null)[]>({
        ...{ text, values: [...values], rowMode: 'array', types: asText },
      });
    } catch (error) {
      throw sourceProblem(error, seconds);
    }
  };
  try {
    await client.connect().catch((error: unknown) => {
      throw sourceProblem(error, seconds);
    });
    await ask('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await ask(`SET LOCAL statement_timeout = ${seconds * 1_000}`);
    await ask("SET LOCAL DateStyle = 'ISO, YMD'");
    await ask("SET LOCAL TimeZone = 'Asia/Shanghai'");
    await refuseWriter(ask, source.user);
    const statements = await statementsOf(reading, ask);
    return { ...statements, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ask = (text: string, values?: readonly unknown[]) => Promise<pg.QueryArrayResult<(string | null)[]>>;

/** A login that may change something is one too powerful: its password lies in two places. @throws Problem pull_role_writes */
async function refuseWriter(ask: Ask, user: string): Promise<void> {
  const { rows } = await ask(
    `SELECT (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user) OR EXISTS (
       SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND (has_table_privilege(c.oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE')))`,
  );
  if (rows[0]?.[0] !== 'f') throw new Problem('pull_role_writes', { user });
}

async function statementsOf(
  { query, key, changed, overlap = usualOverlap }: Reading,
  ask: Ask,
): Promise<Omit<Source, 'close'>> {
  const rowsOf = `FROM (\n${query}\n) AS q`;
  const { fields } = await ask(`SELECT q.* ${rowsOf} LIMIT 0`);
  const columns = fields.map(({ name }) => name);
  const order = changed === undefined ? key : [changed, ...key];
  for (const name of order) if (columns.filter((one) => one === name).length !== 1) throw noColumn(name);
  const type = times.get(fields.find(({ name }) => name === changed)?.dataTypeID ?? 0);
  if (changed !== undefined && type === undefined) throw noTime(changed);
  const places = order.map((name) => `q.${quoted(name)}`);
  const tuple = `(${places.join(', ')})`;
  const behind = `${tuple} > (${places.map((_, i) => `$${i + 1}`).join(', ')})`;
  const since = `${places[0] ?? ''} >= $1::${type ?? 'text'} - interval '${overlap} seconds'`;
  const beginning = (from: From): readonly [string, readonly unknown[]] => {
    if (from.kind === 'start') return ['true', []];
    return from.kind === 'behind' ? [behind, from.mark] : [since, from.mark.slice(0, 1)];
  };

  return {
    columns,
    order,
    unfit: async () => {
      const empty = places.map((place) => `${place} IS NULL`).join(' OR ');
      const { rows } = await ask(`SELECT EXISTS (SELECT ${rowsOf} WHERE ${empty})`);
      return rows[0]?.[0] === 't';
    },
    count: async (from) => {
      const [where, values] = beginning(from);
      const { rows } = await ask(`SELECT count(*) ${rowsOf} WHERE ${where}`, values);
      return Number(rows[0]?.[0]);
    },
    newer: async (mark) => {
      const { rows } = await ask(`SELECT EXISTS (SELECT ${rowsOf} WHERE ${behind})`, mark);
      return rows[0]?.[0] === 't';
    },
    pages: async function* (from) {
      let [where, values] = beginning(from);
      let last: PullMark | undefined;
      for (;;) {
        const { rows } = await ask(
          `SELECT q.*, ${places.join(', ')} ${rowsOf} WHERE ${where} ORDER BY ${places.join(', ')} LIMIT ${pageRows}`,
          values,
        );
        for (const row of rows) last = nextMark(row.slice(columns.length), last, order);
        if (last === undefined || rows.length === 0) return;
        yield { rows: rows.map((row) => row.slice(0, columns.length)), mark: last };
        if (rows.length < pageRows) return;
        [where, values] = [behind, last];
      }
    },
  };
}

/** Two rows with one key could stand on both sides of a page's end, and one without would never be found again. @throws Problem pull_key_unfit */
function nextMark(
  cells: readonly (string | null)[],
  last: PullMark | undefined,
  order: readonly string[],
): PullMark {
  const mark = cells.filter((cell) => cell !== null);
  if (mark.length < cells.length || mark.every((cell, i) => cell === last?.[i]))
    throw new Problem('pull_key_unfit', { key: order.join(' + ') });
  return mark;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const noColumn = (column: string): Problem =>
  new Problem('pull_invalid', {
    reason: { zh: `查询结果中没有唯一的列 ${column}`, en: `the query has not exactly one column ${column}` },
  });
const noTime = (column: string): Problem =>
  new Problem('pull_invalid', {
    reason: { zh: `${column} 不是日期或时间列`, en: `${column} is no column of dates or times` },
  });

/** What a source says is not repeated: it may hold values of rows. */
function sourceProblem(error: unknown, seconds: number): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const failure = failureOf(error);
  if (failure === 'deadline') return new Problem('pull_source_slow', { seconds }, { cause: error });
  if (failure === 'refused' || code.startsWith('28'))
    return new Problem('pull_source_refused', {}, { cause: error });
  if (error instanceof Error && 'severity' in error && failure !== 'connection')
    return new Problem('pull_source_failed', { sqlstate: code }, { cause: error });
  const reason = networkFault(code) ?? { zh: '没有及时应答', en: 'there was no answer in time' };
  return new Problem('pull_source_unreachable', { reason }, { cause: error });
}
