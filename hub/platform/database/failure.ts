/**
 * Classifies database errors by name. Only this module knows SQLSTATEs (PostgreSQL, appendix A) and driver messages; other modules use
 * the names.
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { networkFault } from '../../../terms/faultWords.ts';
import { Problem } from '../../../terms/problem.ts';

export type Failure =
  /** a row with this key exists already */
  | 'unique'
  | 'serialization'
  | 'deadlock'
  /** another session held the lock too long */
  | 'lock_timeout'
  /** no such table, e.g. because its batch was dropped meanwhile */
  | 'missing_table'
  /** no such column: the table has another version than the statement expects */
  | 'missing_column'
  /** a value that a constraint or partition rejects */
  | 'check'
  /** a row that other rows refer to */
  | 'referred'
  /** a trigger or function of the database refused */
  | 'raised'
  | 'not_granted'
  /** another process created it first */
  | 'made_meanwhile'
  /** not enough disk space or memory */
  | 'storage_full'
  /** the statement exceeded its time limit */
  | 'deadline'
  /** the connection to the database broke, or the server is stopping: the outcome is unknown */
  | 'connection'
  /** the server replied that it accepts no connections now: nothing was done */
  | 'refused';

const states: Readonly<Record<string, Failure>> = {
  '23505': 'unique',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '55P03': 'lock_timeout',
  '42P01': 'missing_table',
  '42703': 'missing_column',
  '23514': 'check',
  '23503': 'referred',
  P0001: 'raised',
  '42501': 'not_granted',
  '42710': 'made_meanwhile',
  // "tuple concurrently updated", of two concurrent GRANTs
  XX000: 'made_meanwhile',
  '53100': 'storage_full',
  '53200': 'refused',
  '53300': 'refused',
  '57014': 'deadline',
  '28000': 'refused',
  '28P01': 'refused',
  '3D000': 'refused',
};

/** The failure's name; undefined for errors that are not of the database, or that no caller distinguishes. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Unreachable) return 'connection';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if ('severity' in error) {
    // 08: connection, 57P: the server is stopping or starting, 25P03: the session ended because its transaction idled
    return states[code] ?? (/^(08|57P|25P03)/.test(code) ? 'connection' : undefined);
  }
  const lost = /^(Connection terminated|Client (has|was)|Query read timeout|timeout ex)/.test(error.message);
  return lost || 'syscall' in error ? 'connection' : undefined;
}

/** No connection was available: nothing was sent. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('the database cannot be reached', { cause });
    this.name = 'Unreachable';
  }
}

/** Whether an error came from the connection rather than from the database's reply: then the outcome is unknown. */
export const isConnectionLoss = (error: unknown): boolean => failureOf(error) === 'connection';

/** Whether the server replied with an error and keeps the session: it has undone the transaction. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && !isConnectionLoss(error);

/** Deadlock, serialization failure, lock timeout: a repetition succeeds. */
export function isRepeatable(error: unknown): boolean {
  const failure = failureOf(error);
  return failure === 'deadlock' || failure === 'serialization' || failure === 'lock_timeout';
}

/** Whether the unique key of a row was taken. */
export const isDuplicate = (error: unknown): boolean => failureOf(error) === 'unique';

/** Whether a table does not exist (any more). */
export const isMissingTable = (error: unknown): boolean => failureOf(error) === 'missing_table';

/** Whether a row has no partition (any more): its period was dropped. */
export const isMissingPartition = (error: unknown): boolean =>
  failureOf(error) === 'check' && (error as { readonly constraint?: string }).constraint === undefined;

/** Whether a column does not exist: the dataset changed to another version in the meantime. */
export const isMissingColumn = (error: unknown): boolean => failureOf(error) === 'missing_column';

/**
 * Maps an error about the database rather than about the call to 503, so that the caller retries.
 * @returns undefined for every other error
 */
export function outageOf(error: unknown): Problem | undefined {
  switch (failureOf(error)) {
    case 'storage_full':
      return new Problem('storage_full', {}, { cause: error });
    case 'connection':
    case 'deadline':
    case 'deadlock':
    case 'lock_timeout':
    case 'serialization':
    case 'refused':
      return unavailable(error);
    default:
      return undefined;
  }
}

/** The driver's message without address or password, as a Problem. */
export function unavailable(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const inner = cause instanceof Unreachable ? cause.cause : cause;
  if (inner instanceof Problem) return inner;
  const { code, message } = inner as { code?: string; message?: string };
  const words = reasons[code ?? ''] ?? sentences[message ?? ''] ?? networkFault(code ?? '') ?? unexplained;
  // codes of PostgreSQL and of the operating system are documented; those of libraries are not useful to a reader
  const shown = code !== undefined && /^(?:[0-9A-Z]{5}|E[A-Z]+)$/.test(code);
  const reported = (what: string): string => (shown ? `${code} (${what})` : what);
  return new Problem(
    'database_unavailable',
    { reason: { zh: reported(words.zh), en: reported(words.en) } },
    { cause },
  );
}

const unexplained: Bilingual = { zh: '未说明原因', en: 'no reason was given' };

const tooSlow: Bilingual = { zh: '未在时限内应答', en: 'no answer within the deadline' };

/** Messages of the driver that have no code. */
const sentences: Readonly<Record<string, Bilingual>> = {
  'Query read timeout': tooSlow,
  'timeout exceeded when trying to connect': { zh: '没有空闲连接', en: 'no connection became free' },
  'timeout expired': tooSlow,
  'Connection terminated unexpectedly': { zh: '连接被中断', en: 'the connection was cut' },
  'The server does not support SSL connections': {
    zh: '该服务器不提供 TLS',
    en: 'that server offers no TLS',
  },
  'Connection terminated due to connection timeout': tooSlow,
};

const reasons: Readonly<Record<string, Bilingual>> = {
  ECONNREFUSED: { zh: '该处没有服务', en: 'nothing listens there' },
  ENOENT: { zh: '没有这个套接字', en: 'no such socket' },
  ENOTFOUND: { zh: '没有这台主机', en: 'no such host' },
  '08P01': {
    zh: '连接池或服务器不接受连接参数；事务级连接池请见 docs/operations.md',
    en: 'a pooler or the server refuses the parameters of the connection; for transaction poolers see docs/operations.md',
  },
  '25006': { zh: '该服务器只读', en: 'that server is read-only' },
  '28P01': { zh: '密码不正确', en: 'wrong password' },
  '28000': { zh: '登录被拒绝', en: 'login refused' },
  '3D000': { zh: '没有这个数据库', en: 'no such database' },
  '40001': { zh: '与其他事务冲突', en: 'another transaction was in the way' },
  '40P01': { zh: '与其他事务互相等待', en: 'it and another transaction waited for one another' },
  '42501': { zh: '权限不足', en: 'a privilege is missing' },
  '53100': { zh: '磁盘已满', en: 'the disk is full' },
  '53200': {
    zh: '数据库服务器内存或锁表不足，见 docs/operations.zh-CN.md 的 max_locks_per_transaction',
    en: 'the server is out of memory or of locks; see max_locks_per_transaction in docs/operations.md',
  },
  '53300': { zh: '连接过多', en: 'too many connections' },
  '55P03': { zh: '等待锁超时', en: 'a lock was not to be had in time' },
  '57014': tooSlow,
  '57P03': { zh: '服务器正在启动或停止', en: 'the server is starting or stopping' },
};
