/** SQL statements for seals and sums. */
import type { KeyObject } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../reader.ts';
import { ruleOf, sealedNames, type SealedName } from './rules.ts';
import {
  bytesOf,
  isSameMac,
  numberOf,
  readWriters,
  storedWriters,
  sumMac,
  type Content,
  type TableDigests,
  type TableSum,
} from './seals.ts';
import { contentOf, isNamed, keyOf } from './statements.ts';

/** rows per fetch, so that no call waits long */
const fetched = 500;

/** A row and its seal; without content: the row does not exist, without MAC: it has no seal. */
export interface SelectedRow {
  readonly key: string;
  readonly content: Content | null;
  readonly mac: Buffer | null;
  readonly entry: string | null;
}

export interface Seal {
  readonly key: string;
  readonly mac: Buffer;
  /** id of the log entry that the row changed with */
  readonly entry: string | null;
}

/** Rows of a statement, so that a large table is never in memory as a whole. @param reader in a transaction */
export async function* inPortions<R extends QueryResultRow>(
  reader: Reader,
  text: string,
): AsyncGenerator<R[]> {
  await reader.query(`DECLARE sealed_rows NO SCROLL CURSOR FOR ${text}`);
  for (;;) {
    const { rows } = await reader.query<R>(`FETCH ${fetched} FROM sealed_rows`);
    if (rows.length === 0) break;
    yield rows;
  }
  await reader.query('CLOSE sealed_rows');
}

const isThere = (name: SealedName): string => `t."${Object.keys(ruleOf(name).key)[0] ?? ''}" IS NOT NULL`;

/** Rows of these keys as they are now, with their seals. */
export async function readRows(
  reader: Reader,
  name: SealedName,
  keys: readonly string[],
): Promise<SelectedRow[]> {
  const { rows } = await reader.query<SelectedRow>(
    `SELECT k.key, CASE WHEN ${isThere(name)} THEN ${contentOf(name, 'j')} END AS content, s.mac, s.entry
       FROM unnest($1::text[]) AS k(key)
       LEFT JOIN ${name} AS t ON ${isNamed(name, 't', 'k.key')}
       CROSS JOIN LATERAL to_jsonb(t) AS j
       LEFT JOIN row_seal AS s ON s.table_name = $2 AND s.key = k.key`,
    [[...keys], name],
  );
  return rows;
}

/** Every row of a table and every seal of it. */
export const allRows = (name: SealedName): string =>
  `SELECT coalesce(t.key, s.key) AS key, t.content, s.mac, s.entry
     FROM (SELECT ${keyOf(name, 'r')} AS key, ${contentOf(name, 'j')} AS content
             FROM ${name} AS r CROSS JOIN LATERAL to_jsonb(r) AS j) AS t
     FULL JOIN (SELECT * FROM row_seal WHERE table_name = '${name}') AS s ON s.key = t.key`;

/** Rows whose key begins with a part, and seals of such rows. */
export async function rowsOfOwner(
  reader: Reader,
  name: SealedName,
  owner: string,
): Promise<readonly SelectedRow[]> {
  const [[column, type] = ['', 'text'], ...others] = Object.entries(ruleOf(name).key);
  // the index row_seal_owner has the tables with several columns
  const isOwned = others.length === 0 ? 'key = $1' : `split_part(key, E'\\x1f', 1) = $1`;
  const { rows } = await reader.query<SelectedRow>(
    `SELECT coalesce(t.key, s.key) AS key, t.content, s.mac, s.entry
       FROM (SELECT ${keyOf(name, 'r')} AS key, ${contentOf(name, 'j')} AS content
               FROM ${name} AS r CROSS JOIN LATERAL to_jsonb(r) AS j WHERE r."${column}" = $1::text::${type.replace('?', '')}) AS t
       FULL JOIN (SELECT * FROM row_seal WHERE table_name = '${name}' AND ${isOwned}) AS s ON s.key = t.key`,
    [owner],
  );
  return rows;
}

/** Tables that have a sum. */
export async function summedTables(reader: Reader): Promise<ReadonlySet<string>> {
  const { rows } = await reader.query<{ name: string }>('SELECT table_name AS name FROM row_sum');
  return new Set(rows.map(({ name }) => name));
}

/** Whether a release without vectors wrote sums of sealed tables. */
export async function hasSumsWithoutWriters(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query(
    'SELECT FROM row_sum WHERE writers IS NULL AND table_name = ANY ($1::text[]) LIMIT 1',
    [[...sealedNames]],
  );
  return rows.length > 0;
}

/** Adds the columns of vectors to a database of an earlier release that is tried and not used further. */
export async function addWriters(owner: Reader): Promise<void> {
  await owner.query(
    'ALTER TABLE row_sum ADD COLUMN IF NOT EXISTS writers text, ADD COLUMN IF NOT EXISTS writers_mac bytea',
  );
}

/** Prevents other processes from sealing rows of a table for the first time, until the transaction ends. */
export async function lockSums(transaction: Reader): Promise<void> {
  await transaction.query('LOCK TABLE row_sum IN SHARE ROW EXCLUSIVE MODE');
}

/** A row of `row_sum`. */
export interface SumRow {
  readonly version: string;
  readonly count: string;
  readonly sum: Buffer;
  readonly mac: Buffer;
  readonly writers: string | null;
  readonly writers_mac: Buffer | null;
}

/** Columns of `SumRow`, of `row_sum AS s`. */
export const sumColumns = 's.version, s.count, s.sum, s.mac, s.writers, s.writers_mac';

/** @returns undefined where its MAC is not valid */
export function storedSum(
  key: KeyObject,
  name: string,
  { mac, writers, writers_mac, ...row }: SumRow,
): TableSum | undefined {
  const sum = { version: Number(row.version), count: Number(row.count), sum: numberOf(row.sum) };
  if (!isSameMac(mac, sumMac(key, name, sum))) return undefined;
  return { ...sum, ...readWriters(key, name, sum, { text: writers, mac: writers_mac }) };
}

/** @throws Problem rows_unauthenticated where a locked sum has no valid MAC */
export async function readSums(
  reader: Reader,
  key: KeyObject,
  names: readonly string[],
  locked: boolean,
): Promise<Map<string, TableSum>> {
  const { rows } = await reader.query<SumRow & { readonly name: string }>(
    `SELECT s.table_name AS name, ${sumColumns} FROM row_sum AS s WHERE s.table_name = ANY ($1::text[])
      ORDER BY s.table_name ${locked ? 'FOR UPDATE' : ''}`,
    [[...names]],
  );
  const sums = new Map<string, TableSum>();
  for (const { name, ...row } of rows) {
    const sum = storedSum(key, name, row);
    if (sum !== undefined) sums.set(name, sum);
    else if (locked) throw new Problem('rows_unauthenticated', { table: name });
  }
  return sums;
}

/** Locks the sum of a table until the transaction ends, also one without a valid MAC. */
export async function lockSum(transaction: Reader, name: string): Promise<void> {
  await transaction.query('SELECT FROM row_sum WHERE table_name = $1 FOR UPDATE', [name]);
}

/** As `lockSum`. @returns false where another session has locked it, or there is none */
export async function tryLockSum(transaction: Reader, name: string): Promise<boolean> {
  const { rows } = await transaction.query(
    'SELECT FROM row_sum WHERE table_name = $1 FOR UPDATE SKIP LOCKED',
    [name],
  );
  return rows.length > 0;
}

/**
 * The sum of a table, locked until the transaction ends.
 * @throws Problem rows_unauthenticated where it is missing, invalid or older than the hub knows
 */
export async function lockedSum(
  transaction: Reader,
  digests: TableDigests,
  name: SealedName,
): Promise<TableSum> {
  const sum = (await readSums(transaction, digests.key, [name], true)).get(name);
  if (sum === undefined || !digests.isNewest(name, sum))
    throw new Problem('rows_unauthenticated', { table: name });
  return sum;
}

export async function writeSum(reader: Reader, key: KeyObject, name: string, sum: TableSum): Promise<void> {
  const { text, mac } = storedWriters(key, name, sum);
  await reader.query(
    `INSERT INTO row_sum (table_name, version, count, sum, mac, writers, writers_mac) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (table_name) DO UPDATE SET version = EXCLUDED.version, count = EXCLUDED.count, sum = EXCLUDED.sum, mac = EXCLUDED.mac,
       writers = EXCLUDED.writers, writers_mac = EXCLUDED.writers_mac`,
    [name, sum.version, sum.count, bytesOf(sum.sum), sumMac(key, name, sum), text, mac],
  );
}

/** Changes the vector of a sum alone. */
export async function writeWriters(
  reader: Reader,
  key: KeyObject,
  name: string,
  sum: TableSum,
): Promise<void> {
  const { text, mac } = storedWriters(key, name, sum);
  await reader.query('UPDATE row_sum SET writers = $2, writers_mac = $3 WHERE table_name = $1', [
    name,
    text,
    mac,
  ]);
}

export async function writeSeals(reader: Reader, name: string, seals: readonly Seal[]): Promise<void> {
  if (seals.length === 0) return;
  await reader.query(
    `INSERT INTO row_seal (table_name, key, mac, entry)
     SELECT $1, * FROM unnest($2::text[], $3::bytea[], $4::uuid[])
     ON CONFLICT (table_name, key) DO UPDATE SET mac = EXCLUDED.mac, entry = EXCLUDED.entry`,
    [name, seals.map(({ key }) => key), seals.map(({ mac }) => mac), seals.map(({ entry }) => entry)],
  );
}

export async function removeSeals(reader: Reader, name: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await reader.query('DELETE FROM row_seal WHERE table_name = $1 AND key = ANY ($2::text[])', [
    name,
    [...keys],
  ]);
}

/** The table with a MAC in each row, so that a read need not compare the seal. */
export const tableWithMacs = 'consent_standing';
/** rows per statement */
const macsPerStatement = 5_000;

/**
 * Removes MACs, so that the seals of these rows decide.
 * @param keys as in the seals; undefined: of all rows, except those that another transaction changes now
 */
export async function removeRowMacs(owner: Reader, keys: readonly string[] | undefined): Promise<void> {
  if (keys !== undefined) {
    await owner.query(
      `UPDATE ${tableWithMacs} AS t SET mac = NULL FROM unnest($1::text[]) AS k (key)
        WHERE t.mac IS NOT NULL AND ${isNamed(tableWithMacs, 't', 'k.key')}`,
      [[...keys]],
    );
    return;
  }
  const key = Object.entries(ruleOf(tableWithMacs).key);
  const columns = key.map(([column]) => column).join(', ');
  const places = key.map(([, type], nth) => `$${nth + 1}::${type}`).join(', ');
  // each is text or bytea: the empty value comes first
  let after: unknown[] = key.map(() => '');
  for (;;) {
    const { rows } = await owner.query<Record<string, unknown>>(
      `WITH portion AS (SELECT ${columns} FROM ${tableWithMacs}
              WHERE mac IS NOT NULL AND (${columns}) > (${places})
              ORDER BY ${columns} LIMIT ${macsPerStatement} FOR UPDATE SKIP LOCKED),
            changed AS (UPDATE ${tableWithMacs} SET mac = NULL WHERE (${columns}) IN (SELECT ${columns} FROM portion))
       SELECT ${columns} FROM portion ORDER BY ${columns} DESC LIMIT 1`,
      after,
    );
    const [last] = rows;
    if (last === undefined) return;
    after = key.map(([column]) => last[column]);
  }
}

/**
 * Removes a row that was found. @param columns of its key @param key as in its seal
 * @throws Problem rows_unauthenticated unless exactly one row was removed: a foreign trigger may prevent the removal
 */
export async function removeFoundRow(
  transaction: Reader,
  name: SealedName,
  columns: readonly string[],
  key: string,
): Promise<void> {
  const { rows } = await transaction.query<{ removed: string }>(
    'SELECT remove_found_row($1, $2::text[], $3) AS removed',
    [name, [...columns], key],
  );
  if (Number(rows[0]?.removed) !== 1) throw new Problem('rows_unauthenticated', { table: name });
}
