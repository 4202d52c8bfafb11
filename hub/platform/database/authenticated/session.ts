/** The changes of one connection in sealed tables since its transaction began. */
import { isSealed, type SealedName } from './rules.ts';
import type { Content, TableSum } from './seals.ts';
import { changesSealed } from './statements.ts';

/** Former content by key; null: there was no row. */
export type Touched = Map<SealedName, Map<string, Content | null>>;

export interface Session {
  touched: Touched;
  /** sums that the open transaction has written */
  written: Map<string, TableSum>;
  /** sums of a commit that the server has refused, and after which it is not ready yet: it may end instead, and then they are unknown */
  refused: ReadonlyMap<string, TableSum>;
  /** as last reported by the server: idle, in a transaction, or in a failed one */
  status: string;
  /** number of changed rows that were reported */
  reports: number;
  /** number of running statements that may change rows */
  changing: number;
  /** when its settings were last compared, in ms of the monotonic clock */
  comparedAt: number;
  /** whether the connection is to be closed */
  ends: boolean;
}

export const newSession = (): Session => ({
  touched: new Map(),
  written: new Map(),
  refused: new Map(),
  status: 'I',
  reports: 0,
  changing: 0,
  comparedAt: performance.now(),
  ends: false,
});

export function forget(session: Session): void {
  session.touched = new Map();
  session.written = new Map();
}

/** SQLSTATE of the messages by which the trigger `note_row` reports a changed row. */
export const noted = 'DT100';

export function note(touched: Touched, message: string | undefined): void {
  const [name, key, content] = JSON.parse(message ?? '[]') as [string, string, Content | null];
  if (!isSealed(name)) return;
  const rows = touched.get(name) ?? new Map<string, Content | null>();
  touched.set(name, rows);
  // the first report has the content from before the transaction
  if (!rows.has(key)) rows.set(key, content);
}

/**
 * `change`: it may change rows of a sealed table, and begins or ends no transaction itself; `several`: statements that do so and
 * bring their own transaction
 */
export type Kind = 'commit' | 'rollback' | 'change' | 'several' | 'other';

/** Classifies a statement. */
export function kindOf(text: string): Kind {
  if (/^\s*(?:COMMIT|END)\s*;?\s*$/i.test(text)) return 'commit';
  if (/^\s*ROLLBACK\s*;?\s*$/i.test(text)) return 'rollback';
  if (!changesSealed(text)) return 'other';
  return /\b(?:BEGIN|COMMIT)\b/i.test(text) ? 'several' : 'change';
}

/** Text of a statement that is sent unchanged; undefined for streams and cursors. */
export function plainText([first]: readonly unknown[]): string | undefined {
  if (typeof first === 'string') return first;
  if (typeof first !== 'object' || first === null || 'submit' in first) return undefined;
  const { text } = first as { readonly text?: unknown };
  return typeof text === 'string' ? text : undefined;
}

/** The arguments of a query with another text. */
export const withText = ([first, ...rest]: readonly unknown[], text: string): unknown[] => [
  typeof first === 'object' ? { ...first, text } : text,
  ...rest,
];
