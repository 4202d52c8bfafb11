/**
 * Authenticated digests of the tables in the schema "rows". A database administrator without a key of the hub can change rows, but not
 * their digest. It is stored in `row_sum`, with a MAC, and written in the transaction that changes the rows.
 *
 * - The table of a batch never changes after its load: a MAC over its rows in their order.
 * - The lasting table of an upsert dataset changes with each merge and deletion: a keyed set hash (`openDigest.ts`).
 */
import { createHash, createHmac, type Hash, type KeyObject } from 'node:crypto';
import { batchTable } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { goneTables } from './goneTables.ts';
import { refuseForeignCode } from '../../../platform/database/authenticated/foreignCode.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { lockSum, sumColumns, writeSum } from '../../../platform/database/authenticated/sealStore.ts';
import {
  numberOf,
  type Summed,
  type TableDigests,
  type TableSum,
} from '../../../platform/database/authenticated/seals.ts';
import { copiedBytes, copiedRows } from '../../../platform/database/binaryRows.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import {
  allDigested,
  columnsOf,
  digestName,
  endDigest,
  hashOfRows,
  isOfBatch,
  noTable,
  refused,
  sumOf,
  type DescribedRow,
} from './openDigest.ts';

/** The stored digest of a table. */
interface StoredDigest {
  /** undefined: none, or without a valid MAC */
  readonly sum: TableSum | undefined;
  /** quoted names of its columns, in the order of their creation */
  readonly columns: readonly string[];
}

/* The table of a batch. */

/** Hashes the bytes of COPY while a batch is loaded. */
export const copyHash = (): Hash => createHash('sha256');

/** Columns that a load writes, in the order of its tuples; columns of later versions follow `_batch`. */
function loadedOf(columns: readonly string[]): {
  readonly loaded: readonly string[];
  readonly later: readonly string[];
} {
  const at = columns.indexOf('_batch');
  const fields = columns.slice(0, at).filter((column) => column !== '_row' && column !== '_subject');
  return { loaded: [...fields, '_row', '_subject'], later: columns.slice(at + 1) };
}

const batchSum = (key: KeyObject, name: string, loaded: readonly string[], stream: string): bigint =>
  numberOf(
    createHmac('sha256', key)
      .update(JSON.stringify(['datong batch rows 1', name, loaded, stream]))
      .digest(),
  );

async function describe(
  transaction: Transaction,
  digests: TableDigests,
  table: SqlName,
): Promise<StoredDigest> {
  const name = digestName(table);
  const { rows } = await transaction.query<DescribedRow>(
    `SELECT ${sumColumns}, ${columnsOf('$2')} AS columns, false AS foreign
       FROM (SELECT) AS one LEFT JOIN row_sum AS s ON s.table_name = $1`,
    [name, table],
  );
  const [row] = rows;
  return { sum: sumOf(digests, name, row), columns: row?.columns ?? [] };
}

/** The hash of the bytes that a COPY of the rows would produce. */
async function hashOfBatch(
  transaction: Transaction,
  table: SqlName,
  loaded: readonly string[],
): Promise<string> {
  const hash = copyHash();
  await copiedBytes(transaction, `SELECT ${loaded.join(', ')} FROM ${table} ORDER BY _row`, (chunk) =>
    hash.update(chunk),
  );
  return hash.digest('hex');
}

/**
 * Runs in the transaction that loads a batch.
 * @param stream SHA-256 of the COPY that wrote it; undefined where rows were removed or added afterwards: then the table is read
 * @throws Problem rows_unauthenticated where the table is read and the database has foreign code
 */
export async function writeBatchDigest(
  transaction: Transaction,
  batch: string,
  count: number,
  stream?: string,
): Promise<void> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return;
  const table = batchTable(batch);
  const { loaded } = loadedOf((await describe(transaction, digests, table)).columns);
  // the bytes of a COPY were hashed as they were sent; a table that is read may have rows that foreign code wrote in this transaction
  if (stream === undefined) await refuseForeignCode(transaction);
  const sum = batchSum(
    digests.key,
    digestName(table),
    loaded,
    stream ?? (await hashOfBatch(transaction, table, loaded)),
  );
  await writeSum(transaction, digests.key, digestName(table), { version: 1, count, sum });
}

/* Verification. */

export type DigestFault = 'rows_altered' | 'rows_undigested' | 'rows_gone';

/** A partition was dropped after the snapshot began. Its rows are gone from the snapshot too, so that it is not of one moment. */
export class PartitionDropped extends Error {}

/**
 * Returns the fault of a table. @param transaction one snapshot, without a statement timeout
 * @param digests with the versions from before the snapshot, where it has begun already
 * @throws PartitionDropped where the rows differ and the comparison is to be repeated in a later snapshot
 */
export async function faultOfTable(
  transaction: Transaction,
  table: SqlName,
  digests: TableDigests | undefined = sealingOf(transaction)?.digests,
): Promise<DigestFault | undefined> {
  if (digests === undefined) return undefined;
  const { fault } = await examined(transaction, digests, table);
  if (fault === 'rows_altered' && (await isPartitionDropped(transaction, table)))
    throw new PartitionDropped();
  return fault;
}

/** `pg_inherits` is read as of the snapshot, and `to_regclass` as of now: DROP TABLE ignores snapshots. */
async function isPartitionDropped(transaction: Transaction, table: SqlName): Promise<boolean> {
  const { rows } = await transaction.query(
    `SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
      WHERE i.inhparent = to_regclass($1) AND to_regclass(format('rows.%I', c.relname)) IS NULL LIMIT 1`,
    [table],
  );
  return rows.length > 0;
}

interface Examined extends StoredDigest {
  readonly fault: DigestFault | undefined;
  /** absent where the rows were not read */
  readonly now?: SumOfRows;
}

async function examined(transaction: Transaction, digests: TableDigests, table: SqlName): Promise<Examined> {
  const name = digestName(table);
  // read before the snapshot begins: later commits are newer than the snapshot
  const known = digests.known(name);
  const stored = await describe(transaction, digests, table);
  const { sum, columns } = stored;
  if (columns.length === 0) {
    const isGone =
      sum === undefined
        ? (await goneTables(transaction)).some((one) => one.table === table)
        : sum.sum !== noTable || !digests.isNewest(name, sum, known);
    return { ...stored, fault: isGone ? 'rows_gone' : undefined };
  }
  if (sum === undefined) return { ...stored, fault: 'rows_undigested' };
  const now = await sumOfRows(transaction, digests, { table, columns });
  if (now.sum !== sum.sum || now.extra) return { ...stored, now, fault: 'rows_altered' };
  if (isOfBatch(name)) return { ...stored, now, fault: undefined };
  if (now.count !== sum.count || !digests.isNewest(name, sum, known))
    return { ...stored, now, fault: 'rows_altered' };
  digests.seen(name, sum);
  return { ...stored, now, fault: undefined };
}

/** What a digest of the present rows of a table would be. */
interface SumOfRows {
  readonly sum: bigint;
  readonly count: number;
  /** whether the table has values that the hub did not write: of a batch another batch id or added columns, of a lasting one `_row` */
  readonly extra: boolean;
}

async function sumOfRows(
  transaction: Transaction,
  digests: TableDigests,
  { table, columns }: { readonly table: SqlName; readonly columns: readonly string[] },
): Promise<SumOfRows> {
  const name = digestName(table);
  if (!isOfBatch(name)) {
    const rows = await hashOfRows(transaction, table, table);
    const extra = await arePlacesAltered(transaction, table);
    return { sum: rows?.sumWith(0n) ?? 0n, count: rows?.count ?? 0, extra };
  }
  const { loaded, later } = loadedOf(columns);
  const sum = batchSum(digests.key, name, loaded, await hashOfBatch(transaction, table, loaded));
  const foreign = ['_batch IS DISTINCT FROM $1::uuid', ...later.map((column) => `${column} IS NOT NULL`)];
  const { rows } = await transaction.query<{ n: string; extra: boolean }>(
    `SELECT count(*) AS n, coalesce(bool_or(${foreign.join(' OR ')}), false) AS extra FROM ${table}`,
    [batchOf(table)],
  );
  return { sum, count: Number(rows[0]?.n ?? 0), extra: rows[0]?.extra === true };
}

/**
 * Whether a row of a lasting table has a `_row` that no sequence gave it: that of another row, or one that JSON rounds to that of another
 * row. A page would leave such a row out, and the digest does not cover `_row`.
 */
async function arePlacesAltered(transaction: Transaction, table: SqlName): Promise<boolean> {
  let altered = false;
  // a copying statement obeys the time limit of the comparison
  await copiedRows(
    transaction,
    `SELECT EXISTS (SELECT FROM (SELECT _row = lag(_row) OVER (ORDER BY _row) AS same FROM ${table}) AS places WHERE same)
         OR coalesce((SELECT max(_row) FROM ${table}) >= ${2 ** 53}, false)`,
    ([value]) => {
      altered = value?.[0] === 1;
    },
  );
  return altered;
}

const batchOf = (table: SqlName): string =>
  digestName(table)
    .slice('rows.b_'.length)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * For acts that copy rows from one table into another: altered rows must not get a valid digest there. @throws Problem
 * rows_unauthenticated
 */
export async function refuseAltered(transaction: Transaction, table: SqlName): Promise<void> {
  // before all tables have digests, a missing one is not a fault
  if (sealingOf(transaction)?.digests?.known(allDigested).version === 0) return;
  if ((await faultOfTable(transaction, table)) === undefined) return;
  sealingOf(transaction)?.suspect();
  throw refused(digestName(table));
}

/** Writes a digest of the table's present rows. */
export async function digestAnew(transaction: Transaction, table: SqlName): Promise<void> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return;
  const name = digestName(table);
  const { sum, columns } = await describe(transaction, digests, table);
  if (columns.length === 0) return endDigest(transaction, table);
  if (isOfBatch(name)) {
    const { rows } = await transaction.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`);
    return writeBatchDigest(transaction, batchOf(table), Number(rows[0]?.n ?? 0));
  }
  const now = await hashOfRows(transaction, table, table);
  const next = digests.next(name, sum, { count: now?.count ?? 0, sum: now?.sumWith(0n) ?? 0n });
  await writeSum(transaction, digests.key, name, next);
  digests.written(transaction, name, next);
}

/* Decisions about a table that was found. */

/** A table whose rows do not fit their digest, as two persons decide about it. */
export interface FoundTable {
  readonly fault: DigestFault;
  readonly table: SqlName;
  /** number and sum of its present rows; absent: there is no table */
  readonly present?: Summed;
  /** whether it has columns or batch ids that no load wrote: these have to be removed first */
  readonly extra: boolean;
  /** version of the stored digest; 0: none, or without a valid MAC */
  readonly version: number;
}

/** @param snapshot of a session without a statement timeout @returns undefined where nothing is wrong with the table */
export async function foundTable(snapshot: Transaction, table: SqlName): Promise<FoundTable | undefined> {
  const digests = sealingOf(snapshot)?.digests;
  if (digests === undefined) return undefined;
  const { fault, sum, columns, now } = await examined(snapshot, digests, table);
  if (fault === undefined) return undefined;
  const version = sum?.version ?? 0;
  if (columns.length === 0) return { fault, table, extra: false, version };
  const { extra, ...present } = now ?? (await sumOfRows(snapshot, digests, { table, columns }));
  return { fault, table, present, extra, version };
}

/** Accepts the rows that were found, or that there are none. @returns false where another act changed the digest since */
export async function acceptTable(
  transaction: Transaction,
  { table, present, version }: FoundTable,
): Promise<boolean> {
  const digests = sealingOf(transaction)?.digests;
  if (digests === undefined) return false;
  const name = digestName(table);
  await lockSum(transaction, name);
  const { sum } = await describe(transaction, digests, table);
  if ((sum?.version ?? 0) !== version) return false;
  if (present === undefined) {
    if (!(await goneTables(transaction)).some((one) => one.table === table)) {
      await transaction.query('SELECT remove_found_digest($1)', [name]);
      return true;
    }
    const gone = digests.nextForAll(name, sum, { count: 0, sum: noTable });
    await writeSum(transaction, digests.key, name, gone);
    digests.written(transaction, name, gone);
    return true;
  }
  const next = isOfBatch(name) ? { ...present, version: 1 } : digests.nextForAll(name, sum, present);
  await writeSum(transaction, digests.key, name, next);
  if (!isOfBatch(name)) digests.written(transaction, name, next);
  return true;
}
