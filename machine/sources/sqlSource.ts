/**
 * A department's own database as pulls and connectors read it: what its systems have in common. A query stands in a document; whatever is
 * asked of it goes around it, values bound and nothing else, in a session that can only read.
 */

export type SourceSystem = 'postgres' | 'mysql';

export interface SourceAddress {
  /** a name, an address, or the folder (PostgreSQL) or file (MySQL) of a socket */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: 'verify' | 'off';
  /** PEM of the authority that its certificate comes from; absent: those that the machine knows */
  readonly ca?: string | undefined;
}

/** where each listens unless it is told otherwise */
export const usualPorts = { postgres: 5432, mysql: 3306 } as const;

/** of a row; null where the database has none, everything else the text that the database writes */
export type Cells = readonly (string | null)[];

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Takes a value of a statement. @returns what stands in its place */
export type Bind = (value: unknown) => string;

export interface SourceColumn {
  readonly name: string;
  /** in conditions and orders */
  readonly place: string;
  /** the same for texts of letters that its own encoding lacks: slower, as no index serves it */
  readonly wide: string;
  /** in a list of what is read */
  readonly read: string;
  /** the place of a row in this column's order, as text; null where it has none */
  readonly mark: string;
  /** whether the database keeps its order and its comparisons alike, and tells its values exactly: else pages cannot follow it */
  readonly ordered: boolean;
  /** a condition: nothing stands in it */
  readonly empty: string;
  /** how its values compare by themselves */
  readonly sort: 'number' | 'float' | 'other';
  /** the text that is read of it, to be compared by its bytes: slower, as no index serves it */
  readonly bytes: string;
  /** a value to compare it with, as wide as the value itself; undefined where no value of the column is it */
  readonly bound: (value: unknown, bind: Bind) => string | undefined;
  /** whether values and this bound stand in the same order by themselves and by the bytes of their texts */
  readonly sortsAsText: (bound: string) => boolean;
  /** of dates and times alone: so many seconds before a mark */
  readonly before?: (mark: string, seconds: number, bind: Bind) => string;
}

export interface Dialect {
  readonly parameter: (nth: number) => string;
  /** rows behind a mark, in the order of these columns */
  readonly behind: (order: readonly SourceColumn[], mark: readonly string[], bind: Bind) => string;
  /** a text to compare the bytes of a column with */
  readonly bytes: (text: string, bind: Bind) => string;
}

export interface SourceSession {
  readonly dialect: Dialect;
  /** of a query, in their order. @throws SourceFault */
  columns(query: string): Promise<readonly SourceColumn[]>;
  /** @param most rows that the statement asks for: a source that sends more is given up while it does. @throws SourceFault */
  rows(statement: Statement, most: number): Promise<readonly Cells[]>;
  /** Whether its login could change something. @throws SourceFault */
  mayWrite(): Promise<boolean>;
}

/** One transaction that sees the database as it was when it began. */
export interface SourceConnection extends SourceSession {
  close(): Promise<void>;
}

/** Connections that are used again: each use is a transaction of its own. */
export interface SourcePool {
  /** @param milliseconds that a statement may take. @throws SourceFault; what `work` throws */
  use<T>(milliseconds: number, work: (session: SourceSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type FaultKind =
  /** nobody is there, or the way broke */
  | 'unreachable'
  /** it does not take the login */
  | 'refused'
  | 'slow'
  /** more bytes of one answer than a session takes */
  | 'large'
  /** more rows of one answer than it was asked for */
  | 'unasked'
  /** it cannot run the statement */
  | 'failed'
  /** a text has letters that the column's encoding lacks */
  | 'letters';

/** What went wrong at a source. The message is the source's own and may hold values: it is for its own department alone. */
export class SourceFault extends Error {
  readonly kind: FaultKind;
  /** of the network or TLS, or the SQLSTATE */
  readonly code: string;

  constructor(kind: FaultKind, code: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'SourceFault';
    this.kind = kind;
    this.code = code;
  }
}

/** ms beyond the statement's own limit after which a source that says nothing is given up */
export const grace = 5_000;
/** bytes of one answer: a page of rows */
export const answerBytes = 64 * 2 ** 20;
const lookEvery = 25;

/** Ends a connection whose answer grows beyond what a session takes: it would be held in memory. */
export async function bounded<T>(
  socket: () => { readonly bytesRead: number; destroy(error: Error): unknown },
  requested: () => Promise<T>,
): Promise<T> {
  const before = socket().bytesRead;
  const found = { large: false };
  const look = setInterval(() => {
    if (socket().bytesRead - before <= answerBytes) return;
    found.large = true;
    clearInterval(look);
    socket().destroy(new Error('the answer is too large'));
  }, lookEvery);
  try {
    return await requested();
  } catch (error) {
    throw found.large ? new SourceFault('large', '', error) : error;
  } finally {
    clearInterval(look);
  }
}

/** A query as the table `q` of a statement around it; a comment at its end ends with its line. */
export const rowsOf = (query: string): string => `FROM (\n${query}\n) AS q`;

/** What compares a column with one of its own values. @throws SourceFault where it is none */
export function ownValue(column: SourceColumn, text: string, bind: Bind): string {
  const bound = column.bound(text, bind);
  if (bound === undefined) throw new SourceFault('failed', '', new Error(`no place in ${column.name}`));
  return bound;
}

/**
 * Asks which rows stand at a place in an order: exactly one, or a page that ends there loses or repeats some. An order of a database may take
 * two texts for one, and a comparison may miss what it was told.
 */
export const standingAt = (
  { dialect }: Pick<SourceSession, 'dialect'>,
  query: string,
  order: readonly SourceColumn[],
  mark: readonly string[],
): Statement =>
  statementOf(dialect, (bind) => {
    const same = order.map((column, i) => `${column.place} = ${ownValue(column, mark[i] ?? '', bind)}`);
    return `SELECT 1 ${rowsOf(query)} WHERE ${same.join(' AND ')} LIMIT 2`;
  });

/** @param make writes the statement, and takes its values in the order of their places */
export function statementOf({ parameter }: Dialect, make: (bind: Bind) => string): Statement {
  const values: unknown[] = [];
  const text = make((value) => parameter(values.push(value)));
  return { text, values };
}
