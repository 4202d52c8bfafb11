/**
 * A department's own database as pulls and connectors read it: the common parts of its systems. A document contains the query; the hub's
 * statements wrap it, with values only bound, in a read-only session.
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
  /** PEM of the authority of its certificate; absent: the machine's trusted authorities */
  readonly ca?: string | undefined;
}

/** default port of each system */
export const usualPorts = { postgres: 5432, mysql: 3306 } as const;

/** cells of a row; null for NULL, otherwise the text that the database writes */
export type Cells = readonly (string | null)[];

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Binds a value of a statement. @returns its placeholder */
export type Bind = (value: unknown) => string;

export interface SourceColumn {
  readonly name: string;
  /** expression for conditions and orders */
  readonly place: string;
  /** the same for texts with letters that its own encoding lacks: slower, as no index serves it */
  readonly wide: string;
  /** expression for the select list */
  readonly read: string;
  /** the position of a row in this column's order, as text; null where it has none */
  readonly mark: string;
  /** whether the database orders and compares it consistently, and reports its values exactly: otherwise pages cannot follow it */
  readonly ordered: boolean;
  /** a condition: the column has no value */
  readonly empty: string;
  /** how its values compare in their own type */
  readonly sort: 'number' | 'float' | 'other';
  /** its text, for comparison by bytes: slower, as no index serves it */
  readonly bytes: string;
  /** a value to compare it with, as wide as the value itself; undefined where the column cannot have this value */
  readonly bound: (value: unknown, bind: Bind) => string | undefined;
  /** whether values and this bound have the same order in their own type and by the bytes of their texts */
  readonly sortsAsText: (bound: string) => boolean;
  /** only for dates and times: this many seconds before a mark */
  readonly before?: (mark: string, seconds: number, bind: Bind) => string;
}

export interface Dialect {
  readonly parameter: (nth: number) => string;
  /** rows after a mark, in the order of these columns */
  readonly behind: (order: readonly SourceColumn[], mark: readonly string[], bind: Bind) => string;
  /** a text to compare the bytes of a column with */
  readonly bytes: (text: string, bind: Bind) => string;
}

export interface SourceSession {
  readonly dialect: Dialect;
  /** of a query, in their order. @throws SourceFault */
  columns(query: string): Promise<readonly SourceColumn[]>;
  /** @param most maximum of rows that the statement requests: a source that sends more is disconnected. @throws SourceFault */
  rows(statement: Statement, most: number): Promise<readonly Cells[]>;
  /** Whether its login could change anything. @throws SourceFault */
  mayWrite(): Promise<boolean>;
}

/** One transaction with a snapshot of the database at its beginning. */
export interface SourceConnection extends SourceSession {
  close(): Promise<void>;
}

/** Connections that are reused: each use is a transaction of its own. */
export interface SourcePool {
  /** @param milliseconds time limit of a statement. @throws SourceFault; what `work` throws */
  use<T>(milliseconds: number, work: (session: SourceSession) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export type FaultKind =
  /** no server answers, or the connection broke */
  | 'unreachable'
  /** it rejects the login */
  | 'refused'
  | 'slow'
  /** a reply exceeds the bytes that a session accepts */
  | 'large'
  /** a reply has more rows than were requested */
  | 'unasked'
  /** it cannot run the statement */
  | 'failed'
  /** a text has letters that the column's encoding lacks */
  | 'letters';

/** An error at a source. The message is the source's own and may contain values: only its own department may see it. */
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

/** ms after the statement's own limit before a silent source is disconnected */
export const grace = 5_000;
/** maximum of bytes of one reply: a page of rows */
export const answerBytes = 64 * 2 ** 20;
const lookEvery = 25;

/** Ends a connection whose reply exceeds the limit of a session, because the reply is held in memory. */
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

/** Watches a connection from now on. */
export interface IdleWatch {
  /** Call at the beginning of a statement: its own reply is bounded by `bounded`. */
  pause(): void;
  /** Call at the end of a statement. */
  resume(): void;
  stop(): void;
}

/** Ends a connection whose peer sends more than one reply may have while no statement runs: a driver gathers it in memory. */
export function watchIdle(
  socket: () => { readonly bytesRead: number; destroy(error: Error): unknown },
): IdleWatch {
  let before: number | undefined = socket().bytesRead;
  const look = setInterval(() => {
    if (before !== undefined && socket().bytesRead - before > answerBytes)
      socket().destroy(new Error('more than was asked for'));
  }, lookEvery).unref();
  return {
    pause: () => (before = undefined),
    resume: () => (before = socket().bytesRead),
    stop: () => clearInterval(look),
  };
}

/** A query as the table `q` of an outer statement; a comment at its end ends with its line. */
export const rowsOf = (query: string): string => `FROM (\n${query}\n) AS q`;

/** The expression that compares a column with one of its own values. @throws SourceFault where it is none */
export function ownValue(column: SourceColumn, text: string, bind: Bind): string {
  const bound = column.bound(text, bind);
  if (bound === undefined) throw new SourceFault('failed', '', new Error(`no place in ${column.name}`));
  return bound;
}

/**
 * Selects the rows at a position in an order: exactly those, otherwise a page that ends there loses or repeats some. A database may order
 * two different texts as equal, and a comparison may not find the reported value.
 */
export const rowsAtMark = (
  { dialect }: Pick<SourceSession, 'dialect'>,
  query: string,
  order: readonly SourceColumn[],
  mark: readonly string[],
): Statement =>
  statementOf(dialect, (bind) => {
    const same = order.map((column, i) => `${column.place} = ${ownValue(column, mark[i] ?? '', bind)}`);
    return `SELECT 1 ${rowsOf(query)} WHERE ${same.join(' AND ')} LIMIT 2`;
  });

/** @param make writes the statement, and binds its values in the order of their placeholders */
export function statementOf({ parameter }: Dialect, make: (bind: Bind) => string): Statement {
  const values: unknown[] = [];
  const text = make((value) => parameter(values.push(value)));
  return { text, values };
}
