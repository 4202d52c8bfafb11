import type { SqlName } from '../../../domain/rowTable/names.ts';
import { batchTable, columnDefinition, type Column } from '../../../domain/rowTable/layout.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { hash } from 'node:crypto';
import type { CustomTypesConfig } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../../platform/database/database.ts';
import { isMissingTable, isRepeatable } from '../../../platform/database/failure.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

/** The last part of a quoted name, as in the catalogues. */
export const plainName = (name: SqlName): string =>
  name.slice(name.lastIndexOf('."') + 1).replaceAll('"', '');

/** Existing tables of the batches of a dataset. */
export async function rowTablesOf(reader: Reader, dataset: string): Promise<SqlName[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT b.id FROM batch AS b WHERE b.dataset = $1
        AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relname = 'b_' || replace(b.id::text, '-', ''))`,
    [dataset],
  );
  return rows.map(({ id }) => batchTable(id));
}

/** Maximum number of named statements: each retains a plan in every connection. */
const maxNames = 200;

/** Milliseconds without use after which a name may be given to another statement. */
const idle = 600_000;

/** Returns the name of a statement, or undefined where it must run unnamed. @param now monotonic milliseconds */
type StatementNames = (text: string, now?: number) => string | undefined;

/**
 * Names for prepared statements. Their number is limited, so that a caller cannot fill the server's memory with plans. Each new batch has
 * its own table, thus its own statements, so names for dropped tables must be reused. A name encodes its text: no connection ever has two
 * texts under one name.
 */
export function statementNames(): StatementNames {
  /** in the order of their last use */
  const names = new Map<string, { readonly name: string; readonly used: number }>();
  return (text, now = performance.now()) => {
    const known = names.get(text);
    if (known === undefined && names.size >= maxNames) {
      const [oldest, last] = names.entries().next().value ?? [];
      if (oldest === undefined || last === undefined || now - last.used < idle) return undefined;
      names.delete(oldest);
    }
    const { name } = known ?? { name: `rows_${hash('sha256', text).slice(0, 32)}` };
    names.delete(text);
    names.set(text, { name, used: now });
    return name;
  };
}

/** They belong to the pool whose connections have the plans, and are discarded with it. */
const ofPool = new WeakMap<object, StatementNames>();

/** The names of one pool's statements. */
export function namesOf(pool: object): StatementNames {
  const known = ofPool.get(pool) ?? statementNames();
  ofPool.set(pool, known);
  return known;
}

const number = (exactTypesText: string): number => Number(exactTypesText);

const exactTypesText = (value: string): string => value;

const parsers: Readonly<Record<number, (exactTypesText: string) => unknown>> = {
  16: (value) => value === 't', // bool
  17: (value) => Buffer.from(value.slice(2), 'hex'), // bytea
  20: number, // int8: integers of a record are safe integers
  114: (value): unknown => JSON.parse(value), // json
  701: number, // float8
};

/** Stored values in the form of a record: numbers and booleans typed, everything else the original text. */
export const exactTypes: CustomTypesConfig = {
  getTypeParser: (oid: number) => parsers[oid] ?? exactTypesText,
};

/** The same, with JSON left as text. */
export const exactTexts: CustomTypesConfig = {
  getTypeParser: (oid: number) => (oid === 114 ? exactTypesText : (parsers[oid] ?? exactTypesText)),
};

/** Maximum time that a reader waits because of the lock. */
const lockTimeout = '50ms';

/** Attempts to get the lock: with long queries running it is not available at once. */
const attempts = 100;

/**
 * Adds missing columns, empty. No row is written, and readers wait at most for one lock timeout: the lock request is cancelled and
 * repeated. A table dropped in the meantime needs no columns.
 * @throws Problem database_unavailable where the lock is never acquired
 */
export async function addColumns(
  database: Pick<Database, 'owner'>,
  table: SqlName,
  columns: readonly Column[],
): Promise<void> {
  if (columns.length === 0) return;
  const added = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${columnDefinition(column)}`).join(', ');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await withTransaction(database.owner, async (transaction) => {
        await transaction.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
        await transaction.query(`ALTER TABLE ${table} ${added}`);
      });
      return;
    } catch (error) {
      if (isMissingTable(error)) return;
      if (!isRepeatable(error) || attempt === attempts) throw error;
      await pause(100);
    }
  }
}
