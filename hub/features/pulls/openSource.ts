/**
 * A department's own database, read by its pull: PostgreSQL or a database with its protocol, MySQL or MariaDB. All reads use one read-only
 * transaction with a consistent snapshot, so rows changed during the run are neither lost nor read twice.
 */
import { connectSource } from '../../../machine/sources/connect.ts';
import {
  answerBytes,
  rowsOf,
  SourceFault,
  rowsAtMark,
  statementOf,
  type Bind,
  type Cells,
  type SourceColumn,
  type SourceConnection,
  type SourceSystem,
  type Statement,
} from '../../../machine/sources/sqlSource.ts';
import { networkFault } from '../../../terms/faultWords.ts';
import { Problem } from '../../../terms/problem.ts';
import { usualOverlap, type PullDocument, type PullMark } from '../../domain/pull.ts';
import type { SourcePlace } from './sourcePlace.ts';

/** Rows of one page; each page is a separate statement. */
const pageRows = 2_000;

/** Start position of a run. */
export type From =
  | { readonly kind: 'start' }
  /** a little before the newest change of a run that read everything */
  | { readonly kind: 'since'; readonly mark: PullMark }
  /** directly after the last row of a run that did not */
  | { readonly kind: 'behind'; readonly mark: PullMark };

export interface SourcePage {
  /** one value for each column; null for a database NULL */
  readonly rows: readonly Cells[];
  /** position of its last row */
  readonly mark: PullMark;
}

export interface Source {
  /** names as in the query result */
  readonly columns: readonly string[];
  /** columns that define the reading order */
  readonly order: readonly string[];
  /** whether a row has NULL in one of them, and so would never be read */
  unfit(): Promise<boolean>;
  /** number of rows from there on */
  count(from: From): Promise<number>;
  /** whether there are rows after a mark */
  newer(mark: PullMark): Promise<boolean>;
  /** The rows in order, page by page. @throws Problem pull_key_unfit, pull_order_broken */
  pages(from: From): AsyncGenerator<SourcePage>;
  close(): Promise<void>;
}

type Reading = Pick<PullDocument, 'source' | 'query' | 'key' | 'changed' | 'overlap' | 'seconds'>;

/**
 * @throws Problem pull_source_unreachable, pull_source_refused, pull_source_slow, pull_source_failed, pull_page_too_large,
 *   pull_source_unasked, pull_role_writes, pull_invalid
 */
export async function openSource(reading: Reading, place: SourcePlace, password: string): Promise<Source> {
  const { seconds, source } = reading;
  const { host, port, database, user } = source;
  const translateFault = async <T>(requested: Promise<T>): Promise<T> => {
    try {
      return await requested;
    } catch (error) {
      throw error instanceof SourceFault ? sourceProblem(error, seconds) : error;
    }
  };
  const { tls, ca } = place;
  const system: SourceSystem = source.system ?? 'postgres';
  const address = { system, host, port, database, user, password, tls, ca };
  const connection = await translateFault(connectSource(address, seconds));
  try {
    // an account with write permission is too powerful, because its password is stored in two places
    if (await translateFault(connection.mayWrite())) throw new Problem('pull_role_writes', { user });
    const columns = await translateFault(connection.columns(reading.query));
    return { ...reader(reading, columns, connection, translateFault), close: () => connection.close() };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

type Reported = <T>(requested: Promise<T>) => Promise<T>;

function reader(
  { query, key, changed, overlap = usualOverlap }: Reading,
  columns: readonly SourceColumn[],
  connection: SourceConnection,
  reported: Reported,
): Omit<Source, 'close'> {
  const { dialect } = connection;
  const named = (name: string): SourceColumn => {
    const [column, ...others] = columns.filter((one) => one.name === name);
    if (column === undefined || others.length > 0) throw noColumn(name);
    return column;
  };
  const order = (changed === undefined ? key : [changed, ...key]).map(named);
  const names = order.map(({ name }) => name);
  const loose = order.find(({ ordered }) => !ordered);
  if (loose !== undefined) throw noOrder(loose.name);
  const before = changed === undefined ? undefined : named(changed).before;
  if (changed !== undefined && before === undefined) throw noTime(changed);
  const places = order.map(({ place }) => place).join(', ');
  const from = rowsOf(query);
  const ask = (maxRows: number, statement: () => Statement) =>
    reported((async () => connection.rows(statement(), maxRows))());
  const rows = (maxRows: number, make: (bind: Bind) => string) =>
    ask(maxRows, () => statementOf(dialect, make));
  /** Checks the rows at the last position, because a row between two pages would go unnoticed if the run ends early. @throws Problem */
  const leaveAt = async (mark: PullMark): Promise<void> => {
    const { length } = await ask(2, () => rowsAtMark(connection, query, order, mark));
    if (length === 0) throw new Problem('pull_order_broken', { counted: 1, read: 0 });
    if (length > 1) throw keyUnfit(names);
  };
  const beginning = (start: From, bind: Bind): string => {
    if (start.kind === 'start') return '1 = 1';
    if (start.kind === 'behind') return dialect.behind(order, start.mark, bind);
    return `${order[0]?.place ?? ''} >= ${before?.(start.mark[0] ?? '', overlap, bind) ?? ''}`;
  };
  const some = async (make: (bind: Bind) => string): Promise<boolean> =>
    (await rows(1, (bind) => `SELECT 1 ${from} WHERE ${make(bind)} LIMIT 1`)).length > 0;
  const read = [...columns.map((column) => column.read), ...order.map((column) => column.mark)].join(', ');

  return {
    columns: columns.map(({ name }) => name),
    order: names,
    unfit: () => some(() => order.map(({ empty }) => empty).join(' OR ')),
    count: async (start) => {
      const [row] = await rows(1, (bind) => `SELECT count(*) ${from} WHERE ${beginning(start, bind)}`);
      return Number(row?.[0]);
    },
    newer: (mark) => some((bind) => dialect.behind(order, mark, bind)),
    pages: async function* (start) {
      let next = start;
      let last: PullMark | undefined;
      for (;;) {
        const found = await rows(
          pageRows,
          (bind) =>
            `SELECT ${read} ${from} WHERE ${beginning(next, bind)} ORDER BY ${places} LIMIT ${pageRows}`,
        );
        for (const row of found) last = nextMark(row.slice(columns.length), last, names);
        if (last === undefined || found.length === 0) return;
        if (found.length === pageRows) await leaveAt(last);
        yield { rows: found.map((row) => row.slice(0, columns.length)), mark: last };
        if (found.length < pageRows) return;
        next = { kind: 'behind', mark: last };
      }
    },
  };
}

/**
 * Two rows with the same key could be split across a page boundary, and a row without a key would never be found again.
 * @throws Problem pull_key_unfit
 */
function nextMark(cells: Cells, last: PullMark | undefined, order: readonly string[]): PullMark {
  const mark = cells.filter((cell) => cell !== null);
  if (mark.length < cells.length || mark.every((cell, i) => cell === last?.[i])) throw keyUnfit(order);
  return mark;
}

const keyUnfit = (order: readonly string[]): Problem =>
  new Problem('pull_key_unfit', { key: order.join(' + ') });
const noColumn = (column: string): Problem =>
  new Problem('pull_invalid', {
    reason: { zh: `查询结果中没有唯一的列 ${column}`, en: `the query has not exactly one column ${column}` },
  });
const noOrder = (column: string): Problem =>
  new Problem('pull_invalid', {
    reason: {
      zh: `该数据库不能按 ${column} 的类型准确排序：用整数、定点数、文本、日期或二进制列`,
      en: `rows cannot be read in the exact order of ${column}: its type must be of whole or fixed-point numbers, texts, dates or bytes`,
    },
  });
const noTime = (column: string): Problem =>
  new Problem('pull_invalid', {
    reason: { zh: `${column} 不是日期或时间列`, en: `${column} is no column of dates or times` },
  });

/** The source's message is not repeated: it may contain values of rows. */
function sourceProblem(fault: SourceFault, seconds: number): Problem {
  const { kind, code } = fault;
  const because = { cause: fault };
  switch (kind) {
    case 'slow':
      return new Problem('pull_source_slow', { seconds }, because);
    case 'refused':
      return new Problem('pull_source_refused', {}, because);
    case 'large':
      return new Problem('pull_page_too_large', { limit: answerBytes }, because);
    case 'unasked':
      return new Problem('pull_source_unasked', {}, because);
    case 'failed':
    case 'letters':
      return new Problem('pull_source_failed', { sqlstate: code }, because);
    case 'unreachable': {
      const reason = networkFault(code) ?? { zh: '没有及时应答', en: 'there was no answer in time' };
      return new Problem('pull_source_unreachable', { reason }, because);
    }
  }
}
